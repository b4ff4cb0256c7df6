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

struct helper {
	pthread_cond_t	 wake;
	struct errand	*errand;	/* to do; NULL: idle */
	struct helper	*next;		/* idle before this one */
};

struct helpers {
	pthread_mutex_t	 lock;
	pthread_cond_t	 gone;		/* one of them */
	unsigned	 least, most, count;
	struct helper	*idle;		/* the last first */
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

/* ---- a helper's life; the lock is held unless it runs an errand ---- */

/* finish - tell the waiting caller, or drop it */
static void
finish(struct helpers *helpers, struct errand *errand)
{
	if (errand->state == RUNNING) {
		errand->state = OVER;
		pthread_cond_signal(&errand->over);
		return;			/* it may be gone by now */
	}
	if (errand->state == LATE)
		helpers->stuck = false;
	pthread_mutex_unlock(&helpers->lock);
	errand->drop(errand);
	pthread_mutex_lock(&helpers->lock);
}

static void
do_errand(struct helpers *helpers, struct errand *errand)
{
	if (errand->state == WAITING)
		errand->state = RUNNING;
	pthread_mutex_unlock(&helpers->lock);
	errand->run(errand);
	pthread_mutex_lock(&helpers->lock);
	finish(helpers, errand);
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
leave(struct helpers *helpers, struct helper *me)
{
	struct helper **place = &helpers->idle;

	while (*place != me)
		place = &(*place)->next;
	*place = me->next;
}

/* rest - until there is an errand; NULL: for too long */
static struct errand *
rest(struct helpers *helpers, struct helper *me)
{
	struct timespec end = clock_timespec(clock_now() + IDLE);

	me->errand = NULL;
	me->next = helpers->idle;
	helpers->idle = me;
	while (me->errand == NULL && !helpers->closing) {
		if (pthread_cond_timedwait(&me->wake, &helpers->lock,
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
	struct helper me = { .errand = NULL };
	struct errand *errand;

	clock_cond_init(&me.wake);
	pthread_mutex_lock(&helpers->lock);
	while ((errand = queued(helpers)) != NULL ||
	    (errand = rest(helpers, &me)) != NULL)
		do_errand(helpers, errand);
	helpers->count--;
	pthread_cond_broadcast(&helpers->gone);
	pthread_mutex_unlock(&helpers->lock);
	pthread_cond_destroy(&me.wake);
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

/* hand_over - to one that is idle, or a new one, or the next that is free */
static void
hand_over(struct helpers *helpers, struct errand *errand)
{
	struct helper *helper = helpers->idle;

	errand->next = NULL;
	if (helper != NULL) {
		helpers->idle = helper->next;
		helper->errand = errand;
		pthread_cond_signal(&helper->wake);
		return;
	}
	*helpers->end = errand;
	helpers->end = &errand->next;
	(void)make_one(helpers);
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
		if (pthread_cond_timedwait(&errand->over, &helpers->lock,
		    &end) == ETIMEDOUT)
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

/* helpers_run - wait for it */
enum helpers_end
helpers_run(struct helpers *helpers, struct errand *errand, int64_t *left)
{
	int64_t began = clock_now();
	enum helpers_end end = HELPERS_NONE;

	pthread_mutex_lock(&helpers->lock);
	if (!helpers->stuck && *left > 0) {
		errand->state = WAITING;
		clock_cond_init(&errand->over);
		hand_over(helpers, errand);
		if (helpers->count == 0)
			(void)withdraw(helpers, errand);
		else if (await(helpers, errand, *left))
			end = HELPERS_DONE;
		else
			end = end_wait(helpers, errand);
	}
	pthread_mutex_unlock(&helpers->lock);
	*left -= clock_now() - began;
	return end;
}

/* helpers_give - and do not wait */
void
helpers_give(struct helpers *helpers, struct errand *errand)
{
	bool alone;

	pthread_mutex_lock(&helpers->lock);
	errand->state = GIVEN;
	hand_over(helpers, errand);
	alone = helpers->count == 0 && !helpers->stuck &&
	    withdraw(helpers, errand);
	pthread_mutex_unlock(&helpers->lock);
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
	if (helpers == NULL)
		return NULL;
	pthread_mutex_lock(&helpers->lock);
	helpers->closing = true;
	for (struct helper *h = helpers->idle; h != NULL; h = h->next)
		pthread_cond_signal(&h->wake);
	while (helpers->count > 0)
		pthread_cond_wait(&helpers->gone, &helpers->lock);
	pthread_mutex_unlock(&helpers->lock);
	pthread_cond_destroy(&helpers->gone);
	pthread_mutex_destroy(&helpers->lock);
	free(helpers);
	return NULL;
}
