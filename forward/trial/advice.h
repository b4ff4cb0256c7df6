/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * advice - what a failure to reach an intake means, and what to do about it
 *
 *	const struct advice *advice = advice_find(&failure);
 *
 *	printf("%s: %s %s\n", advice->kind, advice->means, advice->remedy);
 *
 * For a person who has just tried, which a log line cannot assume.  Pure.
 */
#ifndef FORWARD_ADVICE_H
#define FORWARD_ADVICE_H

#include "forward/smtp/failure.h"

struct advice {
	const char	*kind;		/* "certificate-name": a name for it */
	const char	*means;		/* a sentence or two */
	const char	*remedy;	/* the same */
	/* which failures are meant */
	enum cause	 cause;
	enum step	 first, last;
	int		 low, high;	/* CAUSE_REPLY: its code */
	const char	*word;		/* in failure.text; NULL: any */
	const char	*type;		/* of the records asked for; the same */
	enum { WHOSE_ANY, WHOSE_NAME, WHOSE_LOGIN } whose;	/* our_name,
								   our_login */
};

/* The table; the first that fits counts, and the last fits all. */
extern const struct advice advices[];	/* ends with kind NULL */

/* advice_find - never NULL. */
const struct advice *advice_find(const struct failure *);

#endif
