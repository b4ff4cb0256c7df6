/* SPDX-License-Identifier: BSD-2-Clause */
/* Which site gets a connection, and which gives one up. */
#include "forward/queue/queue_private.h"

static struct concurrency_load
load_of(const struct queue *queue, const struct site *site)
{
	struct concurrency_load load = { .due = queue_ready(site),
	    .under_way = site->taken.count, .death = INT64_MAX,
	    .quiet_since = site->quiet_since,
	    .closing = site->closing, .asked = site->flush == FLUSH_ASKED };
	const struct item *item = queue_lead(site);

	if (site->wary.count > site->unused)
		load.fresh = site->wary.count - site->unused;
	if (item != NULL && queue_attempts(item) == 0)
		load.death = queue_death(queue, item);
	return load;
}

/* queue_lead - the copy that a connection would be opened for */
struct item *
queue_lead(const struct site *site)
{
	const struct heap_node *wary = heap_first(&site->wary);
	const struct heap_node *ready = heap_first(&site->ready);

	if (wary == NULL || (ready != NULL &&
	    queue_attempts(queue_item(wary)) > 0))
		wary = ready;
	return wary != NULL ? queue_item(wary) : NULL;
}

static enum concurrency_want
want_of(const struct queue *queue, struct site *site, int64_t now)
{
	struct concurrency_load load;

	queue_ripen(site, now);
	load = load_of(queue, site);
	return concurrency_want(&site->concurrency, &load,
	    &queue->rules.concurrency, now);
}

static unsigned
connections(const struct site *site)
{
	return site->concurrency.open + site->concurrency.opening;
}

static unsigned
all_connections(const struct queue *queue)
{
	unsigned n = 0;

	for (const struct site *s = queue->sites; s != NULL; s = s->next)
		n += connections(s);
	return n;
}

/* most - what one site may have, so that there is one for each other */
static unsigned
most(const struct queue *queue)
{
	unsigned max = queue->rules.concurrency.max;
	unsigned half = (max + 1) / 2, others = 0;

	for (const struct site *s = queue->sites; s != NULL; s = s->next)
		others++;
	if (others > 0)
		others--;
	return max - others > half && others < max ? max - others : half;
}

/* give - a site its connection: a lead has a copy, unless it is to find out
 * whether the site can be reached */
static struct item *
give(struct site *site, enum concurrency_want want)
{
	struct item *item;

	concurrency_opening(&site->concurrency);
	if (want == CONCURRENCY_LEAD && site->flush != FLUSH_ASKED) {
		item = queue_lead(site);
		queue_leave(item);
		return item;
	}
	if (want == CONCURRENCY_LEAD)
		site->flush = FLUSH_PROBED;
	site->unused++;
	return NULL;
}

/* queue_connect - which site gets the next connection */
enum concurrency_want
queue_connect(struct queue *queue, int64_t now, struct site **out_site,
    struct item **out_item)
{
	enum concurrency_want want = CONCURRENCY_ENOUGH;
	unsigned limit = most(queue);
	struct site *best = NULL;

	if (all_connections(queue) >= queue->rules.concurrency.max)
		return CONCURRENCY_ENOUGH;
	for (struct site *s = queue->sites; s != NULL; s = s->next) {
		enum concurrency_want wanted;

		if (connections(s) >= (best != NULL ? connections(best) :
		    limit))
			continue;
		wanted = want_of(queue, s, now);
		if (wanted != CONCURRENCY_ENOUGH) {
			best = s;
			want = wanted;
		}
	}
	if (best == NULL)
		return CONCURRENCY_ENOUGH;
	*out_item = give(best, want);
	*out_site = best;
	return want;
}

/* queue_rest - whether to close a connection without work */
bool
queue_rest(const struct queue *queue, const struct site *site, int64_t since,
    int64_t now, int64_t *out_until)
{
	struct concurrency_load load = load_of(queue, site);

	return concurrency_rest(&site->concurrency, &load,
	    &queue->rules.concurrency, since, now, out_until);
}

/* queue_yield - whether to make room for another site */
bool
queue_yield(const struct queue *queue, const struct site *site, int64_t now)
{
	unsigned busy = 0, share;
	bool wanted = false;
	struct site *s;

	if (all_connections(queue) < queue->rules.concurrency.max)
		return false;
	for (s = queue->sites; s != NULL; s = s->next)
		if (queue_ready(s) + s->taken.count > 0)
			busy++;
	share = busy > 0 ? queue->rules.concurrency.max / busy : 0;
	for (s = queue->sites; s != NULL; s = s->next)
		if (s != site && connections(s) < (share > 0 ? share : 1) &&
		    want_of(queue, s, now) != CONCURRENCY_ENOUGH)
			wanted = true;
	return wanted && (queue_ready(site) == 0 ||
	    connections(site) > (share > 0 ? share : 1));
}
