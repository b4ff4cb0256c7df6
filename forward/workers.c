/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "forward/lease.h"
#include "forward/outcome.h"
#include "forward/workers_private.h"

enum {
	STACK = 512 << 10, /* of a worker; what is not used costs nothing */
	NO_THREAD = 1000   /* ms until one is asked for again */
};

/* ---- waking ---- */

/* wake_some - workers of this site that rest; the lock is held */
static void
wake_some(struct forwarder *forwarder, const struct site *site, size_t n)
{
	struct worker *worker = forwarder->workers;

	for (; worker != NULL && n > 0; worker = worker->next)
		if (worker->state == WORKER_RESTING && worker->site == site) {
			worker->state = WORKER_BUSY;
			pthread_cond_signal(&worker->work);
			n--;
		}
}

/* workers_wake - as many as there is work for */
void
workers_wake(struct forwarder *forwarder, int64_t now)
{
	struct site *site;

	pthread_mutex_lock(&forwarder->lock);
	for (site = queue_sites(forwarder->queue); site != NULL;
	    site = site->next)
		wake_some(forwarder, site, queue_due(site, now));
	pthread_mutex_unlock(&forwarder->lock);
}

/* workers_wake_all - there is news for everyone; the lock is held */
void
workers_wake_all(struct forwarder *forwarder)
{
	struct worker *worker = forwarder->workers;

	for (; worker != NULL; worker = worker->next)
		pthread_cond_signal(&worker->work);
}

/* ---- coming and going ---- */

static struct worker *
worker_new(struct forwarder *forwarder, struct site *site, bool lead,
    struct item *item)
{
	struct worker *worker = mem_new(sizeof(*worker));

	worker->forwarder = forwarder;
	worker->settings = forward_settings_hold(forwarder->settings);
	worker->site = site;
	worker->item = item;
	worker->lead = lead;
	worker->count = item == NULL ? WORKER_UNUSED : WORKER_COUNTED;
	smtp_init(&worker->smtp, "", 0);
	clock_cond_init(&worker->work);
	return worker;
}

static void
worker_free(struct worker *worker)
{
	forward_settings_leave(worker->settings);
	pthread_cond_destroy(&worker->work);
	free(worker);
}

/* not_started - its copy waits a second; the lock is held */
static void
not_started(struct worker *worker, int64_t now)
{
	concurrency_failed(
	    &worker->site->concurrency, worker->lead, false, now);
	workers_used(worker);
	if (worker->item != NULL)
		queue_put_back(item_give(&worker->item), now + NO_THREAD,
		    now);
	queue_left(worker->site, false, now);
	worker_free(worker);
}

static void
report_no_thread(int error)
{
	char text[160];

	snprintf(text, sizeof(text), "no thread for a connection: %s",
	    strerror(error));
	outcome_trouble(text);
}

/* workers_connect - all connections that are wanted now */
void
workers_connect(struct forwarder *forwarder, void *(*work)(void *),
    int64_t now)
{
	enum concurrency_want want;
	struct site *site;
	struct item *item;
	int failed = 0;

	pthread_mutex_lock(&forwarder->lock);
	while ((want = queue_connect(forwarder->queue, now, &site, &item)) !=
	    CONCURRENCY_ENOUGH) {
		struct worker *worker = worker_new(forwarder, site,
		    want == CONCURRENCY_LEAD, item);

		failed = thread_start(&worker->thread, STACK, work, worker);
		if (failed != 0) {
			not_started(worker, now);
			break;
		}
		worker->next = forwarder->workers;
		forwarder->workers = worker;
	}
	pthread_mutex_unlock(&forwarder->lock);
	if (failed != 0)
		report_no_thread(failed);
}

/* workers_reap - the threads that have ended */
void
workers_reap(struct forwarder *forwarder)
{
	struct worker **at, *worker, *left = NULL;

	pthread_mutex_lock(&forwarder->lock);
	at = &forwarder->workers;
	while ((worker = *at) != NULL)
		if (worker->state == WORKER_LEFT) {
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
