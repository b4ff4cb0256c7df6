/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/operator/suspend.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log/log.h"

/* suspend_age - as old as it is without the time for which its intake was suspended, and
 * whether it is now; the lock is held, or nobody else has the item */
void
suspend_age(const struct forwarder *forwarder, struct item *item)
{
	const struct suspensions *all = &forwarder->suspensions;
	int64_t now = clock_now(), wall = clock_wall();
	int64_t stood = suspensions_time(all, item->intake,
	    item->accepted + wall - now, wall);

	queue_suspend(item, suspensions_find(all, item->intake, wall) != NULL,
	    item->accepted + stood, now);
}

/* until_of - as in "2026-11-26 10:30:00" */
static const char *
until_of(const struct suspension *one, char out[40])
{
	time_t at = (time_t)(one->until / 1000);
	struct tm tm;

	if (one->until == 0 || localtime_r(&at, &tm) == NULL ||
	    strftime(out, 40, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return "it is resumed";
	return out;
}

/* tell - of one that has begun, or has ended, since it was told of last */
static void
tell(struct suspension *one, int64_t now)
{
	bool lasts = suspension_lasts(one, now);
	char until[40];

	if (lasts == one->told)
		return;
	one->told = lasts;
	if (lasts)
		log_event(suspended, ESCAPE(one->intake), until_of(one, until),
		    one->uid, *one->reason != '\0' ? ESCAPE(one->reason) :
		    "no reason given");
	else
		log_event(resumed, ESCAPE(one->intake));
}

/* find - the same as it is told of now */
static struct suspension *
find(const struct suspensions *all, const struct suspension *one)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].from == one->from &&
		    strcmp(all->list[i].intake, one->intake) == 0)
			return &all->list[i];
	return NULL;
}

/* take_over - what was told of them; those of which there is no word any more
 * have ended, and what they were is needed yet */
static void
take_over(struct suspensions *fresh, struct suspensions *old)
{
	int64_t now = clock_wall();

	for (size_t i = 0; i < old->count; i++) {
		struct suspension *one = &old->list[i];
		struct suspension *same = find(fresh, one);

		if (same != NULL) {
			same->told = one->told;
		} else {
			if (suspension_lasts(one, now))
				one->until = now;
			suspensions_add(fresh, one);
		}
	}
	suspensions_drop(old);
	*old = *fresh;
}

/* read_suspensions - their file is another, or gone.  One that cannot be read
 * suspends nothing more, but what is known stays in force, and ages stand: true;
 * after that every copy begins its life, for nobody knows what was in it */
static bool
read_suspensions(struct forwarder *forwarder, const struct spool_stamp *stamp)
{
	const struct suspension past = { .intake = (char *)SUSPENSION_ALL,
	    .from = 1, .until = clock_wall(), .reason = (char *)"" };
	struct suspensions fresh = { 0 };
	struct err err;
	int status = spool_suspensions(forwarder->spool, &fresh, &err);

	if (status != -1) {
		if (forwarder->ages_stand)
			suspensions_add(&fresh, &past);
		take_over(&fresh, &forwarder->suspensions);
		suspensions_prune(&forwarder->suspensions,
		    forwarder->settings->conf.queue_lifetime, clock_wall());
	} else {
		log_event(suspend_trouble, ESCAPE(err.text));
	}
	/* trouble of the system passes: until then it is read in each turn */
	if (status != -1 || err.kind == ERR_NEVER)
		forwarder->suspensions_stamp = *stamp;
	return status == -1;
}

static void
age_one(void *arg, struct item *item)
{
	suspend_age(arg, item);
}

/* suspend_sweep - from now on */
void
suspend_sweep(struct forwarder *forwarder)
{
	struct suspensions *all = &forwarder->suspensions;
	struct spool_stamp stamp;
	int64_t now;

	spool_suspensions_stamp(forwarder->spool, &stamp);
	if (!spool_stamp_same(&stamp, &forwarder->suspensions_stamp))
		forwarder->ages_stand = read_suspensions(forwarder, &stamp);
	else if (clock_wall() < forwarder->next_suspension)
		return;
	now = clock_wall();
	for (size_t i = 0; i < all->count; i++)
		tell(&all->list[i], now);
	forwarder->next_suspension = suspensions_next(all, now);
	pthread_mutex_lock(&forwarder->lock);
	queue_stand(forwarder->queue, forwarder->ages_stand);
	queue_each(forwarder->queue, age_one, forwarder);
	pthread_mutex_unlock(&forwarder->lock);
}
