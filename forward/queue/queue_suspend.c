/* SPDX-License-Identifier: BSD-2-Clause */
/* Items whose intake is suspended, and how old they are after that. */
#include "forward/queue/queue_private.h"

/* queue_suspend - where it waits, if it does, and how long yet */
void
queue_suspend(struct item *item, bool suspended, int64_t born, int64_t now)
{
	bool waits = item->state == ITEM_READY ||
	    item->state == ITEM_WAITING || item->state == ITEM_SUSPENDED;
	bool taken = item->state == ITEM_TAKEN;

	if (item->suspended == suspended && item->born == born)
		return;
	if (waits)
		queue_withdraw(item);
	if (taken)
		heap_remove(&item->site->taken, &item->age);
	item->suspended = suspended;
	item->born = born;
	if (waits)
		queue_enter(item, now);
	if (taken)
		heap_add(&item->site->taken, &item->age);
}

/* What queue_each() is to do. */
struct visit {
	void		(*each)(void *, struct item *);
	void		*arg;
};

static void
visit_one(void *arg, struct hash_node *known)
{
	const struct visit *visit = arg;

	visit->each(visit->arg, HEAP_OWNER(known, struct item, by_mid));
}

/* queue_each - taken or not */
void
queue_each(struct queue *queue, void (*each)(void *, struct item *),
    void *arg)
{
	struct visit visit = { each, arg };

	hash_each(&queue->by_mid, visit_one, &visit);
}

/* queue_stand - whether time passes for them */
void
queue_stand(struct queue *queue, bool stands)
{
	queue->stands = stands;
}
