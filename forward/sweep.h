/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep - what the scheduler does with all copies, again and again
 *
 *	sweep_arrivals(forwarder);
 *	sweep_expired(forwarder);
 *
 * Each takes the forwarder's lock by itself.
 */
#ifndef FORWARD_SWEEP_H
#define FORWARD_SWEEP_H

#include "forward/forwarder.h"

/* sweep_arrivals - add new copies to the queue.
 * sweep_expired - give up those that were not sent in time.
 * Not all of them in one call, when that would take long: sending goes on, and
 * so does the watchdog. */
void	sweep_arrivals(struct forwarder *);
void	sweep_expired(struct forwarder *);

/* sweep_stuck - try again to remove or move files that did not go.
 * sweep_kept - remove files from failed/ whose kept_lifetime is over. */
void	sweep_stuck(struct forwarder *);
void	sweep_kept(struct forwarder *);

/* sweep_flush - make copies due as an operator wished (spool_flush.h). */
void	sweep_flush(struct forwarder *);

/* sweep_end - before the end, when no worker is left. */
void	sweep_end(struct forwarder *);

#endif
