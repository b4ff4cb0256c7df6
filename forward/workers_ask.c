/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker asks of the others, and reports to them. */
#include <limits.h>

#include "base/clock.h"
#include "forward/lease.h"
#include "forward/outcome.h"
#include "forward/workers_private.h"

enum {
	REST_MAX = 1000,	/* ms */
	ROOM_TIME = 100		/* ms for a fresh connection to be opened beside
				   those that are there */
};

/* ---- its connection ---- */

/* workers_ready - the connection may be used */
void
workers_ready(struct worker *worker)
{
	struct forwarder *forwarder = worker->forwarder;

	pthread_mutex_lock(&forwarder->lock);
	worker->state = WORKER_BUSY;
	worker->opened = clock_now();
	concurrency_ready(&worker->site->concurrency, worker->lead);
	queue_reached(worker->site, worker->opened);
	pthread_mutex_unlock(&forwarder->lock);
	forwarder_wake(forwarder);
}

/* workers_has_others - or may have them in a moment */
bool
workers_has_others(const struct worker *worker)
{
	const struct concurrency *concurrency = &worker->site->concurrency;
	bool others;

	pthread_mutex_lock(&worker->forwarder->lock);
	others = concurrency->open + concurrency->opening > 1;
	pthread_mutex_unlock(&worker->forwarder->lock);
	return others;
}

/* report_good - what the worker has learnt of its site; the lock is held */
static void
report_good(struct worker *worker)
{
	struct concurrency *concurrency = &worker->site->concurrency;

	if (worker->good && concurrency_news(concurrency)) {
		concurrency_good(concurrency);
		forwarder_wake(worker->forwarder);
	}
	worker->good = false;
}

/* report_end - how its connection ended, or came not to be; the lock is held */
static void
report_end(const struct worker *worker)
{
	struct concurrency *concurrency = &worker->site->concurrency;
	bool trouble = worker->end == WORKER_END_TROUBLE;
	int64_t now = clock_now();

	if (worker->state == WORKER_OPENING)
		concurrency_failed(concurrency, worker->lead, trouble, now);
	else if (worker->end == WORKER_END_REFUSED)
		concurrency_refused(concurrency, now);
	else
		concurrency_closed(concurrency, trouble, now);
	queue_left(worker->site, worker->state == WORKER_OPENING &&
	    !worker->lead, now);
}

/* workers_closing - it may not be used any more, but counts yet */
void
workers_closing(struct worker *worker)
{
	pthread_mutex_lock(&worker->forwarder->lock);
	worker->closing = true;
	worker->site->closing++;
	pthread_mutex_unlock(&worker->forwarder->lock);
}

/* workers_leave - it may not, or not any more */
void
workers_leave(struct worker *worker)
{
	struct forwarder *forwarder = worker->forwarder;

	pthread_mutex_lock(&forwarder->lock);
	report_good(worker);
	workers_used(worker);
	if (worker->count == WORKER_LEAVING)
		worker->site->leaving--;
	if (worker->closing)
		worker->site->closing--;
	report_end(worker);
	worker->state = WORKER_LEFT;
	pthread_mutex_unlock(&forwarder->lock);
	forwarder_wake(forwarder);
}

/* ---- its next copy ---- */

/* rest - wait for work, but not beyond "until", nor so long that another
 * site in need would wait; the lock is held */
static void
rest(struct worker *worker, int64_t now, int64_t until)
{
	int64_t end = until < now + REST_MAX ? until : now + REST_MAX;
	struct timespec time;

	if (worker->site->wary.count > 0 && end > now + ROOM_TIME)
		end = now + ROOM_TIME;
	worker->state = WORKER_RESTING;
	worker->use = WORKER_RESTED;
	time = clock_timespec(end);
	pthread_cond_timedwait(&worker->work, &worker->forwarder->lock, &time);
	worker->state = WORKER_BUSY;
}

/* room - for how many letters more the connection is; the lock is held */
static unsigned
room(const struct worker *worker, int64_t now)
{
	const unsigned limits[] = {
		worker->settings->conf.max_messages_per_connection,
		worker->smtp.caps.mailmax,
		pace_session(&worker->site->pace, now),
	};
	unsigned least = UINT_MAX;

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (limits[i] > 0 && limits[i] < least)
			least = limits[i];
	return worker->letters < least ? least - worker->letters : 0;
}

/* pick_wary - a copy for a fresh connection, if this one is fresh, or has begun
 * since and is not used to the end; the lock is held */
static struct item *
pick_wary(const struct worker *worker, int64_t now)
{
	struct site *site = worker->site;

	if (worker->letters == 0)
		return queue_take_wary(site, now, now);
	if (worker->letters < pace_session(&site->pace, now))
		return queue_take_wary(site, worker->opened, now);
	return NULL;
}

/* pick - the next copy for this worker, or NULL; the lock is held */
static struct item *
pick(struct worker *worker, int64_t now)
{
	struct item *item = pick_wary(worker, now);

	if (item == NULL)
		item = queue_take(worker->site, now);
	if (item != NULL)
		workers_used(worker);
	return item;
}

/* makes_room - whether this connection ends, for one that is fresh; the lock
 * is held */
static bool
makes_room(struct worker *worker, int64_t now)
{
	struct site *site = worker->site;

	if (worker->letters == 0 || !queue_unserved(site, ROOM_TIME, now))
		return false;
	worker->count = WORKER_LEAVING;
	site->leaving++;
	return true;
}

enum sight { SIGHT_COPY, SIGHT_CLOSE, SIGHT_REST };

/* look - what a worker is to do that has had nothing since then; SIGHT_REST:
 * it has rested a while.  The lock is held */
static enum sight
look(struct worker *worker, int64_t since, struct item **out)
{
	const struct forwarder *forwarder = worker->forwarder;
	struct queue *queue = forwarder->queue;
	int64_t now = clock_now(), until;

	report_good(worker);
	if (forwarder->stopping || worker->settings != forwarder->settings ||
	    room(worker, now) == 0 || queue_yield(queue, worker->site, now) ||
	    makes_room(worker, now))
		return SIGHT_CLOSE;
	*out = pick(worker, now);
	if (*out != NULL)
		return SIGHT_COPY;
	if (queue_rest(queue, worker->site, since, now, &until))
		return SIGHT_CLOSE;
	rest(worker, now, until);
	return SIGHT_REST;
}

/* alive - whether the copy is; if not, it is given away */
static bool
alive(struct forwarder *forwarder, struct item **item)
{
	if (!lease_dead(forwarder, *item))
		return true;
	outcome_expired(forwarder, item_give(item));
	return false;
}

/* workers_next - wait for a copy; not on a connection that is gone */
struct item *
workers_next(struct worker *worker)
{
	struct forwarder *forwarder = worker->forwarder;
	int64_t since = clock_now();

	for (;;) {
		struct item *item = NULL;
		enum sight sight;

		pthread_mutex_lock(&forwarder->lock);
		sight = look(worker, since, &item);
		pthread_mutex_unlock(&forwarder->lock);
		if (sight == SIGHT_CLOSE)
			return NULL;
		if (sight == SIGHT_REST && !smtp_idle(&worker->smtp))
			return NULL;
		if (sight == SIGHT_COPY && alive(forwarder, &item))
			return item;
	}
}

/* share - of the copies that are due and those that one connection has, what
 * each would get, those included that are about to be opened; the lock is
 * held */
static size_t
share(const struct worker *worker, size_t has, int64_t now)
{
	struct site *site = worker->site;
	size_t n = site->concurrency.open + site->concurrency.opening;

	if (n < worker->settings->conf.min_connections)
		n = worker->settings->conf.min_connections;
	return (queue_due(site, now) + has + n - 1) / n;
}

/* joins - whether one more may be in a flight of so many; the lock is held */
static bool
joins(const struct worker *worker, unsigned aboard, int64_t now)
{
	const struct forwarder *forwarder = worker->forwarder;
	unsigned most = worker->settings->conf.flight_messages;

	if (most == 0)
		most = pace_flight(&worker->site->pace);
	return aboard < most && room(worker, now) > 0 &&
	    !forwarder->stopping && worker->settings == forwarder->settings &&
	    share(worker, aboard, now) > aboard;
}

/* workers_another - for a flight; never waits */
struct item *
workers_another(struct worker *worker, unsigned aboard)
{
	struct forwarder *forwarder = worker->forwarder;

	for (;;) {
		struct item *item = NULL;
		int64_t now = clock_now();

		pthread_mutex_lock(&forwarder->lock);
		if (joins(worker, aboard, now))
			item = pick(worker, now);
		pthread_mutex_unlock(&forwarder->lock);
		if (item == NULL || alive(forwarder, &item))
			return item;
	}
}

/* ---- what it has learnt ---- */

/* workers_limited - the site took so many letters, and wants no more */
bool
workers_limited(const struct worker *worker)
{
	bool news;

	pthread_mutex_lock(&worker->forwarder->lock);
	news = pace_limited(&worker->site->pace, worker->taken, clock_now());
	pthread_mutex_unlock(&worker->forwarder->lock);
	return news;
}

/* workers_unlimited - it was not so */
void
workers_unlimited(const struct worker *worker)
{
	pthread_mutex_lock(&worker->forwarder->lock);
	pace_unlimited(&worker->site->pace);
	pthread_mutex_unlock(&worker->forwarder->lock);
}

/* workers_flew - a flight of so many was answered as it should be, or was
 * odd */
void
workers_flew(const struct worker *worker, unsigned letters, bool odd)
{
	struct pace *pace = &worker->site->pace;

	pthread_mutex_lock(&worker->forwarder->lock);
	if (odd)
		pace_odd(pace);
	else
		pace_whole(pace, letters);
	pthread_mutex_unlock(&worker->forwarder->lock);
}
