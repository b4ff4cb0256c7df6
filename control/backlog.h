/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * backlog - how many copies wait for an intake domain
 *
 *	struct backlog backlog = { .site = "example.com" };
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
	uint64_t	 untried, tried;
	int64_t		 oldest;	/* ms since 1970; 0: none waits */
};

/* backlog_count - all but the site must be zero. */
int	backlog_count(struct backlog *, const struct spool *, struct err *);

#endif
