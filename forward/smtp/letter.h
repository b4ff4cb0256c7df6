/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * letter - what is sent in one SMTP transaction: the envelope, and the content
 * in three pieces
 *
 *	struct buf head = BUF, tail = BUF;
 *	const struct letter letter = { .sender = "",
 *	    .recipient = "a@example.com", .head = &head, .fd = fd,
 *	    .length = 100, .tail = &tail };
 *
 * The content is head, then length bytes of the message, then tail.  All of it
 * is borrowed.
 */
#ifndef FORWARD_LETTER_H
#define FORWARD_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct letter {
	const char	*sender;	/* "": the null reverse-path */
	const char	*recipient;
	const struct buf *head;
	const char	*bytes;		/* of the message; NULL: they are in */
	int		 fd;
	uint64_t	 length;
	const struct buf *tail;
	bool		 eight_bit;	/* it has bytes over 127 */
	bool		 binary;	/* lines over 998 octets, NUL, CR or LF
					   that ends no line */
	bool		 smtputf8;	/* the original had it */
};

#endif
