/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/hash.h"

#include <stdlib.h>

#include "base/mem.h"

/* chain - keys are numbers in sequence: their low bits spread well */
static struct hash_node **
chain(const struct hash *hash, uint64_t key)
{
	return &hash->chains[key & (hash->size - 1)];
}

static void
link_node(struct hash *hash, struct hash_node *node)
{
	struct hash_node **to = chain(hash, node->key);

	node->next = *to;
	*to = node;
}

static void
grow(struct hash *hash)
{
	struct hash old = *hash;

	hash->size = old.size > 0 ? 4 * old.size : 256;
	hash->chains = mem_new(hash->size * sizeof(*hash->chains));
	for (size_t i = 0; i < old.size; i++)
		while (old.chains[i] != NULL) {
			struct hash_node *node = old.chains[i];

			old.chains[i] = node->next;
			link_node(hash, node);
		}
	free(old.chains);
}

/* hash_add - borrow one more node */
void
hash_add(struct hash *hash, struct hash_node *node)
{
	if (hash->count >= 2 * hash->size)
		grow(hash);
	hash->count++;
	link_node(hash, node);
}

/* hash_remove - give a node back */
void
hash_remove(struct hash *hash, struct hash_node *node)
{
	struct hash_node **at = chain(hash, node->key);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	hash->count--;
}

/* hash_find - the node with this key */
struct hash_node *
hash_find(const struct hash *hash, uint64_t key)
{
	struct hash_node *node;

	if (hash->size == 0)
		return NULL;
	node = *chain(hash, key);
	while (node != NULL && node->key != key)
		node = node->next;
	return node;
}

/* hash_each - in no order */
void
hash_each(const struct hash *hash, void (*each)(void *, struct hash_node *),
    void *arg)
{
	for (size_t i = 0; i < hash->size; i++)
		for (struct hash_node *node = hash->chains[i]; node != NULL;
		    node = node->next)
			each(arg, node);
}

/* hash_drop - as it was at first */
void
hash_drop(struct hash *hash, void (*let_go)(struct hash_node *))
{
	for (size_t i = 0; i < hash->size; i++)
		while (hash->chains[i] != NULL) {
			struct hash_node *node = hash->chains[i];

			hash->chains[i] = node->next;
			let_go(node);
		}
	free(hash->chains);
	*hash = (struct hash){ 0 };
}
