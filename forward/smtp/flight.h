/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flight - the steps of a conversation, and which of them go out together
 *
 *	count = flight_steps(&talk, reset, steps);
 *	for (at = 0; at < count; at += together) {
 *		together = flight_length(&talk, steps + at, count - at);
 *		... say steps[at] .. steps[at + together - 1], then hear as
 *		    many replies, in order ...
 *	}
 *
 * One list of steps serves every server.  PIPELINING and CHUNKING: MAIL RCPT
 * BDAT and the bytes in one flight; PIPELINING alone: MAIL RCPT DATA, then
 * the bytes; neither: one by one.  A large letter waits for the answer to
 * RCPT, whatever is offered: a round trip is nothing beside it, and it may
 * not be wanted.
 *
 * What is said of a letter, and what happens where it cannot be said:
 *
 *	SIZE=n		always; a letter over the limit is not sent
 *	BODY=8BITMIME	bytes over 127; else sent as it is: recoding would
 *			change what was received, and RFC 6152 knows nothing
 *			else but to return it
 *	BODY=BINARYMIME	what is not made of lines (RFC 2045 2.9: over 998
 *			octets, NUL, CR or LF apart), by BDAT alone: only then
 *			must a server keep it; else sent as it is
 *	SMTPUTF8	an address over 127 in its envelope; else it is not
 *			sent.  Also said of the copy of a message that had
 *			one; else that copy goes as it is, since its own
 *			envelope does not need it
 *
 * Pure: no I/O.
 */
#ifndef FORWARD_FLIGHT_H
#define FORWARD_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "forward/smtp/caps.h"
#include "forward/smtp/letter.h"
#include "forward/smtp/login.h"

enum step {
	STEP_ROUTE, STEP_CONNECT, STEP_GREETING, STEP_EHLO, STEP_HELO,
	STEP_STARTTLS, STEP_HANDSHAKE,
	STEP_AUTH_PLAIN, STEP_AUTH_LOGIN, STEP_AUTH_USER, STEP_AUTH_PASSWORD,
	STEP_RSET, STEP_MAIL, STEP_RCPT, STEP_DATA, STEP_BODY, STEP_BDAT,
	STEP_QUIT,
	STEPS
};

enum blame { BLAME_SITE, BLAME_MESSAGE };	/* what a bad reply concerns */

/* What the commands are made of. */
struct talk {
	const char	*helo;
	const struct caps *caps;
	const struct letter *letter;
	const struct login *login;
};

struct step_row {
	const char	*name;		/* "RCPT" */
	void		(*say)(const struct talk *, struct buf *); /* or NULL */
	int		 want;		/* first digit of success */
	enum blame	 blame;
	bool		 last;		/* must end its flight (RFC 2920) */
};
extern const struct step_row step_rows[STEPS];

/* step_shown - add the command as a log or a transcript may have it: that of a
 * login without its secret.  Nothing where a step has no command. */
void	step_shown(const struct talk *, enum step, struct buf *);

#define FLIGHT_STEPS 5			/* the most that a letter takes */
#define FLIGHT_LARGE (256 << 10)	/* octets of a large letter */
#define FLIGHT_LETTERS 32		/* the most that share a flight */

uint64_t flight_size(const struct letter *);	/* octets, dots not doubled */

/* flight_steps - what it takes to send the letter.  reset: first clear the
 * transaction that failed before. */
size_t	flight_steps(const struct talk *, bool reset,
	    enum step out[FLIGHT_STEPS]);

/* flight_length - how many of the steps may be said before the next reply is
 * needed; at least 1. */
size_t	flight_length(const struct talk *, const enum step *, size_t count);

/* flight_joins - the letter may share a flight with letters of so many octets,
 * or, with 0, be the first of several.  It takes PIPELINING and CHUNKING, and
 * no more than FLIGHT_LARGE altogether; what is refused goes alone. */
bool	flight_joins(const struct talk *, uint64_t octets);

/* flight_refusal - the server has announced that it does not take such a
 * letter: the code that it would answer with, and its text; or 0.
 *
 *	552 5.3.4	larger than its SIZE (RFC 1870 6.1)
 *	550 5.6.7	an address over 127, and no SMTPUTF8 (RFC 6531 3.2) */
#define FLIGHT_TEXT 128
int	flight_refusal(const struct talk *, char text[FLIGHT_TEXT]);

#endif
