/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scan - what an SMTP client must know of a message, learnt as it streams by
 *
 * Pieces may be cut anywhere, also between CR and LF.
 */
#ifndef MILTER_SCAN_H
#define MILTER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan {
	uint64_t	length;		/* octets so far */
	uint64_t	line;		/* octets in the line that is open */
	uint64_t	longest_line;	/* without its CRLF */
	bool		eight_bit;
	bool		binary;		/* see scan_binary() */
	bool		cr;		/* the last octet was a CR */
};

void	scan_bytes(struct scan *, const void *, size_t);
/* scan_longest - of all lines, the open one included. */
uint64_t scan_longest(const struct scan *);
/* scan_binary - a NUL, or a CR or LF that is no line end (RFC 2045 2.9). */
bool	 scan_binary(const struct scan *);

/* scan_eight_bit - whether some octet is over 127. */
bool	 scan_eight_bit(const void *, size_t);

#endif
