/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_queue - lines that wait in memory, and the thread that writes them
 *
 *	static struct log_queue queue = LOG_QUEUE(tell);
 *
 *	log_queue_turn(&queue, &place);		-- takes the place
 *	log_queue_put(&queue, parts, count);	-- one whole record
 *	log_queue_flush(&queue, clock_now() + 2000);
 *
 * Of the log itself alone.  A caller of log_queue_put() never waits for a disk
 * or a log daemon: records lie in LOG_QUEUE_SIZE bytes until the queue's own
 * thread has written them, in their order.  When there is no room they are lost
 * and counted, and once the queue is empty again tell() puts a line of how
 * many.
 *
 * A turn is a place among the records: those before it go to the old place,
 * those after it to the new one.  When places are turned faster than the old
 * one takes its records, the last of them has all that is left.
 *
 * Where no thread can be had, the caller writes.  A queue does not survive a
 * fork: the child has none of its threads.
 */
#ifndef BASE_LOG_QUEUE_H
#define BASE_LOG_QUEUE_H

#include <pthread.h>

#include "base/log/log_place.h"
#include "base/thread.h"

enum { LOG_QUEUE_SIZE = 1 << 20, LOG_QUEUE_TURNS = 4 };

struct log_queue {
	pthread_mutex_t	 lock;
	pthread_cond_t	 work;		/* for the thread */
	pthread_cond_t	 news;		/* for log_queue_flush() */
	/* puts a line of how many were lost */
	void		(*tell)(struct log_queue *, uint64_t);
	char		*ring;
	uint64_t	 in, out;	/* bytes ever */
	uint64_t	 origin;	/* what lies, or lay, at ring[0] */
	struct log_place place;		/* where to write */
	struct log_turn {
		uint64_t	 at;
		struct log_place place;
	} turns[LOG_QUEUE_TURNS];
	unsigned	 turn_count;
	uint64_t	 lost;		/* and not told */
	bool		 aside;		/* no log_queue_lost() counts it */
	bool		 threaded;
	bool		 writing;	/* somebody does */
	bool		 failed;	/* the last time */
	bool		 down;		/* so is the place */
};
#define LOG_QUEUE(tell) { THREAD_LOCK, \
    PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, (tell), \
    .place = { .fd = -1 } }
#define LOG_QUEUE_ASIDE(tell) { THREAD_LOCK, \
    PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, (tell), \
    .place = { .fd = -1 }, .aside = true }

/* log_queue_turn - takes the place; returns 0, or the errno because of which
 * there is no thread. */
int	log_queue_turn(struct log_queue *, struct log_place *);

void	log_queue_put(struct log_queue *, const struct iovec *, size_t count);

/* log_queue_flush - until all is written, or it is late (clock_now()), or
 * there is nobody to take it. */
void	log_queue_flush(struct log_queue *, int64_t until);

/* log_queue_lost - of all queues that are logs, since the start. */
uint64_t log_queue_lost(void);

#endif
