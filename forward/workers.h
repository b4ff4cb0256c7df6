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

/* workers_wake - as many of those that rest as there are copies due.
 * workers_wake_all - all that rest; the lock is held. */
void	workers_wake(struct forwarder *, int64_t now);
void	workers_wake_all(struct forwarder *);

/* workers_reap - free those whose thread has ended. */
void	workers_reap(struct forwarder *);

/* ---- for a worker ---- */

/* workers_ready - its connection is open. */
void	workers_ready(struct worker *);

/* workers_next - wait for a copy, which is the caller's then; NULL: close the
 * connection. */
struct item *workers_next(struct worker *);

/* workers_another - one more copy, for a flight that has so many aboard; NULL:
 * none that is not needed for other connections. */
struct item *workers_another(struct worker *, unsigned aboard);

/* workers_limited - its site took worker->taken letters of this connection and
 * wants no more; true: that is news.  workers_unlimited - it was not so. */
bool	workers_limited(const struct worker *);
void	workers_unlimited(const struct worker *);

/* workers_flew - a flight of so many was answered as it should be, or was
 * odd. */
void	workers_flew(const struct worker *, unsigned letters, bool odd);

/* workers_has_others - its site has, or is about to have, other connections. */
bool	workers_has_others(const struct worker *);

/* workers_closing - its connection takes no letter more.
 * workers_leave - it is closed; the worker's last call. */
void	workers_closing(struct worker *);
void	workers_leave(struct worker *);

#endif
