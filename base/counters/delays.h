/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * delays - how long deliveries took: counters that make a histogram
 *
 *	counter_add(counters, delay_counter(milliseconds), 1);	-- forwarder
 *
 *	for (size_t i = 0; i < DELAYS; i++)			-- tdcctl
 *		sum += counter_get(counters, delay_rows[i].counter);
 *
 * Each copy is in one of them: they are not cumulative.
 */
#ifndef BASE_DELAYS_H
#define BASE_DELAYS_H

#include <stdint.h>

#include "base/counters/counters.h"

enum { DELAYS = 12 };

struct delay_row {
	int64_t		 most;		/* ms */
	const char	*text;		/* the same, in seconds: "2.5", "+Inf" */
	enum counter	 counter;
};
extern const struct delay_row delay_rows[DELAYS];	/* in order */

/* delay_counter - where a delivery is counted that took so many ms; less than
 * none, when the clock was set, is none. */
enum counter delay_counter(int64_t ms);

#endif
