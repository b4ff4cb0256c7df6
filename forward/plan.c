/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/plan.h"

#include <stdbool.h>
#include <string.h>

/* host_end - after the last address of the host */
static size_t
host_end(const struct route *route, size_t at)
{
	size_t end = at + 1;

	while (end < route->count && strcmp(route->targets[end].host,
	    route->targets[at].host) == 0)
		end++;
	return end;
}

/* host_reach - the best of the host's addresses */
static enum reach
host_reach(const enum reach reach[], size_t at, size_t end)
{
	enum reach best = reach[at];

	while (++at < end)
		if (reach[at] > best)
			best = reach[at];
	return best;
}

/* add_hosts - those that are to be skipped, or the others */
static void
add_hosts(const struct route *route, const enum reach reach[], bool skipped,
    struct plan *plan)
{
	size_t at, end;

	for (at = 0; at < route->count; at = end) {
		enum reach host;

		end = host_end(route, at);
		host = host_reach(reach, at, end);
		if ((host == REACH_SKIP) == skipped)
			plan->attempts[plan->count++] = (struct attempt){
			    at, end, host == REACH_PROBE ? PLAN_PROBE :
			    PLAN_STEP };
	}
}

/* plan_make - the stops, and how long to wait at each */
void
plan_make(const struct route *route, const enum reach reach[],
    int64_t connect_timeout, struct plan *out)
{
	out->count = 0;
	add_hosts(route, reach, false, out);
	add_hosts(route, reach, true, out);
	for (size_t i = 0; i < out->count; i++) {
		struct attempt *attempt = &out->attempts[i];

		if (i + 1 == out->count || attempt->patience > connect_timeout)
			attempt->patience = connect_timeout;
	}
}
