/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_frame - where an answer of an IMAP server ends (RFC 9051 7, 9)
 *
 *	struct imap_frame frame = IMAP_FRAME;
 *
 *	while (imap_frame_add(&frame, bytes, n, &used) == IMAP_MORE)
 *		... use up "used" octets, read more ...
 *	... frame.bytes: the answer with its CRLF, or frame.why ...
 *	imap_frame_next(&frame);
 *	imap_frame_drop(&frame);
 *
 * Takes octets as they come, in pieces of any size, and stops after the last one
 * of the answer.  Pure:
 *
 *	answer   = line *( literal line ) CRLF
 *	literal  = [ "~" ] "{" number "}" CRLF *OCTET	; so many
 *
 * What is in a literal is never looked at, so a message may imitate any answer.
 * Answers whose end is text for people have no literals, even when that text
 * ends like one: those with a tag, "+", and "* OK", NO, BAD, BYE and PREAUTH.
 *
 * The buffer grows with what has come, never by what a literal announces; one
 * that announces more than is allowed is IMAP_WRONG at once.  So are a bare CR or
 * LF, a NUL, and a string that its line does not end.
 */
#ifndef REMEDIATE_IMAP_FRAME_H
#define REMEDIATE_IMAP_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define IMAP_LINE_MAX	(1 << 20)	/* octets of an answer, its literals not
					   counted */

enum imap_frame_state { IMAP_MORE, IMAP_WHOLE, IMAP_WRONG };

struct imap_frame {
	struct buf	 bytes;
	size_t		 literals_max;	/* octets of all literals of an answer */
	const char	*why;		/* of IMAP_WRONG; static */
	/* where it stands */
	size_t		 line;		/* octets outside of literals */
	size_t		 begin;		/* of the current piece of line */
	size_t		 literals;	/* octets announced */
	size_t		 left;		/* of the literal that is coming */
};
#define IMAP_FRAME { .bytes = BUF, .literals_max = 1 << 20 }

enum imap_frame_state imap_frame_add(struct imap_frame *, const char *, size_t,
	    size_t *out_used);
void	 imap_frame_next(struct imap_frame *);	/* literals_max stays */
void	 imap_frame_drop(struct imap_frame *);

#endif
