/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker asks of the others, and tells them. */
#include <limits.h>

#include "base/clock.h"
#include "forward/copies.h"
#include "forward/crew_private.h"
#include "forward/outcome.h"

enum {
	REST_MAX = 1000,	/* ms */
	ROOM_TIME = 100		/* ms for a fresh connection to be opened beside
				   those that are there */
};

/* ---- its connection ---- */

/* crew_ready - the connection may be used */
void
crew_ready(struct forwarder *forwarder, struct worker *worker)
{
	pthread_mutex_lock(&forwarder->lock);
	worker->ready = true;
	worker->opened = clock_now();
	links_ready(&worker->site->links, worker->lead);
	pthread_mutex_unlock(&forwarder->lock);
	forwarder_wake(forwarder);
}

/* crew_has_others - or may have them in a moment */
bool
crew_has_others(struct forwarder *forwarder, const struct worker *worker)
{
	const struct links *links = &worker->site->links;
	bool others;

	pthread_mutex_lock(&forwarder->lock);
	others = links->open + links->opening > 1;
	pthread_mutex_unlock(&forwarder->lock);
	return others;
}

/* tell_good - what the worker has learnt of its site; the lock is held */
static void
tell_good(struct worker *worker)
{
	struct links *links = &worker->site->links;

	if (worker->good && links_news(links)) {
		links_good(links);
		forwarder_wake(worker->forwarder);
	}
	worker->good = false;
}

/* crew_leave - it may not, or not any more */
void
crew_leave(struct forwarder *forwarder, struct worker *worker)
{
	struct links *links = &worker->site->links;
	int64_t now = clock_now();

	pthread_mutex_lock(&forwarder->lock);
	tell_good(worker);
	crew_used(worker);
	if (worker->leaving)
		worker->site->leaving--;
	if (!worker->ready)
		links_failed(links, worker->lead, worker->trouble, now);
	else if (worker->refused)
		links_refused(links, now);
	else
		links_closed(links, worker->trouble, now);
	worker->left = true;
	pthread_mutex_unlock(&forwarder->lock);
	forwarder_wake(forwarder);
}

/* ---- its next copy ---- */

/* rest - wait for work, but not beyond "until", nor so long that another
 * site in need would wait; the lock is held */
static void
rest(struct forwarder *forwarder, struct worker *worker, int64_t now,
    int64_t until)
{
	int64_t end = until < now + REST_MAX ? until : now + REST_MAX;
	struct timespec time;

	if (worker->site->wary.count > 0 && end > now + ROOM_TIME)
		end = now + ROOM_TIME;
	worker->resting = true;
	worker->rested = true;
	worker->fresh = false;
	time = clock_timespec(end);
	pthread_cond_timedwait(&worker->work, &forwarder->lock, &time);
	worker->resting = false;
}

/* room - for how many letters more the connection is; the lock is held */
static unsigned
room(const struct worker *worker, int64_t now)
{
	const unsigned limits[] = {
		worker->setup->conf.max_messages_per_connection,
		worker->smtp.caps.mailmax,
		pace_session(&worker->site->pace, now),
	};
	unsigned least = UINT_MAX;

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (limits[i] > 0 && limits[i] < least)
			least = limits[i];
	return worker->letters < least ? least - worker->letters : 0;
}

/* pick_wary - a copy for a fresh connection, into worker->item, if this one is
 * fresh, or has begun since and is not used to the end; the lock is held */
static void
pick_wary(struct forwarder *forwarder, struct worker *worker, int64_t now)
{
	struct site *site = worker->site;

	if (worker->letters == 0)
		worker->item = queue_take_wary(forwarder->queue, site, now,
		    now);
	else if (worker->letters < pace_session(&site->pace, now))
		worker->item = queue_take_wary(forwarder->queue, site,
		    worker->opened, now);
}

/* pick - the next copy for this worker, into worker->item; the lock is held */
static void
pick(struct forwarder *forwarder, struct worker *worker, int64_t now)
{
	pick_wary(forwarder, worker, now);
	if (worker->item == NULL)
		worker->item = queue_take(forwarder->queue, worker->site, now);
	if (worker->item != NULL)
		crew_used(worker);
}

/* makes_room - whether this connection ends, for one that is fresh; the lock
 * is held */
static bool
makes_room(struct worker *worker, int64_t now)
{
	struct site *site = worker->site;

	if (worker->letters == 0 || !queue_unserved(site, ROOM_TIME, now))
		return false;
	worker->leaving = true;
	site->leaving++;
	return true;
}

enum sight { SIGHT_COPY, SIGHT_CLOSE, SIGHT_REST };

/* look - what a worker is to do, who has had nothing since then; SIGHT_REST:
 * it has rested a while.  The lock is held */
static enum sight
look(struct forwarder *forwarder, struct worker *worker, int64_t since)
{
	struct queue *queue = forwarder->queue;
	int64_t now = clock_now(), until;

	tell_good(worker);
	if (forwarder->stopping || worker->setup != forwarder->setup ||
	    room(worker, now) == 0 || queue_yield(queue, worker->site, now) ||
	    makes_room(worker, now))
		return SIGHT_CLOSE;
	pick(forwarder, worker, now);
	if (worker->item != NULL)
		return SIGHT_COPY;
	if (queue_rest(queue, worker->site, since, now, &until))
		return SIGHT_CLOSE;
	rest(forwarder, worker, now, until);
	return SIGHT_REST;
}

/* alive - whether the worker's copy is; if not, it is let go */
static bool
alive(struct forwarder *forwarder, struct worker *worker)
{
	if (clock_now() < copies_death(forwarder, worker->item))
		return true;
	outcome_expired(forwarder, worker->item);
	worker->item = NULL;
	return false;
}

/* crew_next - wait for a copy; not on a connection that is gone */
bool
crew_next(struct forwarder *forwarder, struct worker *worker)
{
	int64_t since = clock_now();

	for (;;) {
		enum sight sight;

		pthread_mutex_lock(&forwarder->lock);
		sight = look(forwarder, worker, since);
		pthread_mutex_unlock(&forwarder->lock);
		if (sight == SIGHT_CLOSE)
			return false;
		if (sight == SIGHT_REST) {
			worker->smtp.usable = conn_idle(&worker->smtp.conn);
			if (!worker->smtp.usable)
				return false;
		} else if (alive(forwarder, worker)) {
			return true;
		}
	}
}

/* share - of the copies that are due and those that one connection has, what
 * each would get, those included that are about to be opened; the lock is
 * held */
static size_t
share(const struct worker *worker, size_t has, int64_t now)
{
	struct site *site = worker->site;
	size_t n = site->links.open + site->links.opening;

	if (n < worker->setup->conf.min_connections)
		n = worker->setup->conf.min_connections;
	return (queue_due(site, now) + has + n - 1) / n;
}

/* joins - whether one more may be in a flight of so many; the lock is held */
static bool
joins(const struct forwarder *forwarder, const struct worker *worker,
    unsigned aboard, int64_t now)
{
	unsigned most = worker->setup->conf.flight_messages;

	if (most == 0)
		most = pace_flight(&worker->site->pace);
	return aboard < most && room(worker, now) > 0 &&
	    !forwarder->stopping && worker->setup == forwarder->setup &&
	    share(worker, aboard, now) > aboard;
}

/* crew_another - for a flight; never waits */
bool
crew_another(struct forwarder *forwarder, struct worker *worker,
    unsigned aboard)
{
	for (;;) {
		int64_t now = clock_now();

		pthread_mutex_lock(&forwarder->lock);
		if (joins(forwarder, worker, aboard, now))
			pick(forwarder, worker, now);
		pthread_mutex_unlock(&forwarder->lock);
		if (worker->item == NULL)
			return false;
		if (alive(forwarder, worker))
			return true;
	}
}

/* ---- what it has learnt ---- */

/* crew_limited - the site took so many letters, and wants no more */
bool
crew_limited(struct forwarder *forwarder, struct worker *worker,
    unsigned letters)
{
	bool news;

	pthread_mutex_lock(&forwarder->lock);
	news = pace_limited(&worker->site->pace, letters, clock_now());
	pthread_mutex_unlock(&forwarder->lock);
	return news;
}

/* crew_unlimited - it was not so */
void
crew_unlimited(struct forwarder *forwarder, struct worker *worker)
{
	pthread_mutex_lock(&forwarder->lock);
	pace_unlimited(&worker->site->pace);
	pthread_mutex_unlock(&forwarder->lock);
}

/* crew_flew - a flight of so many was answered as it should be, or was odd */
void
crew_flew(struct forwarder *forwarder, struct worker *worker,
    unsigned letters, bool odd)
{
	struct pace *pace = &worker->site->pace;

	pthread_mutex_lock(&forwarder->lock);
	if (odd)
		pace_odd(pace);
	else
		pace_whole(pace, letters);
	pthread_mutex_unlock(&forwarder->lock);
}
