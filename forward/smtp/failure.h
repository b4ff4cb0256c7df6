/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failure - where an attempt to deliver a letter failed, and why
 *
 *	return failure_set(out, STEP_STARTTLS, CAUSE_TLS, "not offered");
 *	return failure_reply(out, STEP_RCPT, helo);
 *	return failure_dns(out, CAUSE_DNS_HARD, "example.com", "MX",
 *	    "NXDomain");
 *
 * Each of these fills in all of *out but reply, and returns -1.  What a
 * failure means for a copy is for verdict.h to say.
 *
 * Some replies refuse not the letter but the name that we greet with: every
 * 5xx to EHLO or HELO; and at MAIL, RCPT or DATA, where Postfix says it,
 * whatever has "Helo command rejected" in it, or is a 501, a 504 or a 5.5.2
 * that names HELO, EHLO or our name.
 *
 * And some refuse our login, or ask for one: every 5xx to AUTH; and at MAIL,
 * RCPT or DATA the codes that RFC 4954 (6) has for that: 530, 534, 535, 538.
 *
 * Pure.
 */
#ifndef FORWARD_FAILURE_H
#define FORWARD_FAILURE_H

#include <stdbool.h>

#include "base/buf.h"
#include "forward/smtp/flight.h"
#include "forward/smtp/reply.h"

/* Value 0 is the harmless one: not an attempt, try again. */
enum cause {
	CAUSE_OURS,		/* our disk, our stop, no descriptors or no
				   memory left */
	CAUSE_LOST,		/* the connection broke, or never came to be */
	CAUSE_TIMEOUT,
	CAUSE_GARBAGE,		/* what came is not SMTP */
	CAUSE_REPLY,
	CAUSE_TLS,
	CAUSE_LOGIN,		/* we cannot log in, for want of an offer */
	CAUSE_DNS_SOFT,
	CAUSE_DNS_HARD,
	CAUSE_EXPIRED,
	CAUSES
};

struct failure {
	enum step	 step;
	enum cause	 cause;
	bool		 our_name;	/* CAUSE_REPLY: it refuses our name */
	bool		 our_memory;	/* CAUSE_OURS: there is none */
	bool		 our_login;	/* CAUSE_REPLY: it refuses our login, or
					   wants one; so with CAUSE_LOGIN */
	char		 text[400];	/* "EOF", "[Errno 104] ...", "NXDomain";
					   "" for CAUSE_REPLY */
	char		 subject[264];	/* of a look-up: "example.com MX"; else
					   "" */
	struct reply	 reply;		/* CAUSE_REPLY; also the last reply of
					   a step that succeeded */
};

int	failure_set(struct failure *out, enum step, enum cause,
	    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* failure_reply - out->reply is there already, and refuses that step.  helo:
 * the name that we greeted with. */
int	failure_reply(struct failure *out, enum step, const char *helo);

/* failure_dns - at STEP_ROUTE, since the records of that type were not to be
 * had; why: as resolver.h has it. */
int	failure_dns(struct failure *out, enum cause, const char *name,
	    const char *type, const char *why);

/* failure_reason - append one line for people: who said what, or what happened
 * with whom; peer: the address of the connection. */
void	failure_reason(const struct failure *, const char *peer,
	    struct buf *out);

#endif
