/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/queue.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "forward/queue/queue_private.h"

/* queue_new - nothing known yet */
struct queue *
queue_new(const struct queue_rules *rules)
{
	struct queue *queue = mem_new(sizeof(*queue));

	queue->rules = *rules;
	return queue;
}

static void
free_item(struct hash_node *known)
{
	struct item *item = HEAP_OWNER(known, struct item, by_mid);

	free(item->alternate);
	free(item->intake);
	free(item);
}

/* queue_free - and all items, taken or not */
struct queue *
queue_free(struct queue *queue)
{
	struct site *site;

	if (queue == NULL)
		return NULL;
	hash_drop(&queue->by_mid, free_item);
	while ((site = queue->sites) != NULL) {
		queue->sites = site->next;
		heap_drop(&site->ready);
		heap_drop(&site->wary);
		heap_drop(&site->waiting);
		heap_drop(&site->age);
		heap_drop(&site->taken);
		free(site->domain);
		free(site);
	}
	free(queue);
	return NULL;
}

/* queue_set_rules - after a reload */
void
queue_set_rules(struct queue *queue, const struct queue_rules *rules)
{
	queue->rules = *rules;
}

/* ---- what is known ---- */

/* queue_knows - whether a copy is here already, in this life of its */
enum queue_sight
queue_knows(const struct queue *queue, const struct spool_entry *entry)
{
	struct hash_node *known = hash_find(&queue->by_mid, entry->mid);

	if (known == NULL)
		return QUEUE_NEW;
	return HEAP_OWNER(known, struct item, by_mid)->since == entry->since ?
	    QUEUE_KNOWN : QUEUE_EARLIER;
}

/* queue_count - how many copies, taken or not */
size_t
queue_count(const struct queue *queue)
{
	return queue->by_mid.count;
}

/* queue_sites - all that ever had a copy */
struct site *
queue_sites(const struct queue *queue)
{
	return queue->sites;
}

static struct site *
find_site(struct queue *queue, const char *domain)
{
	struct site *site;

	for (site = queue->sites; site != NULL; site = site->next)
		if (strcasecmp(site->domain, domain) == 0)
			return site;
	site = mem_new(sizeof(*site));
	site->domain = mem_text(domain);
	site->ready.before = queue_by_ready;
	site->wary.before = queue_by_ready;
	site->waiting.before = queue_by_due;
	site->age.before = site->taken.before = queue_by_age;
	site->next = queue->sites;
	queue->sites = site;
	return site;
}

/* ---- copies ---- */

/* queue_heap - where an item belongs that is not taken */
struct heap *
queue_heap(const struct item *item)
{
	if (item->state == ITEM_WAITING)
		return &item->site->waiting;
	return item->wary ? &item->site->wary : &item->site->ready;
}

/* queue_enter - among those that are not taken */
void
queue_enter(struct item *item, int64_t now)
{
	if (item->suspended) {
		item->state = ITEM_SUSPENDED;
		item->site->suspended++;
		return;
	}
	item->state = item->due <= now ? ITEM_READY : ITEM_WAITING;
	heap_add(queue_heap(item), &item->place);
	heap_add(&item->site->age, &item->age);
}

/* queue_withdraw - it is not among them */
void
queue_withdraw(struct item *item)
{
	if (item->state == ITEM_SUSPENDED) {
		item->site->suspended--;
		return;
	}
	heap_remove(queue_heap(item), &item->place);
	heap_remove(&item->site->age, &item->age);
}

/* queue_leave - it is taken */
void
queue_leave(struct item *item)
{
	queue_withdraw(item);
	item->state = ITEM_TAKEN;
	heap_add(&item->site->taken, &item->age);
}

/* queue_ripen - those whose time has come may be sent */
void
queue_ripen(struct site *site, int64_t now)
{
	struct heap_node *first;

	while ((first = heap_first(&site->waiting)) != NULL &&
	    queue_item(first)->due <= now) {
		heap_remove(&site->waiting, first);
		queue_item(first)->state = ITEM_READY;
		heap_add(queue_heap(queue_item(first)), first);
	}
}

/* queue_add - a copy that is not known */
struct item *
queue_add(struct queue *queue, const struct spool_entry *entry,
    const char *domain, int64_t born, int64_t failed, int64_t now)
{
	struct item *item = mem_new(sizeof(*item));

	item->entry = *entry;
	item->since = entry->since;
	item->site = find_site(queue, domain);
	item->accepted = item->born = born;
	item->due = entry->attempts > 0 ? failed + queue->rules.retry_delay :
	    now;
	item->by_mid.key = entry->mid;
	hash_add(&queue->by_mid, &item->by_mid);
	queue_enter(item, now);
	return item;
}

/* queue_attempts - how many have failed */
unsigned
queue_attempts(const struct item *item)
{
	return item->entry.attempts + item->unnamed;
}

/* queue_death - when it is too old */
int64_t
queue_death(const struct queue *queue, const struct item *item)
{
	return queue->stands || item->suspended ? INT64_MAX :
	    item->born + queue->rules.lifetime;
}

/* queue_due - how many of a site could be sent now */
size_t
queue_due(struct site *site, int64_t now)
{
	queue_ripen(site, now);
	return queue_ready(site);
}

/* queue_waiting - how many copies of a site are here */
size_t
queue_waiting(const struct site *site)
{
	return queue_ready(site) + site->waiting.count + site->suspended +
	    site->taken.count;
}

/* queue_take - the next copy for a site */
struct item *
queue_take(struct site *site, int64_t now)
{
	struct item *item;

	queue_ripen(site, now);
	if (heap_first(&site->ready) == NULL)
		return NULL;
	item = queue_item(heap_first(&site->ready));
	queue_leave(item);
	return item;
}

/* queue_take_wary - the next of those that wait for a fresh connection */
struct item *
queue_take_wary(struct site *site, int64_t since, int64_t now)
{
	struct item *item;

	queue_ripen(site, now);
	if (heap_first(&site->wary) == NULL)
		return NULL;
	item = queue_item(heap_first(&site->wary));
	if (item->due > since)
		return NULL;
	queue_leave(item);
	return item;
}

/* queue_unserved - whether a connection must make room for a fresh one */
bool
queue_unserved(struct site *site, int64_t patience, int64_t now)
{
	queue_ripen(site, now);
	return site->wary.count > site->unused + site->leaving &&
	    queue_item(heap_first(&site->wary))->due <= now - patience;
}

/* untake - its holder gives it up */
static void
untake(struct item *item, int64_t now)
{
	struct site *site = item->site;

	heap_remove(&site->taken, &item->age);
	if (site->taken.count == 0)
		site->quiet_since = now;
}

/* queue_done - it is not taken any more, but must not be added again */
void
queue_done(struct item *item, int64_t now)
{
	if (item->state == ITEM_TAKEN)
		untake(item, now);
	item->state = ITEM_DONE;
}

/* queue_forget - nothing more will be done for it; frees */
void
queue_forget(struct queue *queue, struct item *item, int64_t now)
{
	queue_done(item, now);
	hash_remove(&queue->by_mid, &item->by_mid);
	free_item(&item->by_mid);
}

/* queue_put_back - that was no attempt */
void
queue_put_back(struct item *item, int64_t due, int64_t now)
{
	untake(item, now);
	if (item->retry > now)
		item->site->hurried = true;
	item->due = due;
	queue_enter(item, now);
}

/* queue_retry - the attempt failed; its entry counts already */
void
queue_retry(struct queue *queue, struct item *item, int64_t now)
{
	item->retry = 0;
	queue_put_back(item, now + queue->rules.retry_delay, now);
}

/* eldest - of those of a site that are not taken; NULL: there is none */
static struct item *
eldest(const struct site *site)
{
	struct heap_node *first = heap_first(&site->age);

	return first != NULL ? HEAP_OWNER(first, struct item, age) : NULL;
}

/* queue_expired - take one that is dead */
struct item *
queue_expired(struct queue *queue, int64_t now)
{
	struct item *oldest = NULL;

	for (struct site *s = queue->sites; s != NULL; s = s->next) {
		struct item *item = eldest(s);

		if (item != NULL && (oldest == NULL ||
		    queue_by_age(&item->age, &oldest->age)))
			oldest = item;
	}
	if (oldest == NULL || now < queue_death(queue, oldest))
		return NULL;
	queue_leave(oldest);
	return oldest;
}

/* queue_oldest - of those that wait, and those that are tried just now */
int64_t
queue_oldest(const struct site *site)
{
	const struct heap_node *waits = heap_first(&site->age);
	const struct heap_node *first = heap_first(&site->taken);

	if (first == NULL || (waits != NULL && queue_by_age(waits, first)))
		first = waits;
	return first != NULL ? HEAP_OWNER(first, struct item, age)->born :
	    INT64_MAX;
}

/* queue_next - when something will be due, or die */
int64_t
queue_next(const struct queue *queue, int64_t now)
{
	int64_t next = INT64_MAX;

	for (const struct site *s = queue->sites; s != NULL; s = s->next) {
		if (eldest(s) != NULL && queue_death(queue, eldest(s)) < next)
			next = queue_death(queue, eldest(s));
		if (heap_first(&s->waiting) != NULL &&
		    queue_item(heap_first(&s->waiting))->due < next)
			next = queue_item(heap_first(&s->waiting))->due;
		/* pauses and limits of a site end unannounced */
		if ((queue_ready(s) > 0 || s->flush == FLUSH_ASKED) &&
		    next > now + 200)
			next = now + 200;
	}
	return next;
}
