/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forwarder - what the scheduler and the workers share
 *
 * They are in scheduler.h and workers.h.
 *
 * One lock guards the queue, the settings in force and the list of workers.
 * It is held for moments and never across I/O.  A copy that was taken is its
 * holder's alone (lease.h).
 */
#ifndef FORWARD_FORWARDER_H
#define FORWARD_FORWARDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>

#include "base/alert/alert.h"
#include "base/counters/counters.h"
#include "base/counters/site_counts.h"
#include "forward/queue/arrivals.h"
#include "forward/queue/queue.h"
#include "forward/queue/removals.h"
#include "forward/settings.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_suspend.h"

/* What becomes of the file of a copy that is done, or was given up. */
struct ending {
	enum { ENDING_REMOVE, ENDING_KEEP, ENDING_DIVERT } way;
	enum spool_why	 why;		/* ENDING_DIVERT */
};

/* A copy whose file could not be removed or moved when all was done. */
struct stuck {
	struct item	*item;
	struct ending	 ending;
	bool		 empty;		/* no copy any more */
	struct stuck	*next;
};

struct forwarder {
	struct spool	*spool;		/* borrowed */
	struct counters	*counters;	/* borrowed */
	struct history	*history;	/* borrowed; NULL: none is kept */
	struct site_counts	*sites;
	int		 wake_fd;	/* the scheduler shall look */
	int		 stop_fd;	/* readable: open nothing more */
	int		 cancel_fd;	/* readable: end whatever you do */
	struct arrivals	*arrivals;	/* the scheduler's */
	struct removals	*removals;	/* of what was delivered */
	int64_t		 next_look;	/* at the files of numbers */
	int64_t		 next_round;	/* of things done now and then */
	int64_t		 stop_by;	/* 0: not stopping */
	struct alerts	*alerts;
	int64_t		 next_certificate;	/* when ours is looked at */
	struct suspensions suspensions;	/* in force; the scheduler's */
	struct spool_stamp suspensions_stamp;	/* of their file */
	bool		 ages_stand;	/* it cannot be read */
	int64_t		 next_suspension;	/* when one ends, by the time of
						   day */
	bool		 debug_all;	/* every intake's dialogue is logged */
	pthread_mutex_t	 lock;		/* of what follows */
	struct queue	*queue;
	struct forward_settings	*settings;		/* in force */
	struct worker	*workers;
	struct stuck	*stuck;
	atomic_bool	 stopping;	/* written with the lock held */
};

/* forwarder_wake - the scheduler shall take a turn; any thread. */
static inline void
forwarder_wake(struct forwarder *forwarder)
{
	(void)eventfd_write(forwarder->wake_fd, 1);
}

#endif
