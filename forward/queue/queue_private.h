/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queue_private - what the files of the queue share
 */
#ifndef FORWARD_QUEUE_PRIVATE_H
#define FORWARD_QUEUE_PRIVATE_H

#include "forward/queue/queue.h"

struct queue {
	struct queue_rules rules;
	struct site	*sites;
	struct hash	 by_mid;		/* all of them */
	bool		 stands;	/* no item dies */
};

static inline struct item *
queue_item(const struct heap_node *place)
{
	return HEAP_OWNER(place, struct item, place);
}

/* queue_ready - how many of a site could be sent now, once it is ripe. */
static inline size_t
queue_ready(const struct site *site)
{
	return site->ready.count + site->wary.count;
}

/* queue_lead - the copy that a connection would be opened for, or NULL: one
 * that has not been tried rather than a wary one. */
struct item *queue_lead(const struct site *);

/* queue_heap - where an item belongs that is not taken. */
struct heap *queue_heap(const struct item *);

/* queue_enter - among those that are not taken.
 * queue_withdraw - from there.  queue_leave - it is taken. */
void	queue_enter(struct item *, int64_t now);
void	queue_withdraw(struct item *);
void	queue_leave(struct item *);

/* queue_ripen - what waited until now is ready. */
void	queue_ripen(struct site *, int64_t now);

/* For heaps.  By age: the older first, the smaller mid among those of one
 * millisecond.  Ready to be sent: those without a failed attempt first, then
 * by age.  Waiting: by the time when they are due. */
bool	queue_by_age(const struct heap_node *, const struct heap_node *);
bool	queue_by_ready(const struct heap_node *, const struct heap_node *);
bool	queue_by_due(const struct heap_node *, const struct heap_node *);

#endif
