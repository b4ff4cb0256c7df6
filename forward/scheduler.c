/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/scheduler.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log/log.h"
#include "base/thread.h"
#include "forward/deliver.h"
#include "forward/operator/alerting.h"
#include "forward/operator/suspend.h"
#include "forward/outcome.h"
#include "forward/sweep.h"
#include "forward/workers.h"

enum {
	LOOK = 1000,		/* ms between looks at the files of numbers */
	ROUND = 10000		/* and between things done now and then */
};

/* tend - the files that are only to be looked at, or to count in: without
 * them it goes on */
static void
tend(struct forwarder *forwarder)
{
	struct err err;

	counters_tend(forwarder->counters);
	if (counters_news(forwarder->counters, &err))
		log_event(counters_trouble, err.text);
	if (site_counts_tend(forwarder->sites, &err) == -1)
		outcome_trouble(err.text);
}

/* look - whether the spool is still the one that is there */
static void
look(struct forwarder *forwarder)
{
	struct err err;
	int status = spool_look(forwarder->spool, &err);

	if (status == -1)
		outcome_trouble(err.text);
	if (status != 1)
		return;
	log_event(queue_replaced, err.text);
	site_counts_move(forwarder->sites, spool_dirfd(forwarder->spool));
	arrivals_anew(forwarder->arrivals);
}

/* scheduler_open - nothing is known yet; takes the settings */
int
scheduler_open(struct forwarder *forwarder, struct forward_settings *settings,
    struct spool *spool, struct counters *counters, struct err *err)
{
	struct queue_rules rules = forward_settings_rules(settings);

	*forwarder = (struct forwarder){ .spool = spool,
	    .counters = counters, .settings = settings,
	    .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	    .stop_fd = eventfd(0, EFD_CLOEXEC),
	    .cancel_fd = eventfd(0, EFD_CLOEXEC),
	    .next_suspension = INT64_MAX,
	    .queue = queue_new(&rules), .arrivals = arrivals_open(spool),
	    .removals = removals_new() };
	thread_lock_init(&forwarder->lock);
	if (forwarder->wake_fd == -1 || forwarder->stop_fd == -1 ||
	    forwarder->cancel_fd == -1) {
		err_sys(err, "eventfd");
		scheduler_close(forwarder);
		return -1;
	}
	forwarder->sites = site_counts_open(spool_dirfd(spool));
	tend(forwarder);
	alerting_open(forwarder);
	spool_suspensions_show(spool);
	return 0;
}

/* scheduler_close - no worker may be left */
void
scheduler_close(struct forwarder *forwarder)
{
	struct stuck *stuck;

	alerting_close(forwarder);
	forwarder->removals = removals_free(forwarder->removals);
	while ((stuck = forwarder->stuck) != NULL) {
		forwarder->stuck = stuck->next;
		free(stuck);
	}
	forwarder->queue = queue_free(forwarder->queue);
	forwarder->sites = site_counts_close(forwarder->sites);
	forwarder->arrivals = arrivals_close(forwarder->arrivals);
	suspensions_drop(&forwarder->suspensions);
	forwarder->settings = forward_settings_leave(forwarder->settings);
	if (forwarder->wake_fd != -1)
		close(forwarder->wake_fd);
	if (forwarder->stop_fd != -1)
		close(forwarder->stop_fd);
	if (forwarder->cancel_fd != -1)
		close(forwarder->cancel_fd);
	pthread_mutex_destroy(&forwarder->lock);
}

/* seconds - since 1970, of a time by the clock of queues; 0: there is none */
static uint64_t
seconds(int64_t time, int64_t now)
{
	return time == INT64_MAX ? 0 :
	    (uint64_t)((time + clock_wall() - now) / 1000);
}

/* show_site - of one intake domain; the lock is held */
static void
show_site(const struct site *site, int64_t now)
{
	enum site_state state = SITE_UNKNOWN;

	if (queue_down(site, now))
		state = SITE_DOWN;
	else if (site->concurrency.met && !concurrency_down(&site->concurrency))
		state = SITE_UP;
	site_show(site->row, state, site->concurrency.open,
	    queue_waiting(site));
	site_set(site->row, COUNT_OLDEST, seconds(queue_oldest(site), now));
}

/* show_certificate - ours, as it was loaded last */
static void
show_certificate(const struct forwarder *forwarder)
{
	int64_t from, until;

	counter_set(forwarder->counters, COUNT_CERTIFICATE,
	    tls_validity(forwarder->settings->tls, &from, &until) && until > 0 ?
	    (uint64_t)until : 0);
}

/* show - the gauges */
static void
show(struct forwarder *forwarder)
{
	uint64_t open = 0, down = 0, waiting = 0;
	int64_t now = clock_now(), oldest = INT64_MAX;

	pthread_mutex_lock(&forwarder->lock);
	for (struct site *site = queue_sites(forwarder->queue); site != NULL;
	    site = site->next) {
		show_site(site, now);
		open += site->concurrency.open;
		waiting += queue_waiting(site);
		if (queue_down(site, now))
			down = 1;
		if (queue_oldest(site) < oldest)
			oldest = queue_oldest(site);
	}
	pthread_mutex_unlock(&forwarder->lock);
	counter_set(forwarder->counters, COUNT_CONNECTIONS_OUT, open);
	counter_set(forwarder->counters, COUNT_HOST_DOWN, down);
	counter_set(forwarder->counters, COUNT_WAITING, waiting);
	counter_set(forwarder->counters, COUNT_OLDEST, seconds(oldest, now));
}

/* stopped - whether the last worker is gone; when their time is over they
 * are cancelled */
static bool
stopped(struct forwarder *forwarder, int64_t now)
{
	if (forwarder->stop_by == 0)
		return false;
	if (now >= forwarder->stop_by)
		(void)eventfd_write(forwarder->cancel_fd, 1);
	return forwarder->workers == NULL;
}

/* scheduler_turn - all that is to be done now */
bool
scheduler_turn(struct forwarder *forwarder)
{
	int64_t now = clock_now();
	eventfd_t ignored;

	(void)eventfd_read(forwarder->wake_fd, &ignored);
	workers_reap(forwarder);
	if (forwarder->stop_by == 0) {
		suspend_sweep(forwarder);
		sweep_arrivals(forwarder);
		sweep_expired(forwarder);
		if (arrivals_asked(forwarder->arrivals))
			sweep_flush(forwarder);
		now = clock_now();	/* those two may have taken a while */
		workers_wake(forwarder, now);
		workers_connect(forwarder, deliver_main, now);
		if (now >= forwarder->next_look) {
			look(forwarder);
			tend(forwarder);
			alerting_look(forwarder);
			forwarder->next_look = now + LOOK;
		}
		if (now >= forwarder->next_round) {
			show_certificate(forwarder);
			sweep_stuck(forwarder);
			sweep_kept(forwarder);
			forwarder->next_round = now + ROUND;
		}
	}
	show(forwarder);
	if (!stopped(forwarder, now))
		return true;
	removals_drain(forwarder->removals);
	sweep_end(forwarder);
	return false;
}

/* scheduler_when - the next turn, unless something happens before */
int64_t
scheduler_when(struct forwarder *forwarder)
{
	int64_t when = arrivals_when(forwarder->arrivals);
	int64_t next;

	if (forwarder->stop_by != 0)	/* and then until the last is gone */
		return forwarder->stop_by > clock_now() ? forwarder->stop_by :
		    clock_now() + 100;
	pthread_mutex_lock(&forwarder->lock);
	next = queue_next(forwarder->queue, clock_now());
	pthread_mutex_unlock(&forwarder->lock);
	if (next < when)
		when = next;
	if (forwarder->next_suspension != INT64_MAX) {
		next = forwarder->next_suspension - clock_wall() + clock_now();
		when = next < when ? next : when;
	}
	return forwarder->next_round < when ? forwarder->next_round : when;
}

/* scheduler_reload - from the next connection on; takes the settings */
void
scheduler_reload(struct forwarder *forwarder, struct forward_settings *settings)
{
	struct queue_rules rules = forward_settings_rules(settings);
	struct forward_settings *old;

	pthread_mutex_lock(&forwarder->lock);
	old = forwarder->settings;
	forwarder->settings = settings;
	queue_set_rules(forwarder->queue, &rules);
	workers_wake_all(forwarder);
	pthread_mutex_unlock(&forwarder->lock);
	forward_settings_leave(old);
	alerting_rules(forwarder);
	forwarder->next_round = 0;
}

/* scheduler_stop - let what is under way come to its end */
void
scheduler_stop(struct forwarder *forwarder)
{
	if (forwarder->stop_by != 0)
		return;
	forwarder->stop_by = clock_now() + STOP_GRACE;
	pthread_mutex_lock(&forwarder->lock);
	forwarder->stopping = true;
	forward_settings_stop(forwarder->settings);
	for (struct worker *w = forwarder->workers; w != NULL; w = w->next)
		forward_settings_stop(w->settings);
	workers_wake_all(forwarder);
	pthread_mutex_unlock(&forwarder->lock);
	(void)eventfd_write(forwarder->stop_fd, 1);
}
