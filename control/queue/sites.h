/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sites - what is known of each intake domain at this moment
 *
 *	struct site_now *rows;
 *	size_t n = sites_list(&status, &waiting, NULL, &rows);
 *
 *	for (size_t i = 0; i < n; i++)
 *		printf("%s: %ju\n", rows[i].name, (uintmax_t)rows[i].waiting);
 *	free(rows);
 */
#ifndef CONTROL_QUEUE_SITES_H
#define CONTROL_QUEUE_SITES_H

#include <stddef.h>
#include <stdint.h>

#include "control/queue/census.h"
#include "control/queue/status.h"

struct site_now {
	const char	*name;
	const struct site_row *site;	/* NULL: nothing was ever sent there, or
					   there are more than SITE_COUNTS_MAX */
	const struct census_group *group;	/* NULL: none waits, or nobody
						   may look */
	uint64_t	 waiting;	/* as seen, or as the forwarder tells; so */
	int64_t		 oldest;	/* ms since 1970; 0: none waits */
	uint64_t	 kept;
};

/* sites_list - those that ever had a copy, and those that have one, by name;
 * how many.  Either census may be NULL: it cannot be seen.  out: new, with
 * texts that are borrowed from all three. */
size_t	sites_list(const struct status *, const struct census *waiting,
	    const struct census *kept, struct site_now **out);

#endif
