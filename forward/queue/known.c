/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/known.h"

#include <stdlib.h>

#include "base/mem.h"

/* chain - keys are numbers in sequence: their low bits spread well */
static struct known_node **
chain(const struct known *known, uint64_t key)
{
	return &known->chains[key & (known->size - 1)];
}

static void
link_node(struct known *known, struct known_node *node)
{
	struct known_node **to = chain(known, node->key);

	node->next = *to;
	*to = node;
}

static void
grow(struct known *known)
{
	struct known old = *known;

	known->size = old.size > 0 ? 4 * old.size : 256;
	known->chains = mem_new(known->size * sizeof(*known->chains));
	for (size_t i = 0; i < old.size; i++)
		while (old.chains[i] != NULL) {
			struct known_node *node = old.chains[i];

			old.chains[i] = node->next;
			link_node(known, node);
		}
	free(old.chains);
}

/* known_add - borrow one more node */
void
known_add(struct known *known, struct known_node *node)
{
	if (known->count >= 2 * known->size)
		grow(known);
	known->count++;
	link_node(known, node);
}

/* known_remove - give a node back */
void
known_remove(struct known *known, struct known_node *node)
{
	struct known_node **at = chain(known, node->key);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	known->count--;
}

/* known_find - the node with this key */
struct known_node *
known_find(const struct known *known, uint64_t key)
{
	struct known_node *node;

	if (known->size == 0)
		return NULL;
	node = *chain(known, key);
	while (node != NULL && node->key != key)
		node = node->next;
	return node;
}

/* known_drop - as it was at first */
void
known_drop(struct known *known, void (*let_go)(struct known_node *))
{
	for (size_t i = 0; i < known->size; i++)
		while (known->chains[i] != NULL) {
			struct known_node *node = known->chains[i];

			known->chains[i] = node->next;
			let_go(node);
		}
	free(known->chains);
	*known = (struct known){ 0 };
}
