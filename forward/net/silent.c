/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/silent.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct entry {
	struct endpoint address;	/* of length 0: free */
	int64_t		 look;		/* when somebody may have a look */
};

struct silent {
	pthread_mutex_t	 lock;		/* of the entries */
	struct entry	 entries[SILENT_MAX];
};

struct silent *
silent_new(void)
{
	struct silent *silent = mem_new(sizeof(*silent));

	pthread_mutex_init(&silent->lock, NULL);
	return silent;
}

struct silent *
silent_free(struct silent *silent)
{
	if (silent == NULL)
		return NULL;
	pthread_mutex_destroy(&silent->lock);
	free(silent);
	return NULL;
}

/* find - the entry of this address, or NULL; the lock is held */
static struct entry *
find(struct silent *silent, const struct endpoint *address)
{
	for (size_t i = 0; i < SILENT_MAX; i++)
		if (endpoint_equal(&silent->entries[i].address, address))
			return &silent->entries[i];
	return NULL;
}

/* oldest - a free entry, or else the one that was noted first; the lock is
 * held */
static struct entry *
oldest(struct silent *silent)
{
	struct entry *found = &silent->entries[0];

	for (size_t i = 0; i < SILENT_MAX; i++) {
		struct entry *entry = &silent->entries[i];

		if (entry->address.length == 0)
			return entry;
		if (entry->look < found->look)
			found = entry;
	}
	return found;
}

/* silent_hope - whether to wait for it */
enum hope
silent_hope(struct silent *silent, const struct endpoint *address,
    int64_t now)
{
	enum hope hope = HOPE_FULL;
	struct entry *entry;

	pthread_mutex_lock(&silent->lock);
	entry = find(silent, address);
	if (entry != NULL && now < entry->look) {
		hope = HOPE_NONE;
	} else if (entry != NULL) {
		hope = HOPE_LITTLE;
		entry->look = now + SILENT_TIME;
	}
	pthread_mutex_unlock(&silent->lock);
	return hope;
}

/* silent_note - it did not answer */
void
silent_note(struct silent *silent, const struct endpoint *address,
    int64_t now)
{
	struct entry *entry;

	pthread_mutex_lock(&silent->lock);
	entry = find(silent, address);
	if (entry == NULL)
		entry = oldest(silent);
	entry->address = *address;
	entry->look = now + SILENT_TIME;
	pthread_mutex_unlock(&silent->lock);
}

/* silent_clear - it answered */
void
silent_clear(struct silent *silent, const struct endpoint *address)
{
	struct entry *entry;

	pthread_mutex_lock(&silent->lock);
	entry = find(silent, address);
	if (entry != NULL)
		*entry = (struct entry){ .look = 0 };
	pthread_mutex_unlock(&silent->lock);
}
