/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suspend - intakes that an operator has suspended or resumed
 *
 *	suspend_sweep(forwarder);
 *	... pthread_mutex_lock(&forwarder->lock) ...
 *	suspend_age(forwarder, item);
 *
 * Their file is looked at in each turn of the scheduler; the items of the queue
 * follow it.  What was read is the scheduler's; who was told of it is the log.
 */
#ifndef FORWARD_SUSPEND_H
#define FORWARD_SUSPEND_H

#include "forward/forwarder.h"

/* suspend_sweep - what an operator has suspended or resumed, or has come to its
 * end by itself (spool_suspend.h): before anything is learned, given out or
 * expires.  Takes the forwarder's lock by itself. */
void	suspend_sweep(struct forwarder *);

/* suspend_age - of one item, whose intake is known: whether it is suspended, and
 * when its life began; the lock is held. */
void	suspend_age(const struct forwarder *, struct item *);

#endif
