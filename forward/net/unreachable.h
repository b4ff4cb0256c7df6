/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unreachable - addresses that did not answer, so as not to wait for them each time
 *
 *	reach = unreachable_ask(unreachable, &address, clock_now());
 *	... it did not answer in time: unreachable_note(unreachable, &address, clock_now());
 *	... it answered, whatever it said: unreachable_clear(unreachable, &address);
 *
 * Of an address that was silent there is reach again after UNREACHABLE_TIME, but for
 * one who asks; the others get to know what he has found, or may look after as
 * long again.  The UNREACHABLE_MAX latest are remembered.
 *
 * Any thread may use it.  Time is an argument (clock_now()).
 */
#ifndef FORWARD_UNREACHABLE_H
#define FORWARD_UNREACHABLE_H

#include <stdint.h>

#include "forward/net/endpoint.h"

#define UNREACHABLE_TIME 30000	/* ms */
#define UNREACHABLE_MAX 64

struct unreachable;

enum reach {
	REACH_SKIP,		/* it was silent a moment ago */
	REACH_PROBE,		/* it was, and somebody should have a look */
	REACH_TRY		/* nothing is known against it */
};

struct unreachable *unreachable_new(void);
struct unreachable *unreachable_free(struct unreachable *);	/* NULL */

enum reach unreachable_ask(struct unreachable *, const struct endpoint *,
	    int64_t now);
void	unreachable_note(struct unreachable *, const struct endpoint *, int64_t now);
void	unreachable_clear(struct unreachable *, const struct endpoint *);

#endif
