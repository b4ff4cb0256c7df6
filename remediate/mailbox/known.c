/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/mailbox/known.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Profiles come from a file, so there are few; those that a reload has taken
 * away stay. */
static struct row {
	char	*profile, *owner;	/* owner NULL: forgotten */
} *rows;
static size_t count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* find - NULL: never seen; with the lock */
static struct row *
find(const char *profile)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].profile, profile) == 0)
			return &rows[i];
	return NULL;
}

/* known_note - the last one */
void
known_note(const char *profile, const char *owner)
{
	struct row *row;

	pthread_mutex_lock(&lock);
	row = find(profile);
	if (row == NULL) {
		rows = mem_grow(rows, count + 1, sizeof(*rows));
		row = &rows[count++];
		*row = (struct row){ .profile = mem_text(profile) };
	}
	if (row->owner == NULL || strcmp(row->owner, owner) != 0) {
		free(row->owner);
		row->owner = mem_text(owner);
	}
	pthread_mutex_unlock(&lock);
}

/* known_owner - or NULL */
char *
known_owner(const char *profile)
{
	const struct row *row;
	char *owner = NULL;

	pthread_mutex_lock(&lock);
	row = find(profile);
	if (row != NULL && row->owner != NULL)
		owner = mem_text(row->owner);
	pthread_mutex_unlock(&lock);
	return owner;
}

/* known_forget - nobody gets in as that one any more */
void
known_forget(const char *profile, const char *owner)
{
	struct row *row;

	pthread_mutex_lock(&lock);
	row = find(profile);
	if (row != NULL && row->owner != NULL &&
	    strcmp(row->owner, owner) == 0) {
		free(row->owner);
		row->owner = NULL;
	}
	pthread_mutex_unlock(&lock);
}
