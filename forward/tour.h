/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tour - in which order the hosts of a route are tried, and for how long each
 *
 *	tour_plan(&route, hopes, connect_timeout, &tour);
 *	for (i = 0; i < tour.count; i++)
 *		... route.targets[tour.stops[i].at] .. [.end - 1] ...
 *
 * RFC 5321 section 5.1 wants the MX hosts in order of preference, and so they
 * are tried; but a copy does not live long enough to wait for each that is
 * silent as long as a host may take.  So
 *
 *	- a host that has another behind it gets TOUR_STEP, in which a SYN goes
 *	  out three times; the last one gets connect_timeout;
 *	- hosts of which no address has answered lately (silent.h) come last,
 *	  among themselves in order; and who is to have a look at one waits
 *	  TOUR_LOOK for it, in its old place.
 *
 * A host that needs longer than TOUR_STEP is thus reached at the next attempt,
 * being the last by then.  Pure.
 */
#ifndef FORWARD_TOUR_H
#define FORWARD_TOUR_H

#include <stddef.h>
#include <stdint.h>

#include "forward/route.h"
#include "forward/net/silent.h"

#define TOUR_STEP 5000		/* ms */
#define TOUR_LOOK 1000		/* ms */

struct stop {
	size_t		 at, end;	/* targets, all of one host */
	int64_t		 patience;	/* ms, for each of them */
};

struct tour {
	size_t		 count;
	struct stop	 stops[ROUTE_TARGETS];
};

/* tour_plan - hopes: of each target. */
void	tour_plan(const struct route *, const enum hope hopes[],
	    int64_t connect_timeout, struct tour *out);

#endif
