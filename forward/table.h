/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table - things found by a number
 *
 *	struct job { struct table_node node; ... };
 *	struct table table = { 0 };
 *
 *	job->node.key = 42;
 *	table_add(&table, &job->node);		-- the key must not be there
 *	node = table_find(&table, 42);		-- NULL: not there
 *	table_remove(&table, &job->node);
 *
 * A hash table of nodes that live inside the things; they are borrowed.
 */
#ifndef FORWARD_TABLE_H
#define FORWARD_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_node {
	uint64_t	 key;
	struct table_node *next;	/* the table's */
};

struct table {
	struct table_node **chains;
	size_t		 size;		/* 0, or a power of two */
	size_t		 count;
};

void	table_add(struct table *, struct table_node *);
void	table_remove(struct table *, struct table_node *);
struct table_node *table_find(const struct table *, uint64_t key);

/* table_drop - as after { 0 }; each node goes to let_go first. */
void	table_drop(struct table *, void (*let_go)(struct table_node *));

#endif
