/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/table.h"

#include <stdlib.h>

#include "base/mem.h"

/* chain - keys are numbers in sequence: their low bits spread well */
static struct table_node **
chain(const struct table *table, uint64_t key)
{
	return &table->chains[key & (table->size - 1)];
}

static void
link_node(struct table *table, struct table_node *node)
{
	struct table_node **to = chain(table, node->key);

	node->next = *to;
	*to = node;
}

static void
grow(struct table *table)
{
	struct table old = *table;

	table->size = old.size > 0 ? 4 * old.size : 256;
	table->chains = mem_new(table->size * sizeof(*table->chains));
	for (size_t i = 0; i < old.size; i++)
		while (old.chains[i] != NULL) {
			struct table_node *node = old.chains[i];

			old.chains[i] = node->next;
			link_node(table, node);
		}
	free(old.chains);
}

/* table_add - borrow one more node */
void
table_add(struct table *table, struct table_node *node)
{
	if (table->count >= 2 * table->size)
		grow(table);
	table->count++;
	link_node(table, node);
}

/* table_remove - give a node back */
void
table_remove(struct table *table, struct table_node *node)
{
	struct table_node **at = chain(table, node->key);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	table->count--;
}

/* table_find - the node with this key */
struct table_node *
table_find(const struct table *table, uint64_t key)
{
	struct table_node *node;

	if (table->size == 0)
		return NULL;
	node = *chain(table, key);
	while (node != NULL && node->key != key)
		node = node->next;
	return node;
}

/* table_drop - as it was at first */
void
table_drop(struct table *table, void (*let_go)(struct table_node *))
{
	for (size_t i = 0; i < table->size; i++)
		while (table->chains[i] != NULL) {
			struct table_node *node = table->chains[i];

			table->chains[i] = node->next;
			let_go(node);
		}
	free(table->chains);
	*table = (struct table){ 0 };
}
