/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workers - the threads that deliver: started, given copies, woken, reaped
 */
#ifndef FORWARD_WORKERS_H
#define FORWARD_WORKERS_H

#include "forward/forwarder.h"
#include "forward/worker.h"

/* ---- for the scheduler ---- */

/* workers_connect - start a worker for each connection that is wanted now:
 * a thread that runs work, which gets the struct worker. */
void	workers_connect(struct forwarder *, void *(*work)(void *), int64_t now);
void	workers_wake(struct forwarder *, int64_t now);
void	workers_wake_all(struct forwarder *);	/* with the lock held */
void	workers_reap(struct forwarder *);

/* ---- for a worker ---- */

/* workers_next - wait for a copy, into worker->item; false: close. */
bool	workers_next(struct forwarder *, struct worker *);

/* workers_another - one more copy, into worker->item, for a flight that has so
 * many aboard; false: none that is not needed for other connections. */
bool	workers_another(struct forwarder *, struct worker *, unsigned aboard);

/* workers_limited - the worker's site took so many letters of one connection and
 * wants no more; true: that is news.  workers_unlimited - it was not so. */
bool	workers_limited(struct forwarder *, struct worker *, unsigned letters);
void	workers_unlimited(struct forwarder *, struct worker *);

/* workers_flew - a flight of so many was answered as it should be, or was odd. */
void	workers_flew(struct forwarder *, struct worker *, unsigned letters,
	    bool odd);

/* workers_has_others - its site has, or is about to have, other connections. */
bool	workers_has_others(struct forwarder *, const struct worker *);
void	workers_ready(struct forwarder *, struct worker *);
void	workers_leave(struct forwarder *, struct worker *); /* its last call */

#endif
