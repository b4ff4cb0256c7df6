/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heap - things in order, of which only the first matters
 *
 *	struct job { struct heap_node node; int64_t when; };
 *	struct heap heap = { .before = job_before };
 *
 *	heap_add(&heap, &job->node);
 *	first = heap_first(&heap);		-- NULL: empty
 *	heap_remove(&heap, &job->node);		-- wherever it stands
 *
 * A binary heap of nodes that live inside the things; they are borrowed.
 * HEAP_OWNER finds the thing around a node.
 */
#ifndef FORWARD_HEAP_H
#define FORWARD_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap_node {
	size_t		 at;		/* the heap's */
};

struct heap {
	bool		(*before)(const struct heap_node *,
			    const struct heap_node *);
	struct heap_node **nodes;
	size_t		 count;
	size_t		 size;
};

#define HEAP_OWNER(node, type, member) \
    ((type *)(void *)((char *)(node) - offsetof(type, member)))

void	heap_add(struct heap *, struct heap_node *);
void	heap_remove(struct heap *, struct heap_node *);
void	heap_drop(struct heap *);	/* empty, before stays */

static inline struct heap_node *
heap_first(const struct heap *heap)
{
	return heap->count > 0 ? heap->nodes[0] : NULL;
}

#endif
