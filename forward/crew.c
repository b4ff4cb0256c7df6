/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/crew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "forward/copies.h"
#include "forward/outcome.h"

enum {
	STACK = 512 << 10,	/* of a worker; what is not used costs nothing */
	REST_MAX = 1000,	/* ms */
	NO_THREAD = 1000	/* ms until one is asked for again */
};

/* ---- waking ---- */

/* wake_some - workers of this site that rest; the lock is held */
static void
wake_some(struct forwarder *forwarder, const struct site *site, size_t n)
{
	struct worker *worker = forwarder->workers;

	for (; worker != NULL && n > 0; worker = worker->next)
		if (worker->resting && worker->site == site) {
			worker->resting = false;
			pthread_cond_signal(&worker->work);
			n--;
		}
}

/* crew_wake - as many as there is work for */
void
crew_wake(struct forwarder *forwarder, int64_t now)
{
	struct site *site;

	pthread_mutex_lock(&forwarder->lock);
	for (site = queue_sites(forwarder->queue); site != NULL;
	    site = site->next)
		wake_some(forwarder, site, queue_due(site, now));
	pthread_mutex_unlock(&forwarder->lock);
}

/* crew_wake_all - there is news for everyone; the lock is held */
void
crew_wake_all(struct forwarder *forwarder)
{
	struct worker *worker = forwarder->workers;

	for (; worker != NULL; worker = worker->next)
		pthread_cond_signal(&worker->work);
}

/* ---- coming and going ---- */

static struct worker *
worker_new(struct forwarder *forwarder, struct site *site, struct item *item)
{
	struct worker *worker = mem_new(sizeof(*worker));
	pthread_condattr_t attr;

	worker->forwarder = forwarder;
	worker->setup = setup_hold(forwarder->setup);
	worker->site = site;
	worker->item = item;
	worker->lead = item != NULL;
	worker->fresh = true;
	smtp_init(&worker->smtp, "", 0);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->work, &attr);
	pthread_condattr_destroy(&attr);
	return worker;
}

static void
worker_free(struct worker *worker)
{
	setup_leave(worker->setup);
	pthread_cond_destroy(&worker->work);
	free(worker);
}

static int
start_thread(struct worker *worker)
{
	pthread_attr_t attr;
	int failed;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	failed = pthread_create(&worker->thread, &attr, worker_main, worker);
	pthread_attr_destroy(&attr);
	return failed;
}

/* not_started - its copy waits a second; the lock is held */
static void
not_started(struct forwarder *forwarder, struct worker *worker, int64_t now)
{
	links_failed(&worker->site->links, worker->lead, false, now);
	if (worker->item != NULL)
		queue_put_back(forwarder->queue, worker->item,
		    now + NO_THREAD, now);
	worker_free(worker);
}

static void
tell_no_thread(int error)
{
	char why[96], text[160];

	snprintf(text, sizeof(text), "no thread for a connection: %s",
	    strerror_r(error, why, sizeof(why)));
	outcome_trouble(text);
}

/* crew_connect - all connections that are wanted now */
void
crew_connect(struct forwarder *forwarder, int64_t now)
{
	struct site *site;
	struct item *item;
	int failed = 0;

	pthread_mutex_lock(&forwarder->lock);
	while (queue_connect(forwarder->queue, now, &site, &item) !=
	    LINKS_ENOUGH) {
		struct worker *worker = worker_new(forwarder, site, item);

		failed = start_thread(worker);
		if (failed != 0) {
			not_started(forwarder, worker, now);
			break;
		}
		worker->next = forwarder->workers;
		forwarder->workers = worker;
	}
	pthread_mutex_unlock(&forwarder->lock);
	if (failed != 0)
		tell_no_thread(failed);
}

/* crew_reap - the threads that have ended */
void
crew_reap(struct forwarder *forwarder)
{
	struct worker **at, *worker, *left = NULL;

	pthread_mutex_lock(&forwarder->lock);
	at = &forwarder->workers;
	while ((worker = *at) != NULL)
		if (worker->left) {
			*at = worker->next;
			worker->next = left;
			left = worker;
		} else {
			at = &worker->next;
		}
	pthread_mutex_unlock(&forwarder->lock);
	while ((worker = left) != NULL) {
		left = worker->next;
		pthread_join(worker->thread, NULL);
		worker_free(worker);
	}
}

/* ---- what workers ask ---- */

/* crew_ready - the connection may be used */
void
crew_ready(struct forwarder *forwarder, struct worker *worker)
{
	pthread_mutex_lock(&forwarder->lock);
	worker->ready = true;
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

/* rest - wait for work, but not beyond "until", nor so long that another
 * site in need would wait; the lock is held */
static void
rest(struct forwarder *forwarder, struct worker *worker, int64_t now,
    int64_t until)
{
	int64_t end = until < now + REST_MAX ? until : now + REST_MAX;
	struct timespec time = { .tv_sec = end / 1000,
	    .tv_nsec = end % 1000 * 1000000 };

	worker->resting = true;
	worker->fresh = false;
	pthread_cond_timedwait(&worker->work, &forwarder->lock, &time);
	worker->resting = false;
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
	    queue_yield(queue, worker->site, now))
		return SIGHT_CLOSE;
	worker->item = queue_take(queue, worker->site, now);
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

/* crew_another - for a flight; never waits */
bool
crew_another(struct forwarder *forwarder, struct worker *worker,
    unsigned aboard)
{
	const struct conf *conf = &worker->setup->conf;

	while (aboard < conf->flight_messages &&
	    worker->letters < conf->max_messages_per_connection) {
		int64_t now = clock_now();

		pthread_mutex_lock(&forwarder->lock);
		if (!forwarder->stopping &&
		    worker->setup == forwarder->setup &&
		    share(worker, aboard, now) > aboard)
			worker->item = queue_take(forwarder->queue,
			    worker->site, now);
		pthread_mutex_unlock(&forwarder->lock);
		if (worker->item == NULL)
			return false;
		if (alive(forwarder, worker))
			return true;
	}
	return false;
}
