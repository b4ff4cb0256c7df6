/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queue_private - what the files of the queue share
 */
#ifndef FORWARD_QUEUE_PRIVATE_H
#define FORWARD_QUEUE_PRIVATE_H

#include "forward/queue.h"

struct queue {
	struct queue_rules rules;
	struct site	*sites;
	struct heap	 age;		/* all that nobody has taken */
	struct known	 known;		/* all, by mid */
};

static inline struct item *
queue_item(const struct heap_node *place)
{
	return HEAP_OWNER(place, struct item, place);
}

/* queue_ripen - what waited until now is ready. */
void	queue_ripen(struct site *, int64_t now);

#endif
