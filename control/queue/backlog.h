/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * backlog - how many copies wait for an intake domain
 *
 *	struct backlog backlog = { .site = "example.com",
 *	    .alternate = conf->alternate_intake_address };
 *
 *	if (backlog_count(&backlog, spool, &err) == 0)
 *		printf("%ju\n", (uintmax_t)(backlog.untried + backlog.tried));
 *
 * The domain is in the envelope, so each copy is opened: this is for an
 * operator, not for a program that asks often.
 */
#ifndef CONTROL_BACKLOG_H
#define CONTROL_BACKLOG_H

#include <stdint.h>

#include "base/err.h"
#include "journal/spool/copy.h"

struct backlog {
	const char	*site;		/* intake domain; NULL: all of them */
	const char	*alternate;	/* alternate_intake_address; "": none */
	uint64_t	 untried, tried;
	int64_t		 oldest;	/* ms since 1970; 0: none waits */
};

/* backlog_address - where a copy goes: to the intake in its envelope, or to the
 * alternate one.
 * backlog_count - all but the first two must be zero. */
const char *backlog_address(const struct copy *, const char *alternate);
int	backlog_count(struct backlog *, const struct spool *, struct err *);

#endif
