/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unreachable - addresses that timed out, so as not to wait for them each time
 *
 *	switch (unreachable_ask(unreachable, &address, clock_now())) ...
 *	unreachable_note(unreachable, &address, clock_now());	-- it timed out
 *	unreachable_clear(unreachable, &address);	-- it answered something
 *
 * An address that timed out is skipped for UNREACHABLE_TIME.  After that one
 * caller may probe it; the others keep skipping it until the probe succeeds,
 * or for another UNREACHABLE_TIME.  The UNREACHABLE_MAX latest are remembered.
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
	REACH_SKIP,		/* it timed out a moment ago */
	REACH_PROBE,		/* it did, and the caller is to probe it */
	REACH_TRY		/* nothing is known against it */
};

struct unreachable *unreachable_new(void);
struct unreachable *unreachable_free(struct unreachable *);	/* NULL */

enum reach unreachable_ask(struct unreachable *, const struct endpoint *,
	    int64_t now);
void	unreachable_note(struct unreachable *, const struct endpoint *,
	    int64_t now);
void	unreachable_clear(struct unreachable *, const struct endpoint *);

#endif
