/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mail - one message as it comes in, and the two files made of it
 *
 * With a directory, an accepted message becomes NNNNNN.env, "name value"
 * lines about the envelope, and then NNNNNN.eml, the bytes as the client
 * meant them (dots unstuffed, nothing added).  Both appear whole.
 */
#ifndef TESTS_INTAKE_MAIL_H
#define TESTS_INTAKE_MAIL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

struct mail {
	bool		 begun;		/* MAIL was accepted */
	unsigned	 recipients;
	const char	*body;		/* of MAIL: "7BIT", ... */
	bool		 bdat;		/* a BDAT has come */
	uint64_t	 size;
	bool		 line_start;	/* the last two bytes were CRLF */
	char		 last;
	uint64_t	 line;		/* length of the line so far */
	uint64_t	 longest;
	bool		 eight_bit;
	bool		 stray;		/* CR or LF that is not CRLF, NUL */
	struct buf	 envelope;
	unsigned long	 number;	/* of the file, once there is one */
	FILE		*file;
};

/* Where not NULL, NNNNNN.env ends in "tick N": when the message was there, and
 * not accepted yet (tests/lib/ticks.h). */
extern const _Atomic uint64_t *mail_ticks;

/* Keep messages in this directory, numbered on after what it holds. */
void	mail_directory(const char *);

void	mail_drop(struct mail *);	/* forget it; what was not kept goes */
void	mail_take(struct mail *, const char *, size_t n, bool look);
bool	mail_keep(struct mail *);	/* make the two files; false: that failed */

/* Take content of DATA out of n bytes; returns how many were used, and whether
 * the end was among them. */
size_t	mail_undot(struct mail *, const char *, size_t n, bool look,
	    bool *out_end);

#endif
