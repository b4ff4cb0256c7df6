/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * domains - what is known of each intake domain, for a monitor
 *
 *	struct domains domains;
 *
 *	domains_read(&status, &conf, &domains);
 *	for (size_t i = 0; i < domains.count; i++)
 *		puts(domains.list[i].name);
 *	domains_drop(&domains);
 *
 * While a forwarder runs all of it is what that tells, so it costs the same
 * however many copies wait, and needs no right to see them.  Without one what
 * waits is counted in the spool, if it may be seen: the envelopes of the first
 * DOMAINS_COPIES are read, and they are the oldest but for what was requeued.
 *
 * Domains can be made up by whoever sends mail (tdc.cf(5), "Values with $n"),
 * so there are at most DOMAINS_MAX; all others together are "other".
 */
#ifndef CONTROL_DOMAINS_H
#define CONTROL_DOMAINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "control/queue/status.h"

#define DOMAINS_MAX 100
#define DOMAINS_COPIES 10000
#define DOMAINS_OTHER "other"
#define DOMAINS_RECENT (7 * INT64_C(86400000))	/* ms */

struct domain {
	char		*name;
	enum site_state	 state;
	uint64_t	 copies;	/* that wait */
	int64_t		 oldest;	/* ms since 1970; 0: none waits */
	uint64_t	 connections;
	bool		 suspended;	/* all of it, by an operator */
	uint64_t	 certificate;	/* seconds since 1970; 0: not known, or
					   nothing was sent there of late
					   (DOMAINS_RECENT): whoever is not in
					   use any more may let it expire */
};

struct domains {
	bool		 counted;	/* what waits is known */
	size_t		 count;
	struct domain	 list[DOMAINS_MAX + 1];
};

/* domains_read - to be dropped.  A copy that cannot be read now counts for
 * "other". */
void	domains_read(const struct status *, const struct conf *,
	    struct domains *out);
void	domains_drop(struct domains *);

/* domain_age - of the oldest copy, in whole seconds; 0: none waits. */
uint64_t domain_age(const struct domain *, int64_t wall);

#endif
