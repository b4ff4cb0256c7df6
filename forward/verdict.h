/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict - what a failure means for a copy
 *
 *	verdict_of(&failure, &verdict);
 *	if (verdict_rows[verdict.class].retry) ...
 *
 * From where and how an attempt failed to its class in the retry table of
 * the Threat Defense Connector, what it blames, and the words of AsyncOS for
 * it.  The class decides everything else: retry, final line, counter.
 *
 *	case						class		retry
 *	5xx but 503 and 552				HARD		no
 *	4xx, 503, 552, and what refuses our name or
 *	our login					SOFT		yes
 *	no STARTTLS, handshake, version, certificate	TLS		no
 *	connect, read, write, time-out, garbage,
 *	no answer from DNS, RSET refused		NETWORK		yes
 *	no such domain, no usable MX, null MX		NO_HOST		no
 *	older than queue_lifetime			EXPIRED		no
 *
 * "yes" is retry_limit times.  A connection that breaks in the middle of a
 * handshake is TLS: so do servers that want another version; one that times
 * out there is NETWORK.  A 421 is the site's trouble wherever it comes;
 * other replies to MAIL, RCPT, DATA and the message concern the message.
 *
 * A refusal of the name that we greet with, or of our login (failure.h), says
 * nothing of the copy.
 *
 * Pure.
 */
#ifndef FORWARD_VERDICT_H
#define FORWARD_VERDICT_H

#include <stdbool.h>

#include "base/counters/counters.h"
#include "base/log/log.h"
#include "forward/smtp/failure.h"
#include "journal/spool/spool.h"

/* In order of hope: of several addresses that failed, the least counts. */
enum verdict_class {
	VERDICT_NONE,			/* CAUSE_OURS */
	VERDICT_NETWORK,
	VERDICT_SOFT,
	VERDICT_TLS,
	VERDICT_HARD,
	VERDICT_NO_HOST,
	VERDICT_EXPIRED,
	VERDICTS
};

struct verdict_row {
	const char	*name;		/* as the log has it */
	const char	*fate;		/* as the history has it */
	bool		 retry;
	enum counter	 counter;	/* when given up, besides HARD_BOUNCED */
	enum log_event	 event;		/* when given up */
	enum spool_why	 why;		/* the same, for its name in the spool */
};
extern const struct verdict_row verdict_rows[VERDICTS];

struct verdict {
	const struct failure *failure;	/* borrowed */
	enum verdict_class class;
	enum blame	 blame;
	char		 enhanced[12];	/* "5.1.2" */
	const char	*words;		/* "Bad destination host" */
	char		 code[12];	/* "451"; "000": no server said it */
};

void	verdict_of(const struct failure *, struct verdict *out);

/* verdict_words - what AsyncOS, or RFC 3463, calls an enhanced code. */
const char *verdict_words(const char *enhanced);

#endif
