/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/heap.h"

#include <stdlib.h>

#include "base/mem.h"

static void
place(struct heap *heap, size_t at, struct heap_node *node)
{
	heap->nodes[at] = node;
	node->at = at;
}

/* settle - find the place, from "at" up or down, where node belongs */
static void
settle(struct heap *heap, size_t at, struct heap_node *node)
{
	while (at > 0 && heap->before(node, heap->nodes[(at - 1) / 2])) {
		place(heap, at, heap->nodes[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    heap->before(heap->nodes[child + 1], heap->nodes[child]))
			child++;
		if (!heap->before(heap->nodes[child], node))
			break;
		place(heap, at, heap->nodes[child]);
		at = child;
	}
	place(heap, at, node);
}

/* heap_add - borrow one more node */
void
heap_add(struct heap *heap, struct heap_node *node)
{
	if (heap->count == heap->size) {
		heap->size = heap->size > 0 ? 2 * heap->size : 16;
		heap->nodes = mem_grow(heap->nodes, heap->size,
		    sizeof(*heap->nodes));
	}
	heap->count++;
	settle(heap, heap->count - 1, node);
}

/* heap_remove - give a node back */
void
heap_remove(struct heap *heap, struct heap_node *node)
{
	struct heap_node *last = heap->nodes[--heap->count];

	if (last != node)
		settle(heap, node->at, last);
}

/* heap_drop - as it was at first */
void
heap_drop(struct heap *heap)
{
	free(heap->nodes);
	heap->nodes = NULL;
	heap->count = heap->size = 0;
}
