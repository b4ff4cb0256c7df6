/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hash - a hash table: things found by a number
 *
 *	struct job { struct hash_node node; ... };
 *	struct hash hash = { 0 };
 *
 *	job->node.key = 42;
 *	hash_add(&hash, &job->node);		-- the key must not be there
 *	node = hash_find(&hash, 42);		-- NULL: not there
 *	hash_remove(&hash, &job->node);
 *
 * Its nodes live inside the things, and are borrowed.
 */
#ifndef FORWARD_HASH_H
#define FORWARD_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_node {
	uint64_t	 key;
	struct hash_node *next;	/* hash's */
};

struct hash {
	struct hash_node **chains;
	size_t		 size;		/* 0, or a power of two */
	size_t		 count;
};

void	hash_add(struct hash *, struct hash_node *);
void	hash_remove(struct hash *, struct hash_node *);
struct hash_node *hash_find(const struct hash *, uint64_t key);

/* hash_each - none may be added or removed meanwhile. */
void	hash_each(const struct hash *, void (*)(void *, struct hash_node *),
	    void *arg);

/* hash_drop - as after { 0 }; each node goes to let_go first. */
void	hash_drop(struct hash *, void (*let_go)(struct hash_node *));

#endif
