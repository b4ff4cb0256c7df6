/* SPDX-License-Identifier: BSD-2-Clause */
/* An operator's flush, and how long a site is shown as down. */
#include <strings.h>

#include "forward/queue/queue_private.h"

/* hurry - whatever waits for its retry is due */
static void
hurry(struct site *site, int64_t now)
{
	struct heap_node *first;

	queue_ripen(site, now);
	while ((first = heap_first(&site->waiting)) != NULL) {
		struct item *item = queue_item(first);

		heap_remove(&site->waiting, first);
		if (item->retry < item->due)
			item->retry = item->due;
		item->due = now;
		item->state = ITEM_READY;
		heap_add(queue_heap(item), first);
		site->hurried = true;
	}
	site->flush = FLUSH_NONE;
}

/* calm - what is ready in one heap before its time waits again; how many */
static size_t
calm(struct site *site, struct heap *heap, int64_t now)
{
	struct heap left = { .before = heap->before };
	struct heap_node *first;
	size_t count = 0;

	while ((first = heap_first(heap)) != NULL) {
		struct item *item = queue_item(first);

		heap_remove(heap, first);
		if (item->retry > now) {
			item->due = item->retry;
			item->state = ITEM_WAITING;
			heap_add(&site->waiting, first);
			count++;
		} else {
			heap_add(&left, first);
		}
		item->retry = 0;
	}
	heap_drop(heap);
	*heap = left;
	return count;
}

/* all - that a site has, waiting or not, but for those that are taken */
static size_t
all(const struct site *site)
{
	return queue_ready(site) + site->waiting.count;
}

/* flush_site - now, if there is a connection; else it is to be probed */
static size_t
flush_site(struct site *site, int64_t now)
{
	size_t count = site->waiting.count;

	if (site->concurrency.open > 0)
		hurry(site, now);
	else if (all(site) > 0)
		site->flush = FLUSH_ASKED;
	return count;
}

/* queue_flush - whatever waits for its retry goes once it can */
size_t
queue_flush(struct queue *queue, const char *domain, int64_t now)
{
	struct site *site;
	size_t count = 0;

	for (site = queue->sites; site != NULL; site = site->next)
		if (domain == NULL || strcasecmp(site->domain, domain) == 0)
			count += flush_site(site, now);
	return count;
}

/* queue_reached - a connection is open */
void
queue_reached(struct site *site, int64_t now)
{
	if (site->flush != FLUSH_NONE)
		hurry(site, now);
}

/* queue_left - one is not, or not any more.  When it was the last, a lead would
 * have one of those that are in a hurry, and the site may be gone since: so it
 * is probed again, also when that is known, but nobody could read it yet */
void
queue_left(struct site *site, bool untold, int64_t now)
{
	const struct concurrency *concurrency = &site->concurrency;
	bool last = concurrency->open + concurrency->opening == 0;
	bool down = concurrency_down(concurrency);
	size_t count;

	if (last && site->flush == FLUSH_PROBED)
		site->flush = FLUSH_NONE;
	if (!site->hurried || (!last && !down))
		return;
	count = calm(site, &site->ready, now) + calm(site, &site->wary, now);
	site->hurried = false;
	if (count > 0 && (!down || untold))
		site->flush = FLUSH_ASKED;
}

/* queue_down - whether it is shown as down */
bool
queue_down(const struct site *site, int64_t now)
{
	return concurrency_down(&site->concurrency) &&
	    (all(site) + site->taken.count > 0 ||
	    now - site->concurrency.failed_at < QUEUE_DOWN_TIME);
}
