/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queue_order - which of two items comes before the other in the queue's heaps
 *
 *	queue->age.before = queue_by_age;
 *
 * By age: the older first, the smaller mid among those of one millisecond.
 * Ready to be sent: those without a failed attempt first, then by age.
 * Waiting: by the time when they are due.
 */
#ifndef FORWARD_QUEUE_ORDER_H
#define FORWARD_QUEUE_ORDER_H

#include <stdbool.h>

#include "forward/queue/queue.h"

bool	queue_by_age(const struct heap_node *, const struct heap_node *);
bool	queue_by_ready(const struct heap_node *, const struct heap_node *);
bool	queue_by_due(const struct heap_node *, const struct heap_node *);

#endif
