/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crew - the workers: started, given copies, woken, seen off
 */
#ifndef FORWARD_CREW_H
#define FORWARD_CREW_H

#include "forward/forwarder.h"
#include "forward/worker.h"

/* ---- for the scheduler ---- */

/* crew_connect - start a worker for each connection that is wanted now. */
void	crew_connect(struct forwarder *, int64_t now);
void	crew_wake(struct forwarder *, int64_t now);
void	crew_wake_all(struct forwarder *);	/* with the lock held */
void	crew_reap(struct forwarder *);

/* ---- for a worker ---- */

/* crew_next - wait for a copy, into worker->item; false: close. */
bool	crew_next(struct forwarder *, struct worker *);

/* crew_another - one more copy, into worker->item, for a flight that has so
 * many aboard; false: none that is not needed for other connections. */
bool	crew_another(struct forwarder *, struct worker *, unsigned aboard);

/* crew_limited - the worker's site took so many letters of one connection and
 * wants no more; true: that is news.  crew_unlimited - it was not so. */
bool	crew_limited(struct forwarder *, struct worker *, unsigned letters);
void	crew_unlimited(struct forwarder *, struct worker *);

/* crew_flew - a flight of so many was answered as it should be, or was odd. */
void	crew_flew(struct forwarder *, struct worker *, unsigned letters,
	    bool odd);

/* crew_has_others - its site has, or is about to have, other connections. */
bool	crew_has_others(struct forwarder *, const struct worker *);
void	crew_ready(struct forwarder *, struct worker *);
void	crew_leave(struct forwarder *, struct worker *); /* its last call */

#endif
