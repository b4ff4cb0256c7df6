/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/helpers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"

enum {
	IDLE = 10000,		/* ms after which a helper ends */
	STACK = 256 << 10
};

/* Where an errand stands. */
enum state {
	WAITING,		/* for a helper */
	RUNNING,
	GIVEN,			/* nobody waits for it */
	LATE,			/* nobody any more */
	OVER
};

/* Who waits: a helper for an errand, or a caller for the end of his.  It is rung
 * for without the lock, since whoever wakes wants that first; so none of these is
 * freed before all helpers have ended, only used again, and a ring may come to
 * one who does not wait for it any more. */
struct waiter {
	pthread_cond_t	 bell;
	struct errand	*errand;	/* a helper's, to do; NULL: idle */
	struct waiter	*caller;	/* a helper's: to ring for, without the lock */
	struct waiter	*next;		/* idle before this one; or spare */
};

struct helpers {
	pthread_mutex_t	 lock;
	pthread_cond_t	 gone;		/* a helper */
	unsigned	 least, most, count;
	struct waiter	*idle;		/* the last first */
	struct waiter	*spare;
	struct errand	*first, **end;	/* no helper was free */
	bool		 stuck;
	bool		 closing;
};

/* helpers_new - new */
struct helpers *
helpers_new(unsigned most)
{
	struct helpers *helpers = mem_new(sizeof(*helpers));

	pthread_mutex_init(&helpers->lock, NULL);
	clock_cond_init(&helpers->gone);
	helpers->most = most;
	helpers->end = &helpers->first;
	return helpers;
}

/* ---- who waits; the lock is held ---- */

static struct waiter *
waiter_take(struct helpers *helpers)
{
	struct waiter *waiter = helpers->spare;

	if (waiter != NULL) {
		helpers->spare = waiter->next;
		return waiter;
	}
	waiter = mem_new(sizeof(*waiter));
	clock_cond_init(&waiter->bell);
	return waiter;
}

static void
waiter_give(struct helpers *helpers, struct waiter *waiter)
{
	waiter->next = helpers->spare;
	helpers->spare = waiter;
}

/* unlock_and_ring - for whoever it is, if it is anyone */
static void
unlock_and_ring(struct helpers *helpers, struct waiter *waiter)
{
	pthread_mutex_unlock(&helpers->lock);
	if (waiter != NULL)
		pthread_cond_signal(&waiter->bell);
}

/* ---- a helper's life; the lock is held unless it runs an errand ---- */

/* finish - there is a caller to tell, or drop it */
static void
finish(struct helpers *helpers, struct waiter *me, struct errand *errand)
{
	if (errand->state == RUNNING) {
		errand->state = OVER;
		me->caller = errand->caller;
		return;			/* it is gone once he is told */
	}
	if (errand->state == LATE)
		helpers->stuck = false;
	pthread_mutex_unlock(&helpers->lock);
	errand->drop(errand);
	pthread_mutex_lock(&helpers->lock);
}

/* ring_caller - of the last errand; the lock is let go for that */
static void
ring_caller(struct helpers *helpers, struct waiter *me)
{
	struct waiter *caller = me->caller;

	if (caller == NULL)
		return;
	me->caller = NULL;
	unlock_and_ring(helpers, caller);
	pthread_mutex_lock(&helpers->lock);
}

static void
do_errand(struct helpers *helpers, struct waiter *me, struct errand *errand)
{
	ring_caller(helpers, me);
	if (errand->state == WAITING)
		errand->state = RUNNING;
	pthread_mutex_unlock(&helpers->lock);
	errand->run(errand);
	pthread_mutex_lock(&helpers->lock);
	finish(helpers, me, errand);
}

/* queued - the next that found no helper; NULL: none */
static struct errand *
queued(struct helpers *helpers)
{
	struct errand *errand = helpers->first;

	if (errand != NULL) {
		helpers->first = errand->next;
		if (helpers->first == NULL)
			helpers->end = &helpers->first;
	}
	return errand;
}

/* leave - the list of those that are idle */
static void
leave(struct helpers *helpers, struct waiter *me)
{
	struct waiter **place = &helpers->idle;

	while (*place != me)
		place = &(*place)->next;
	*place = me->next;
}

/* rest - until there is an errand; NULL: for too long.  It counts as idle before
 * the caller of the last one is told, who may have another at once */
static struct errand *
rest(struct helpers *helpers, struct waiter *me)
{
	struct timespec end = clock_timespec(clock_now() + IDLE);

	me->errand = NULL;
	me->next = helpers->idle;
	helpers->idle = me;
	ring_caller(helpers, me);
	while (me->errand == NULL && !helpers->closing) {
		if (pthread_cond_timedwait(&me->bell, &helpers->lock,
		    &end) != ETIMEDOUT)
			continue;
		if (helpers->count > helpers->least)
			break;
		end = clock_timespec(clock_now() + IDLE);
	}
	if (me->errand == NULL)
		leave(helpers, me);
	return me->errand;
}

static void *
live(void *arg)
{
	struct helpers *helpers = arg;
	struct errand *errand;
	struct waiter *me;

	pthread_mutex_lock(&helpers->lock);
	me = waiter_take(helpers);
	while ((errand = queued(helpers)) != NULL ||
	    (errand = rest(helpers, me)) != NULL)
		do_errand(helpers, me, errand);
	waiter_give(helpers, me);
	helpers->count--;
	pthread_cond_broadcast(&helpers->gone);
	pthread_mutex_unlock(&helpers->lock);
	return NULL;
}

/* ---- errands; the lock is held ---- */

/* make_one - more, unless there are enough */
static bool
make_one(struct helpers *helpers)
{
	if (helpers->count >= helpers->most ||
	    thread_start(NULL, STACK, live, helpers) != 0)
		return false;
	helpers->count++;
	return true;
}

/* helpers_keep - a few that never end */
int
helpers_keep(struct helpers *helpers, unsigned least)
{
	int result = 0;

	pthread_mutex_lock(&helpers->lock);
	helpers->least = least;
	while (result == 0 && helpers->count < least)
		result = make_one(helpers) ? 0 : -1;
	pthread_mutex_unlock(&helpers->lock);
	return result;
}

/* hand_over - to one that is idle, who is to be rung for, or a new one, or the
 * next that is free: NULL */
static struct waiter *
hand_over(struct helpers *helpers, struct errand *errand)
{
	struct waiter *helper = helpers->idle;

	errand->next = NULL;
	if (helper != NULL) {
		helpers->idle = helper->next;
		helper->errand = errand;
		return helper;
	}
	*helpers->end = errand;
	helpers->end = &errand->next;
	(void)make_one(helpers);
	return NULL;
}

/* withdraw - what no helper has begun: true */
static bool
withdraw(struct helpers *helpers, struct errand *errand)
{
	struct errand **place = &helpers->first;

	while (*place != NULL && *place != errand)
		place = &(*place)->next;
	if (*place == NULL)
		return false;
	*place = errand->next;
	if (*place == NULL)
		helpers->end = place;
	return true;
}

/* await - that it is over; false: not in time */
static bool
await(struct helpers *helpers, struct errand *errand, int64_t ms)
{
	const struct timespec end = clock_timespec(clock_now() + ms);

	while (errand->state != OVER)
		if (pthread_cond_timedwait(&errand->caller->bell,
		    &helpers->lock, &end) == ETIMEDOUT)
			break;
	return errand->state == OVER;
}

/* end_wait - what became of it when the time was over */
static enum helpers_end
end_wait(struct helpers *helpers, struct errand *errand)
{
	if (withdraw(helpers, errand))
		return HELPERS_NONE;
	errand->state = LATE;		/* also when its helper has yet to wake */
	helpers->stuck = true;
	return HELPERS_LATE;
}

/* run_by - a helper, as long as may be */
static enum helpers_end
run_by(struct helpers *helpers, struct errand *errand, int64_t left)
{
	struct waiter *helper = hand_over(helpers, errand);

	if (helpers->count == 0) {
		(void)withdraw(helpers, errand);
		return HELPERS_NONE;
	}
	unlock_and_ring(helpers, helper);
	pthread_mutex_lock(&helpers->lock);
	return await(helpers, errand, left) ? HELPERS_DONE :
	    end_wait(helpers, errand);
}

/* helpers_run - wait for it */
enum helpers_end
helpers_run(struct helpers *helpers, struct errand *errand, int64_t *left)
{
	int64_t began = clock_now();
	enum helpers_end end = HELPERS_NONE;

	pthread_mutex_lock(&helpers->lock);
	if (!helpers->stuck && *left > 0) {
		struct waiter *me = waiter_take(helpers);

		errand->state = WAITING;
		errand->caller = me;
		end = run_by(helpers, errand, *left);
		waiter_give(helpers, me);
	}
	pthread_mutex_unlock(&helpers->lock);
	*left -= clock_now() - began;
	return end;
}

/* helpers_give - and do not wait */
void
helpers_give(struct helpers *helpers, struct errand *errand)
{
	struct waiter *helper;
	bool alone;

	pthread_mutex_lock(&helpers->lock);
	errand->state = GIVEN;
	helper = hand_over(helpers, errand);
	alone = helpers->count == 0 && !helpers->stuck &&
	    withdraw(helpers, errand);
	unlock_and_ring(helpers, helper);
	if (!alone)
		return;
	errand->run(errand);		/* there is nobody else to do it */
	errand->drop(errand);
}

/* helpers_stuck - whether something that came too late is not back */
bool
helpers_stuck(struct helpers *helpers)
{
	bool stuck;

	pthread_mutex_lock(&helpers->lock);
	stuck = helpers->stuck;
	pthread_mutex_unlock(&helpers->lock);
	return stuck;
}

/* helpers_count - threads */
unsigned
helpers_count(struct helpers *helpers)
{
	unsigned count;

	pthread_mutex_lock(&helpers->lock);
	count = helpers->count;
	pthread_mutex_unlock(&helpers->lock);
	return count;
}

/* helpers_free - NULL */
struct helpers *
helpers_free(struct helpers *helpers)
{
	struct waiter *waiter;

	if (helpers == NULL)
		return NULL;
	pthread_mutex_lock(&helpers->lock);
	helpers->closing = true;
	for (struct waiter *helper = helpers->idle; helper != NULL;
	    helper = helper->next)
		pthread_cond_signal(&helper->bell);
	while (helpers->count > 0)
		pthread_cond_wait(&helpers->gone, &helpers->lock);
	pthread_mutex_unlock(&helpers->lock);
	while ((waiter = helpers->spare) != NULL) {
		helpers->spare = waiter->next;
		pthread_cond_destroy(&waiter->bell);
		free(waiter);
	}
	pthread_cond_destroy(&helpers->gone);
	pthread_mutex_destroy(&helpers->lock);
	free(helpers);
	return NULL;
}
