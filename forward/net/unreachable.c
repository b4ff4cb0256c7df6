/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/unreachable.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct entry {
	struct endpoint address;	/* of length 0: free */
	int64_t		 probe;		/* when it may be probed */
};

struct unreachable {
	pthread_mutex_t	 lock;		/* of the entries */
	struct entry	 entries[UNREACHABLE_MAX];
};

struct unreachable *
unreachable_new(void)
{
	struct unreachable *unreachable = mem_new(sizeof(*unreachable));

	pthread_mutex_init(&unreachable->lock, NULL);
	return unreachable;
}

struct unreachable *
unreachable_free(struct unreachable *unreachable)
{
	if (unreachable == NULL)
		return NULL;
	pthread_mutex_destroy(&unreachable->lock);
	free(unreachable);
	return NULL;
}

/* find - the entry of this address, or NULL; the lock is held */
static struct entry *
find(struct unreachable *unreachable, const struct endpoint *address)
{
	for (size_t i = 0; i < UNREACHABLE_MAX; i++)
		if (endpoint_equal(&unreachable->entries[i].address, address))
			return &unreachable->entries[i];
	return NULL;
}

/* oldest - a free entry, or else the one that was noted first; the lock is
 * held */
static struct entry *
oldest(struct unreachable *unreachable)
{
	struct entry *found = &unreachable->entries[0];

	for (size_t i = 0; i < UNREACHABLE_MAX; i++) {
		struct entry *entry = &unreachable->entries[i];

		if (entry->address.length == 0)
			return entry;
		if (entry->probe < found->probe)
			found = entry;
	}
	return found;
}

/* unreachable_ask - whether to try it */
enum reach
unreachable_ask(struct unreachable *unreachable,
    const struct endpoint *address, int64_t now)
{
	enum reach reach = REACH_TRY;
	struct entry *entry;

	pthread_mutex_lock(&unreachable->lock);
	entry = find(unreachable, address);
	if (entry != NULL && now < entry->probe) {
		reach = REACH_SKIP;
	} else if (entry != NULL) {
		reach = REACH_PROBE;
		entry->probe = now + UNREACHABLE_TIME;
	}
	pthread_mutex_unlock(&unreachable->lock);
	return reach;
}

/* unreachable_note - it timed out */
void
unreachable_note(struct unreachable *unreachable,
    const struct endpoint *address, int64_t now)
{
	struct entry *entry;

	pthread_mutex_lock(&unreachable->lock);
	entry = find(unreachable, address);
	if (entry == NULL)
		entry = oldest(unreachable);
	entry->address = *address;
	entry->probe = now + UNREACHABLE_TIME;
	pthread_mutex_unlock(&unreachable->lock);
}

/* unreachable_clear - it answered */
void
unreachable_clear(struct unreachable *unreachable,
    const struct endpoint *address)
{
	struct entry *entry;

	pthread_mutex_lock(&unreachable->lock);
	entry = find(unreachable, address);
	if (entry != NULL)
		*entry = (struct entry){ .probe = 0 };
	pthread_mutex_unlock(&unreachable->lock);
}
