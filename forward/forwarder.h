/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarder - the one who knows all copies, and gives them to the workers
 *
 *	forwarder_open(&forwarder, setup, spool, counters, &err);
 *	while (forwarder_turn(&forwarder))
 *		poll wake_fd and arrivals_fd() until forwarder_when()
 *	forwarder_close(&forwarder);
 *
 * One thread, the scheduler, calls these: it learns of copies, lets those
 * that are too old go (copies.h), and starts a worker, a thread, for each
 * connection that the rules of links.h want (crew.h).  A worker asks for one
 * copy after the other.
 *
 * One lock guards the queue and the list of workers.  It is held for moments
 * and never across I/O.  A copy that was taken is its worker's alone.
 *
 * Stopping: no copy is given out any more; who opens a connection is told to
 * leave it; the others have STOP_GRACE to end the copy they are at.  What is
 * then under way counts as not tried.
 */
#ifndef FORWARD_FORWARDER_H
#define FORWARD_FORWARDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/counters.h"
#include "base/site_counts.h"
#include "forward/arrivals.h"
#include "forward/queue.h"
#include "forward/setup.h"
#include "journal/spool.h"

#define STOP_GRACE 10000		/* ms */

/* A copy whose file could not be removed or moved when all was done. */
struct stuck {
	struct item	*item;
	bool		 keep;
	bool		 empty;		/* no copy any more */
	struct stuck	*next;
};

struct forwarder {
	struct spool	*spool;		/* borrowed */
	struct counters	*counters;	/* borrowed */
	struct site_counts	*sites;
	int		 wake_fd;	/* the scheduler shall look */
	int		 stop_fd;	/* readable: open nothing more */
	int		 cancel_fd;	/* readable: end whatever you do */
	struct arrivals	*arrivals;	/* the scheduler's */
	int64_t		 next_look;	/* at the files of numbers */
	int64_t		 next_round;	/* of things done now and then */
	int64_t		 stop_by;	/* 0: not stopping */
	pthread_mutex_t	 lock;		/* of what follows */
	struct queue	*queue;
	struct setup	*setup;		/* in force */
	struct worker	*workers;
	struct stuck	*stuck;
	atomic_bool	 stopping;	/* written with the lock held */
};

int	forwarder_open(struct forwarder *, struct setup *, struct spool *,
	    struct counters *, struct err *);	/* takes the setup */
void	forwarder_close(struct forwarder *);

/* forwarder_turn - do all that is to be done now; false: stopped. */
bool	forwarder_turn(struct forwarder *);
int64_t	forwarder_when(struct forwarder *);

void	forwarder_reload(struct forwarder *, struct setup *);	/* takes it */
void	forwarder_stop(struct forwarder *);

/* forwarder_wake - a turn is due; any thread. */
void	forwarder_wake(struct forwarder *);

#endif
