/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * silent - addresses that did not answer, so as not to wait for them each time
 *
 *	hope = silent_hope(silent, &address, clock_now());
 *	... it did not answer in time: silent_note(silent, &address, clock_now());
 *	... it answered, whatever it said: silent_clear(silent, &address);
 *
 * Of an address that was silent there is hope again after SILENT_TIME, but for
 * one who asks; the others get to know what he has found, or may look after as
 * long again.  The SILENT_MAX latest are remembered.
 *
 * Any thread may use it.  Time is an argument (clock_now()).
 */
#ifndef FORWARD_SILENT_H
#define FORWARD_SILENT_H

#include <stdint.h>

#include "forward/net/endpoint.h"

#define SILENT_TIME 30000	/* ms */
#define SILENT_MAX 64

struct silent;

enum hope {
	HOPE_NONE,		/* it was silent a moment ago */
	HOPE_LITTLE,		/* it was, and somebody should have a look */
	HOPE_FULL		/* nothing is known against it */
};

struct silent *silent_new(void);
struct silent *silent_free(struct silent *);	/* NULL */

enum hope silent_hope(struct silent *, const struct endpoint *,
	    int64_t now);
void	silent_note(struct silent *, const struct endpoint *, int64_t now);
void	silent_clear(struct silent *, const struct endpoint *);

#endif
