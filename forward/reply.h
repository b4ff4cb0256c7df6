/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply - what an SMTP server answers (RFC 5321 4.2)
 *
 *	reply_init(&reply);
 *	while (reply_add(&reply, bytes, n, &used) == REPLY_MORE)
 *		... use up "used" bytes, read more ...
 *
 * Takes bytes as they come, in pieces of any size, and stops behind the last
 * line of the reply.  Pure; keeps no more than the struct, however much the
 * server talks:
 *
 *	Reply      = *( code "-" [ text ] CRLF ) code [ SP [ text ] ] CRLF
 *	code       = %x32-35 2DIGIT		; the same in each line
 *	enhanced   = class "." 1*3DIGIT "." 1*3DIGIT	; RFC 3463, RFC 2034
 *
 * A bare LF ends a line too.  Anything else is REPLY_BAD: a code that is
 * none or changes, a line over REPLY_LINE_MAX, more than REPLY_LINES_MAX.
 */
#ifndef FORWARD_REPLY_H
#define FORWARD_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#define REPLY_LINE_MAX	2048	/* octets without the line end */
#define REPLY_LINES_MAX	128
#define REPLY_TEXT_MAX	4096	/* text that is kept, of all lines together */

enum reply_parse { REPLY_MORE, REPLY_DONE, REPLY_BAD };

struct reply {
	int		 code;		/* 0: none (yet) */
	char		 enhanced[12];	/* "5.1.1"; "" when there is none */
	unsigned	 lines;
	bool		 cut;		/* text holds not all that was said */
	size_t		 length;
	char		 text[REPLY_TEXT_MAX + 1]; /* without the codes, lines
						      parted by '\n'; NULs
						      have become '?' */
	/* where the parser stands */
	size_t		 column;	/* octets of this line */
	int		 line_code;
	bool		 last_line;
	bool		 after_cr;
};

void	reply_init(struct reply *);
enum reply_parse reply_add(struct reply *, const char *bytes, size_t n,
	    size_t *out_used);

/* reply_make - a reply that nobody sent, for what we know in advance. */
void	reply_make(struct reply *, int code, const char *text);

#endif
