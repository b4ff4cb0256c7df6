/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * known - things found by a number
 *
 *	struct job { struct known_node node; ... };
 *	struct known known = { 0 };
 *
 *	job->node.key = 42;
 *	known_add(&known, &job->node);		-- the key must not be there
 *	node = known_find(&known, 42);		-- NULL: not there
 *	known_remove(&known, &job->node);
 *
 * A hash table of nodes that live inside the things; they are borrowed.
 */
#ifndef FORWARD_KNOWN_H
#define FORWARD_KNOWN_H

#include <stddef.h>
#include <stdint.h>

struct known_node {
	uint64_t	 key;
	struct known_node *next;	/* known's */
};

struct known {
	struct known_node **chains;
	size_t		 size;		/* 0, or a power of two */
	size_t		 count;
};

void	known_add(struct known *, struct known_node *);
void	known_remove(struct known *, struct known_node *);
struct known_node *known_find(const struct known *, uint64_t key);

/* known_drop - as after { 0 }; each node goes to let_go first. */
void	known_drop(struct known *, void (*let_go)(struct known_node *));

#endif
