/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/sites.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

struct list {
	struct site_now *rows;
	size_t		 count;
};

static void
add(struct list *list, const char *name, const struct site_row *site)
{
	for (size_t i = 0; site == NULL && i < list->count; i++)
		if (strcasecmp(list->rows[i].name, name) == 0)
			return;
	list->rows = mem_grow(list->rows, list->count + 1,
	    sizeof(*list->rows));
	list->rows[list->count++] = (struct site_now){ .name = name,
	    .site = site };
}

static void
add_census(struct list *list, const struct status *status,
    const struct census *census)
{
	for (size_t i = 0; census != NULL && i < census->group_count; i++) {
		const char *name = census->groups[i].domain;

		if (status->sites == NULL ||
		    site_counts_find(status->sites, name) == NULL)
			add(list, name, NULL);
	}
}

static int
compare_names(const void *a, const void *b)
{
	const struct site_now *one = a, *other = b;

	return strcasecmp(one->name, other->name);
}

/* fill - what waits and what is kept */
static void
fill(struct site_now *row, const struct status *status,
    const struct census *waiting, const struct census *kept)
{
	const struct census_group *old = kept == NULL ? NULL :
	    census_find(kept, row->name);

	row->kept = old != NULL ? old->count : 0;
	if (waiting != NULL)
		row->group = census_find(waiting, row->name);
	if (row->group != NULL) {
		row->waiting = row->group->count;
		row->oldest = row->group->oldest;
	} else if (waiting == NULL && status->forwards) {
		row->waiting = site_get(row->site, COUNT_WAITING);
		row->oldest = (int64_t)site_get(row->site, COUNT_OLDEST) *
		    1000;
	}
}

/* sites_list - by name */
size_t
sites_list(const struct status *status, const struct census *waiting,
    const struct census *kept, struct site_now **out)
{
	struct list list = { .rows = mem_new(sizeof(*list.rows)) };
	const struct site_row *site = NULL;

	while (status->sites != NULL &&
	    (site = site_counts_next(status->sites, site)) != NULL)
		add(&list, site_domain(site), site);
	add_census(&list, status, waiting);
	add_census(&list, status, kept);
	qsort(list.rows, list.count, sizeof(*list.rows), compare_names);
	for (size_t i = 0; i < list.count; i++)
		fill(&list.rows[i], status, waiting, kept);
	*out = list.rows;
	return list.count;
}
