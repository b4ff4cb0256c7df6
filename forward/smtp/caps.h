/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * caps - what a server offers in its reply to EHLO
 *
 *	struct caps caps = CAPS;
 *
 *	reply.each = caps_add;			-- see reply.h
 *	reply.arg = &caps;
 *	... the reply ...
 *	if (caps.pipelining && caps_binary(&caps)) ...
 *
 *	ehlo-line = keyword *( SP parameter )	; each line but the first
 *
 * MAILMAX of LIMITS (RFC 9422) is the only one of its limits that can concern
 * us: a letter has one recipient, and RCPTMAX is never less.
 *
 * AUTH has its mechanisms after it, or, as some servers still say it, after
 * "AUTH=".
 *
 * Keywords without regard to case; unknown ones are passed over.  Pure.
 */
#ifndef FORWARD_CAPS_H
#define FORWARD_CAPS_H

#include <stdbool.h>
#include <stdint.h>

struct caps {
	unsigned	lines;		/* of the reply, so far */
	bool		pipelining;	/* RFC 2920 */
	bool		chunking;	/* RFC 3030 */
	bool		binarymime;	/* RFC 3030; ask caps_binary() */
	bool		eightbitmime;	/* RFC 6152 */
	bool		smtputf8;	/* RFC 6531 */
	bool		starttls;	/* RFC 3207 */
	bool		auth;		/* RFC 4954, with these among others: */
	bool		auth_plain;
	bool		auth_login;
	bool		size;		/* RFC 1870 */
	uint64_t	size_limit;	/* 0: none announced */
	unsigned	mailmax;	/* letters over one connection; the same */
};

#define CAPS { .lines = 0 }

/* caps_add - the next line of the reply; caps is a struct caps. */
void	caps_add(void *caps, const char *line);

/* caps_binary - whether BODY=BINARYMIME may be said: it needs CHUNKING. */
bool	caps_binary(const struct caps *);

#endif
