/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rates - how fast counters grow, from one look at them to the next
 *
 *	struct rates rates = { .now = 0 };
 *
 *	rates_begin(&rates, clock_now());
 *	per_second = rates_of(&rates, "example.com", COUNT_DELIVERED, n);
 *	rates_end(&rates);
 *	...
 *	rates_drop(&rates);
 */
#ifndef CONTROL_TOP_RATES_H
#define CONTROL_TOP_RATES_H

#include <stddef.h>
#include <stdint.h>

#include "base/counters/counters.h"

struct rate {
	char		*name;
	enum counter	 which;
	uint64_t	 n;
};

struct rates {
	int64_t		 now, before;	/* clock_now(); 0: there was none */
	struct rate	*old, *new;	/* of the last look, and of this one */
	size_t		 old_count, new_count;
};

/* rates_begin, rates_end - a look; what was not asked for in it is forgotten.
 * rates_of - n more in a second than at the last look; -1: it is not known,
 * because there was none or the counter began again. */
void	rates_begin(struct rates *, int64_t now);
double	rates_of(struct rates *, const char *name, enum counter, uint64_t n);
void	rates_end(struct rates *);
void	rates_drop(struct rates *);

#endif
