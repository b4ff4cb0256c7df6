/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waiting - which copies wait for an intake domain
 *
 *	struct waiting waiting = { .host = "example.com" };
 *
 *	if (waiting_count(&waiting, spool, &err) == 0)
 *		... waiting.untried + waiting.tried ...
 *
 * The domain stands in the envelope, so each copy is opened: for an operator,
 * not for a program that asks often.
 */
#ifndef CONTROL_WAITING_H
#define CONTROL_WAITING_H

#include <stdint.h>

#include "base/err.h"
#include "journal/copy.h"

struct waiting {
	const char	*host;		/* NULL: for whichever */
	uint64_t	 untried, tried;
	int64_t		 oldest;	/* ms since 1970; 0: none waits */
};

int	waiting_count(struct waiting *, const struct spool *, struct err *);

#endif
