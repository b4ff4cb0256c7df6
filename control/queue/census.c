/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/census.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "control/queue/backlog.h"
#include "journal/spool/copy.h"

/* ---- one copy ---- */

static int
compare_mid(const void *a, const void *b)
{
	const struct census_copy *one = a, *other = b;

	return one->entry.mid < other->entry.mid ? -1 :
	    one->entry.mid > other->entry.mid;
}

static bool
same_entry(const struct spool_entry *one, const struct spool_entry *other)
{
	return one->mid == other->mid && one->attempts == other->attempts &&
	    one->since == other->since && one->why == other->why;
}

/* look - into a copy; false: it is gone, or none */
static bool
look(const struct census *census, const struct spool *spool,
    const struct spool_entry *entry, struct census_copy *out)
{
	const char *at;
	struct copy copy;
	struct err err;

	if (copy_peek(spool, census->place, entry, &copy, &err) != COPY_OPEN)
		return false;
	at = strrchr(backlog_address(&copy, census->alternate), '@');
	*out = (struct census_copy){ .entry = *entry,
	    .domain = mem_text(at != NULL ? at + 1 : ""),
	    .accepted = copy.envelope.accepted, .since = copy.since,
	    .touched = copy.touched };
	copy_close(&copy);
	return true;
}

/* know - what is known of a copy, or a look; known is by MID */
static bool
know(struct census *known, const struct spool *spool,
    const struct spool_entry *entry, struct census_copy *out)
{
	const struct census_copy key = { .entry = *entry };
	struct census_copy *old = known->count == 0 ? NULL :
	    bsearch(&key, known->copies, known->count, sizeof(key),
	    compare_mid);

	if (old == NULL || !same_entry(&old->entry, entry))
		return look(known, spool, entry, out);
	*out = *old;
	old->domain = NULL;	/* moved */
	return true;
}

/* ---- all of them ---- */

static int
compare_domain(const void *a, const void *b)
{
	const struct census_copy *one = a, *other = b;
	int order = strcasecmp(one->domain, other->domain);

	return order != 0 ? order : compare_mid(a, b);
}

static void
add_to_group(struct census_group *group, const struct census_copy *copy)
{
	group->count++;
	if (group->oldest == 0 || copy->since < group->oldest)
		group->oldest = copy->since;
	if (copy->entry.attempts > 0 && (group->tried == NULL ||
	    copy->touched > group->tried->touched))
		group->tried = copy;
}

/* group - copies that are sorted by domain */
static void
group(struct census *census)
{
	struct census_group *last = NULL;

	for (size_t i = 0; i < census->count; i++) {
		const struct census_copy *copy = &census->copies[i];

		if (last == NULL || strcasecmp(last->domain,
		    copy->domain) != 0) {
			census->groups = mem_grow(census->groups,
			    census->group_count + 1, sizeof(*last));
			last = &census->groups[census->group_count++];
			*last = (struct census_group){
			    .domain = copy->domain, .copies = copy };
		}
		add_to_group(last, copy);
	}
}

static void
sort(struct census *census, int (*compare)(const void *, const void *))
{
	if (census->count > 1)
		qsort(census->copies, census->count, sizeof(*census->copies),
		    compare);
}

/* census_take - what is known already is only asked for by its name */
int
census_take(struct census *census, const struct spool *spool,
    struct err *err)
{
	struct census new = { .place = census->place,
	    .alternate = census->alternate };
	struct spool_entry *entries;
	size_t n;

	if (spool_list(spool, census->place, &entries, &n, err) == -1)
		return -1;
	sort(census, compare_mid);
	new.copies = mem_grow(NULL, n + 1, sizeof(*new.copies));
	for (size_t i = 0; i < n; i++)
		if (know(census, spool, &entries[i], &new.copies[new.count]))
			new.count++;
	free(entries);
	sort(&new, compare_domain);
	group(&new);
	census_drop(census);
	*census = new;
	return 0;
}

static int
compare_group(const void *domain, const void *group)
{
	return strcasecmp(domain,
	    ((const struct census_group *)group)->domain);
}

/* census_find - by its domain */
const struct census_group *
census_find(const struct census *census, const char *domain)
{
	return census->group_count == 0 ? NULL : bsearch(domain,
	    census->groups, census->group_count, sizeof(*census->groups),
	    compare_group);
}

/* census_drop - all but what it was told */
void
census_drop(struct census *census)
{
	for (size_t i = 0; i < census->count; i++)
		free(census->copies[i].domain);
	free(census->copies);
	free(census->groups);
	*census = (struct census){ .place = census->place,
	    .alternate = census->alternate };
}
