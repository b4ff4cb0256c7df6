/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/past/recent.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct entry {
	struct entry	*next;		/* of the same hash */
	struct entry	*older, *newer;
	void		*value;
	uint64_t	 hash;
	char		 name[];
};

struct recent {
	recent_over	*over;
	void		*arg;
	size_t		 most, count;
	struct entry	**slots;	/* a power of two of them */
	size_t		 mask;
	struct entry	*oldest, *newest;
};

/* hash_of - FNV-1a */
static uint64_t
hash_of(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) *
		    UINT64_C(1099511628211);
	return hash;
}

/* recent_new - slots for all of them */
struct recent *
recent_new(size_t most, recent_over *over, void *arg)
{
	struct recent *recent = mem_new(sizeof(*recent));
	size_t slots = 1024;

	while (slots < most)
		slots *= 2;
	recent->over = over;
	recent->arg = arg;
	recent->most = most;
	recent->slots = mem_new(slots * sizeof(struct entry *));
	recent->mask = slots - 1;
	return recent;
}

/* place_of - what points to it, or to the NULL where it would be */
static struct entry **
place_of(const struct recent *recent, const char *name, uint64_t hash)
{
	struct entry **at = &recent->slots[hash & recent->mask];

	while (*at != NULL && ((*at)->hash != hash ||
	    strcmp((*at)->name, name) != 0))
		at = &(*at)->next;
	return at;
}

/* recent_find - its value */
void *
recent_find(const struct recent *recent, const char *name)
{
	const struct entry *entry = *place_of(recent, name, hash_of(name));

	return entry != NULL ? entry->value : NULL;
}

/* end - if there is one */
static void
end(struct recent *recent, struct entry **at)
{
	struct entry *entry = *at;

	if (entry == NULL)
		return;
	*at = entry->next;
	*(entry->older != NULL ? &entry->older->newer : &recent->oldest) =
	    entry->newer;
	*(entry->newer != NULL ? &entry->newer->older : &recent->newest) =
	    entry->older;
	recent->count--;
	recent->over(recent->arg, entry->value);
	free(entry);
}

/* recent_end - by its name */
void
recent_end(struct recent *recent, const char *name)
{
	end(recent, place_of(recent, name, hash_of(name)));
}

static void
end_oldest(struct recent *recent)
{
	const struct entry *oldest = recent->oldest;

	end(recent, place_of(recent, oldest->name, oldest->hash));
}

/* recent_put - as the newest */
void
recent_put(struct recent *recent, const char *name, void *value)
{
	size_t n = strlen(name) + 1;
	struct entry *entry = mem_new(sizeof(*entry) + n);
	struct entry **at;

	recent_end(recent, name);
	if (recent->count == recent->most)
		end_oldest(recent);
	entry->hash = hash_of(name);
	entry->value = value;
	memcpy(entry->name, name, n);
	at = place_of(recent, name, entry->hash);
	entry->next = *at;
	*at = entry;
	entry->older = recent->newest;
	*(entry->older != NULL ? &entry->older->newer : &recent->oldest) =
	    entry;
	recent->newest = entry;
	recent->count++;
}

/* recent_free - NULL */
struct recent *
recent_free(struct recent *recent)
{
	while (recent->count > 0)
		end_oldest(recent);
	free(recent->slots);
	free(recent);
	return NULL;
}
