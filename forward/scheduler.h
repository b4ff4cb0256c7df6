/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scheduler - learns of copies, and gives them to workers
 *
 *	scheduler_open(&forwarder, settings, spool, counters, &err);
 *	while (scheduler_turn(&forwarder))
 *		... poll wake_fd and arrivals_fd() until scheduler_when() ...
 *	scheduler_close(&forwarder);
 *
 * One thread calls these: it learns of copies, lets those that are too old go
 * (sweep.h), and starts a worker, a thread, for each connection that the rules
 * of concurrency.h want (workers.h).  A worker asks for one copy after the
 * other (deliver.h).
 *
 * Stopping: no more copies are given out; a worker that opens a connection is
 * told to leave it; the others have STOP_GRACE to end the copy they are at.
 * What is then under way counts as not tried.  What was delivered leaves the
 * spool, however long that takes.
 */
#ifndef FORWARD_SCHEDULER_H
#define FORWARD_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counters/counters.h"
#include "base/err.h"
#include "forward/forwarder.h"

#define STOP_GRACE 10000		/* ms */

int	scheduler_open(struct forwarder *, struct forward_settings *,
	    struct spool *, struct counters *,
	    struct err *);			/* takes the settings */
void	scheduler_close(struct forwarder *);	/* no worker may be left */

/* scheduler_turn - do all that is to be done now; false: stopped.
 * scheduler_when - when the next turn is due, unless wake_fd or arrivals_fd()
 * are readable before. */
bool	scheduler_turn(struct forwarder *);
int64_t	scheduler_when(struct forwarder *);

/* scheduler_reload - from the next connection on; takes the settings. */
void	scheduler_reload(struct forwarder *, struct forward_settings *);
void	scheduler_stop(struct forwarder *);

#endif
