/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_rest.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { RESTS = 256 };

static struct rest {
	char	*url, *owner;
	int64_t	 until;
} rests[RESTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool
is_of(const struct rest *rest, const char *url, const char *owner)
{
	return rest->url != NULL && strcmp(rest->url, url) == 0 &&
	    strcmp(rest->owner, owner) == 0;
}

/* choose - the rest of these two, or the one that is over first */
static struct rest *
choose(const char *url, const char *owner)
{
	struct rest *first = &rests[0];

	for (size_t i = 0; i < RESTS; i++) {
		if (is_of(&rests[i], url, owner))
			return &rests[i];
		if (rests[i].until < first->until)
			first = &rests[i];
	}
	return first;
}

/* ews_rest_add - from now on; never shorter than before */
void
ews_rest_add(const char *url, const char *owner, int64_t ms, int64_t now)
{
	struct rest *rest;

	pthread_mutex_lock(&lock);
	rest = choose(url, owner);
	if (!is_of(rest, url, owner)) {
		free(rest->url);
		free(rest->owner);
		*rest = (struct rest){ mem_text(url), mem_text(owner), 0 };
	}
	if (rest->until < now + ms)
		rest->until = now + ms;
	pthread_mutex_unlock(&lock);
}

/* ews_rest_left - how long they still are to be left alone */
int64_t
ews_rest_left(const char *url, const char *owner, int64_t now)
{
	int64_t left = 0;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < RESTS; i++)
		if ((is_of(&rests[i], url, owner) ||
		    is_of(&rests[i], url, "")) && rests[i].until - now > left)
			left = rests[i].until - now;
	pthread_mutex_unlock(&lock);
	return left;
}
