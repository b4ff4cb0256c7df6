/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan - in which order the hosts of a route are tried, and for how long each
 *
 *	plan_make(&route, reach, connect_timeout, &plan);
 *	for (i = 0; i < plan.count; i++)
 *		... route.targets[plan.attempts[i].at] .. [.end - 1] ...
 *
 * RFC 5321 section 5.1 wants the MX hosts in order of preference, and so they
 * are tried; but a copy does not live long enough to wait for each dead host as
 * long as a slow one may take.  So
 *
 *	- each host but the last gets PLAN_STEP, in which a SYN goes out three
 *	  times; the last one gets connect_timeout;
 *	- hosts none of whose addresses answered recently (unreachable.h) go
 *	  last, in their original order.  The caller chosen to probe such a host
 *	  tries it in its normal place, but waits only PLAN_PROBE.
 *
 * A host that needs longer than PLAN_STEP is thus reached at the next attempt,
 * being the last by then.  Pure.
 */
#ifndef FORWARD_PLAN_H
#define FORWARD_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "forward/net/unreachable.h"
#include "forward/route.h"

#define PLAN_STEP 5000		/* ms */
#define PLAN_PROBE 1000		/* ms */

struct attempt {
	size_t		 at, end;	/* targets, all of one host */
	int64_t		 patience;	/* ms, for each of them */
};

struct plan {
	size_t		 count;
	struct attempt	 attempts[ROUTE_TARGETS];
};

/* plan_make - reach: for each target. */
void	plan_make(const struct route *, const enum reach reach[],
	    int64_t connect_timeout, struct plan *out);

#endif
