/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/tally.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static const char others[] = "(others)";

/* tally_new - without rows */
struct tally *
tally_new(void)
{
	return mem_new(sizeof(struct tally));
}

static void
leave(void *row)
{
	(void)row;	/* rows has it, too */
}

/* tally_free - all rows with it */
struct tally *
tally_free(struct tally *tally)
{
	if (tally == NULL)
		return NULL;
	tdestroy(tally->tree, leave);
	for (size_t i = 0; i < tally->count; i++) {
		free(tally->rows[i]->name);
		free(tally->rows[i]->delays.list);
		free(tally->rows[i]);
	}
	free(tally->rows);
	free(tally);
	return NULL;
}

/* compare_name - a row is compared by the pointer that it begins with */
static int
compare_name(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;

	return strcasecmp(*one, *other);
}

/* add - a row, which the tree may have or not */
static struct tally_row *
add(struct tally *tally, const char *name)
{
	struct tally_row *row = mem_new(sizeof(*row));

	row->name = mem_text(name);
	if ((tally->count & (tally->count + 1)) == 0)	/* 0, 1, 3, 7 ... */
		tally->rows = mem_grow(tally->rows, 2 * tally->count + 1,
		    sizeof(*tally->rows));
	tally->rows[tally->count++] = row;
	return row;
}

/* tally_row - found or made */
struct tally_row *
tally_row(struct tally *tally, const char *name)
{
	struct tally_row *row;
	void *found = tfind(&name, &tally->tree, compare_name);

	if (found != NULL)
		return *(struct tally_row **)found;
	if (tally->count >= TALLY_MOST) {
		if (tally->others == NULL)
			tally->others = add(tally, others);
		return tally->others;
	}
	row = add(tally, name);
	if (tsearch(row, &tally->tree, compare_name) == NULL)
		mem_none();
	return row;
}

static int
compare_rows(const void *a, const void *b, void *last)
{
	const struct tally_row *one = *(struct tally_row *const *)a;
	const struct tally_row *other = *(struct tally_row *const *)b;

	if ((one == last) != (other == last))
		return one == last ? 1 : -1;
	if (one->copies != other->copies)
		return one->copies > other->copies ? -1 : 1;
	return strcasecmp(one->name, other->name);
}

/* tally_sort - in place */
void
tally_sort(struct tally *tally)
{
	if (tally->count > 1)
		qsort_r(tally->rows, tally->count, sizeof(*tally->rows),
		    compare_rows, tally->others);
}

/* ---- delays ---- */

/* tally_delay - one more; longer than 49 days is as long as that */
void
tally_delay(struct tally_spread *spread, int64_t ms)
{
	if ((spread->count & (spread->count + 1)) == 0)
		spread->list = mem_grow(spread->list, 2 * spread->count + 1,
		    sizeof(*spread->list));
	spread->list[spread->count++] = ms < 0 ? 0 : ms > UINT32_MAX ?
	    UINT32_MAX : (uint32_t)ms;
}

static int
compare_delays(const void *a, const void *b)
{
	const uint32_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

/* at - the nearest rank: the smallest that so many percent do not exceed */
static uint32_t
at(const struct tally_spread *spread, unsigned percent)
{
	size_t rank = (spread->count * percent + 99) / 100;

	return spread->list[rank > 0 ? rank - 1 : 0];
}

/* tally_spread - of all that were added; zeros if none was */
void
tally_spread(struct tally_spread *spread)
{
	if (spread->count == 0)
		return;
	qsort(spread->list, spread->count, sizeof(*spread->list),
	    compare_delays);
	spread->p50 = at(spread, 50);
	spread->p90 = at(spread, 90);
	spread->p95 = at(spread, 95);
	spread->p99 = at(spread, 99);
	spread->most = spread->list[spread->count - 1];
}
