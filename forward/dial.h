/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dial - a worker's connection: from the route to the first letter, and its end
 *
 *	if (dial(worker)) {
 *		... letters over worker->smtp ...
 *		dial_end(worker);
 *	}
 *
 * All addresses of the route are tried, until one speaks SMTP and TLS as it
 * should: host after host (plan.h), and among the addresses of one host first
 * the one that answers first (race.h).  The lead of a site logs how each
 * attempt ended, unless it was called off because another was faster; and when
 * none succeeds, its copy has failed, if it has one.
 */
#ifndef FORWARD_DIAL_H
#define FORWARD_DIAL_H

#include <stdbool.h>

#include "forward/worker.h"

/* dial - true: worker->smtp is usable.  false: what becomes of the lead's copy
 * has been said, and the copy let go.  The worker may not be the lead any more
 * (concurrency.h). */
bool	dial(struct worker *);

/* dial_try - the same for a worker that has no copy and is no lead, with nothing
 * said of it; -1: why. */
int	dial_try(struct worker *, struct failure *out);

/* dial_end - QUIT, and the closing line where there was an opening one. */
void	dial_end(struct worker *);

#endif
