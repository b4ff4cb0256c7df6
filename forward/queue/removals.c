/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/removals.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/thread.h"

enum {
	STACK = 512 << 10,	/* what is not used costs nothing */
	ROOMY = REMOVALS_WAITING / 2
};

struct removals {
	pthread_mutex_t	 lock;		/* of what follows */
	pthread_cond_t	 work;		/* the thread has some, or shall end */
	pthread_cond_t	 room;		/* for one more */
	struct removal	*first, **last;
	unsigned	 waiting;
	bool		 full;		/* until half of them are done */
	bool		 busy;		/* somebody is at one */
	bool		 ending;
	bool		 started;
	pthread_t	 thread;
};

/* removals_new - no thread is there before it is needed */
struct removals *
removals_new(void)
{
	struct removals *removals = mem_new(sizeof(*removals));

	removals->last = &removals->first;
	thread_lock_init(&removals->lock);
	pthread_cond_init(&removals->work, NULL);
	pthread_cond_init(&removals->room, NULL);
	return removals;
}

/* removals_free - when all are done */
struct removals *
removals_free(struct removals *removals)
{
	if (removals == NULL)
		return NULL;
	removals_drain(removals);
	pthread_cond_destroy(&removals->room);
	pthread_cond_destroy(&removals->work);
	pthread_mutex_destroy(&removals->lock);
	free(removals);
	return NULL;
}

/* ---- at once ---- */

/* removals_begin - if nobody else is at one, and none waits */
bool
removals_begin(struct removals *removals)
{
	bool mine;

	pthread_mutex_lock(&removals->lock);
	mine = !removals->busy && removals->first == NULL;
	if (mine)
		removals->busy = true;
	pthread_mutex_unlock(&removals->lock);
	return mine;
}

/* removals_end - the next may be done */
void
removals_end(struct removals *removals)
{
	pthread_mutex_lock(&removals->lock);
	removals->busy = false;
	if (removals->first != NULL)
		pthread_cond_signal(&removals->work);
	pthread_mutex_unlock(&removals->lock);
}

/* ---- by the thread ---- */

/* make_room - for all who wait for it, and for more than one each: to be woken
 * costs more than to remove a file.  The lock is held */
static void
make_room(struct removals *removals)
{
	removals->full = false;
	pthread_cond_broadcast(&removals->room);
}

/* next - wait for one, and be at it; NULL: all are done, and no more will
 * come.  The lock is held */
static struct removal *
next(struct removals *removals)
{
	struct removal *removal;

	while (removals->busy ||
	    (removals->first == NULL && !removals->ending))
		pthread_cond_wait(&removals->work, &removals->lock);
	removal = removals->first;
	if (removal == NULL)
		return NULL;
	removals->first = removal->next;
	if (removals->first == NULL)
		removals->last = &removals->first;
	if (--removals->waiting == ROOMY && removals->full)
		make_room(removals);
	removals->busy = true;
	return removal;
}

static void *
remove_all(void *arg)
{
	struct removals *removals = arg;
	struct removal *removal;

	pthread_mutex_lock(&removals->lock);
	while ((removal = next(removals)) != NULL) {
		pthread_mutex_unlock(&removals->lock);
		removal->run(removal);
		pthread_mutex_lock(&removals->lock);
		removals->busy = false;
	}
	pthread_mutex_unlock(&removals->lock);
	return NULL;
}

/* start - the thread, if it is not there; false: there is none to be had.  The
 * lock is held */
static bool
start(struct removals *removals)
{
	if (!removals->started)
		removals->started = thread_start(&removals->thread, STACK,
		    remove_all, removals) == 0;
	return removals->started;
}

/* removals_leave - as soon as there is room */
void
removals_leave(struct removals *removals, struct removal *removal)
{
	pthread_mutex_lock(&removals->lock);
	if (!start(removals)) {
		pthread_mutex_unlock(&removals->lock);
		removal->run(removal);
		return;
	}
	while (removals->full)
		pthread_cond_wait(&removals->room, &removals->lock);
	removal->next = NULL;
	*removals->last = removal;
	removals->last = &removal->next;
	removals->full = ++removals->waiting == REMOVALS_WAITING;
	if (!removals->busy)
		pthread_cond_signal(&removals->work);
	pthread_mutex_unlock(&removals->lock);
}

/* removals_drain - the thread does what waits, and ends */
void
removals_drain(struct removals *removals)
{
	bool started;

	pthread_mutex_lock(&removals->lock);
	started = removals->started;
	removals->ending = true;
	pthread_cond_signal(&removals->work);
	pthread_mutex_unlock(&removals->lock);
	if (started)
		pthread_join(removals->thread, NULL);
	removals->started = removals->ending = false;
}
