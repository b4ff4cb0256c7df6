/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply - what an SMTP server answers (RFC 5321 4.2)
 *
 *	reply_init(&reply);
 *	while (reply_add(&reply, bytes, n, &used) == REPLY_MORE)
 *		... use up "used" bytes, read more ...
 *
 * Takes bytes as they come, in pieces of any size, and stops after the last
 * line of the reply.  Pure; keeps no more than the struct, however much the
 * server talks:
 *
 *	Reply      = *( code "-" [ text ] CRLF ) code [ SP [ text ] ] CRLF
 *	code       = %x32-35 2DIGIT
 *	enhanced   = class "." 1*3DIGIT "." 1*3DIGIT	; RFC 3463, RFC 2034
 *
 * Codes should be the same in each line; where they are not, that of the last
 * line counts.  A bare LF ends a line too.  Of a long line and of many lines
 * the excess is skipped.  REPLY_BAD is a line that does not begin as
 * above, when it has ended, and a reply of more than REPLY_MAX octets, at once.
 * What follows the former may be anything, also what was meant to belong to
 * it; digit tells how it began, if that was text.
 *
 * Every line of a reply can be had as it comes, also those of which nothing is
 * kept: set each after reply_init().
 */
#ifndef FORWARD_REPLY_H
#define FORWARD_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#define REPLY_MAX	(256 << 10)	/* octets of a reply */
#define REPLY_LINE_MAX	512	/* octets of a line's text that are kept */
#define REPLY_TEXT_MAX	4096	/* the same, of all lines together */

enum reply_parse { REPLY_MORE, REPLY_DONE, REPLY_BAD };

struct reply {
	int		 code;		/* 0: none (yet) */
	char		 digit;		/* that its last line began with; or 0 */
	char		 enhanced[12];	/* "5.1.1"; "" when there is none */
	unsigned	 lines;
	bool		 cut;		/* text holds not all that was said */
	size_t		 length;
	char		 text[REPLY_TEXT_MAX + 1]; /* without the codes, lines
						      separated by '\n'; NULs
						      have become '?' */
	void		(*each)(void *arg, const char *line); /* or NULL */
	void		*arg;
	/* where the parser stands */
	size_t		 octets;
	size_t		 column;	/* octets of this line */
	char		 line[REPLY_LINE_MAX + 1]; /* its text */
	bool		 wrong;		/* it is no line of a reply */
	int		 line_code;
	bool		 last_line;
	bool		 after_cr;
};

void	reply_init(struct reply *);
enum reply_parse reply_add(struct reply *, const char *bytes, size_t n,
	    size_t *out_used);

/* reply_make - a reply that was not sent, for what we know in advance. */
void	reply_make(struct reply *, int code, const char *text);

#endif
