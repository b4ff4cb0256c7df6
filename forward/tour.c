/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tour.h"

#include <stdbool.h>
#include <string.h>

/* host_end - behind the last address of the host */
static size_t
host_end(const struct route *route, size_t at)
{
	size_t end = at + 1;

	while (end < route->count && strcmp(route->targets[end].host,
	    route->targets[at].host) == 0)
		end++;
	return end;
}

/* best - of the host's addresses */
static enum hope
best(const enum hope hopes[], size_t at, size_t end)
{
	enum hope hope = hopes[at];

	while (++at < end)
		if (hopes[at] > hope)
			hope = hopes[at];
	return hope;
}

/* add_hosts - those that are hopeless, or the others */
static void
add_hosts(const struct route *route, const enum hope hopes[], bool hopeless,
    struct tour *tour)
{
	size_t at, end;

	for (at = 0; at < route->count; at = end) {
		enum hope hope;

		end = host_end(route, at);
		hope = best(hopes, at, end);
		if ((hope == HOPE_NONE) == hopeless)
			tour->stops[tour->count++] = (struct stop){ at, end,
			    hope == HOPE_LITTLE ? TOUR_LOOK : TOUR_STEP };
	}
}

/* tour_plan - the stops, and how long to wait at each */
void
tour_plan(const struct route *route, const enum hope hopes[],
    int64_t connect_timeout, struct tour *out)
{
	out->count = 0;
	add_hosts(route, hopes, false, out);
	add_hosts(route, hopes, true, out);
	for (size_t i = 0; i < out->count; i++) {
		struct stop *stop = &out->stops[i];

		if (i + 1 == out->count || stop->patience > connect_timeout)
			stop->patience = connect_timeout;
	}
}
