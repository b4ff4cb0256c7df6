/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/alert/alert_limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

struct alert_limit {
	struct alert_entry places[ALERT_PLACES];
	bool		 used[ALERT_PLACES];
	uint64_t	 others;	/* for which there was no place */
};

/* alert_limit_new - new */
struct alert_limit *
alert_limit_new(void)
{
	return mem_new(sizeof(struct alert_limit));
}

/* alert_limit_free - NULL */
struct alert_limit *
alert_limit_free(struct alert_limit *limit)
{
	free(limit);
	return NULL;
}

/* clean - printable, as much as fits; a backslash that is there stays one, since
 * most texts are escaped already */
static void
clean(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; text != NULL && *text != '\0'; text++) {
		char one[8];
		size_t length = (size_t)snprintf(one, sizeof(one),
		    *text >= ' ' && *text <= '~' ? "%c" : "\\x%02x",
		    (unsigned char)*text);

		if (n + length + sizeof("...") > size) {
			memcpy(out + n, "...", 3);
			n += 3;
			break;
		}
		memcpy(out + n, one, length);
		n += length;
	}
	out[n] = '\0';
}

/* alert_entry_set - its texts and its time */
void
alert_entry_set(struct alert_entry *entry, const struct alert *alert)
{
	entry->event = alert->event;
	entry->mid = alert->mid;
	entry->wall = clock_wall();
	clean(alert->text, entry->text, sizeof(entry->text));
	clean(alert->intake, entry->intake, sizeof(entry->intake));
	clean(alert->table, entry->table, sizeof(entry->table));
	clean(alert->queue_id, entry->queue_id, sizeof(entry->queue_id));
	clean(alert->recipient, entry->recipient, sizeof(entry->recipient));
	clean(alert->profile, entry->profile, sizeof(entry->profile));
}

static bool
is_same(const struct alert_entry *a, const struct alert_entry *b)
{
	return a->event == b->event && strcmp(a->intake, b->intake) == 0 &&
	    strcmp(a->table, b->table) == 0 &&
	    strcmp(a->recipient, b->recipient) == 0 &&
	    strcmp(a->profile, b->profile) == 0;
}

/* place_for - its own; or one that is free, or of which nothing waits and which
 * was told the longest ago; NULL: there is none */
static struct alert_entry *
place_for(struct alert_limit *limit, const struct alert_entry *entry)
{
	size_t best = ALERT_PLACES;

	for (size_t i = 0; i < ALERT_PLACES; i++) {
		const struct alert_entry *place = &limit->places[i];

		if (limit->used[i] && is_same(place, entry))
			return &limit->places[i];
		if (place->untold == 0 && (best == ALERT_PLACES ||
		    place->last < limit->places[best].last))
			best = i;
	}
	if (best == ALERT_PLACES)
		return NULL;
	limit->used[best] = true;
	limit->places[best].last = 0;
	return &limit->places[best];
}

/* alert_limit_add - the newest of its kind */
void
alert_limit_add(struct alert_limit *limit, const struct alert *alert,
    int64_t now)
{
	struct alert_entry entry = { 0 }, *place;

	alert_entry_set(&entry, alert);
	place = place_for(limit, &entry);
	if (place == NULL) {
		limit->others++;
		return;
	}
	entry.untold = place->untold + 1;
	entry.since = place->untold > 0 ? place->since : now;
	entry.last = place->last;
	*place = entry;
}

/* due - from when on */
static int64_t
due(const struct alert_entry *place, int64_t interval)
{
	if (place->untold == 0)
		return INT64_MAX;
	return place->last != 0 && place->last + interval > place->since ?
	    place->last + interval : place->since;
}

/* first - to become due; NULL: nothing waits */
static const struct alert_entry *
first(const struct alert_limit *limit, int64_t interval)
{
	const struct alert_entry *found = NULL;

	for (size_t i = 0; i < ALERT_PLACES; i++) {
		const struct alert_entry *place = &limit->places[i];

		if (place->untold > 0 && (found == NULL ||
		    due(place, interval) < due(found, interval)))
			found = place;
	}
	return found;
}

/* alert_limit_take - if its time has come */
bool
alert_limit_take(struct alert_limit *limit, int64_t interval, int64_t now,
    struct alert_entry *out)
{
	const struct alert_entry *found = first(limit, interval);
	struct alert_entry *place;

	if (found == NULL || due(found, interval) > now)
		return false;
	place = &limit->places[found - limit->places];
	*out = *place;
	out->untold = place->untold - 1 + limit->others;
	limit->others = 0;
	place->untold = 0;
	place->last = now;
	return true;
}

/* alert_limit_when - the next is due */
int64_t
alert_limit_when(const struct alert_limit *limit, int64_t interval)
{
	const struct alert_entry *found = first(limit, interval);

	return found != NULL ? due(found, interval) : INT64_MAX;
}
