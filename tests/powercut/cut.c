/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/powercut/cut.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tests/powercut/image.h"

const char *const cut_styles[CUT_STYLES] = { "all", "none", "some", "torn" };

/* cuts_dice - splitmix64 */
uint64_t
cuts_dice(struct cuts *cuts, uint64_t limit)
{
	uint64_t z = cuts->dice += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (z ^ z >> 31) % limit;
}

static int
by_place(const void *a, const void *b)
{
	const struct cut *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* cuts_choose - anywhere, and after moments that matter */
void
cuts_choose(struct cuts *cuts, size_t count, size_t first,
    const uint64_t *moments, size_t moment_count)
{
	cuts->list = mem_new(count * sizeof(*cuts->list));
	cuts->count = count;
	for (size_t i = 0; i < count; i++) {
		size_t at = first + cuts_dice(cuts, cuts->record_count -
		    first + 1);

		if (i % 2 == 1 && moment_count > 0)
			at = moments[cuts_dice(cuts, moment_count)];
		cuts->list[i] = (struct cut){ at,
			(enum cut_style)cuts_dice(cuts, CUT_STYLES) };
	}
	qsort(cuts->list, count, sizeof(*cuts->list), by_place);
}

/* settle - what a flush was good for is there for good */
static void
settle(struct cuts *cuts)
{
	size_t kept = 0;

	for (size_t i = 0; i < cuts->waiting_count; i++) {
		const struct record *r = &cuts->records[cuts->waiting[i]];

		if (r->round < cuts->flushed)
			image_write(r->offset, r->bytes, r->size);
		else
			cuts->waiting[kept++] = cuts->waiting[i];
	}
	cuts->waiting_count = kept;
}

/* advance - up to a cut */
static void
advance(struct cuts *cuts, size_t at)
{
	for (; cuts->applied < at; cuts->applied++) {
		const struct record *r = &cuts->records[cuts->applied];

		if (r->size == 0) {
			cuts->flushed = r->round;
			settle(cuts);
			continue;
		}
		cuts->waiting = mem_grow(cuts->waiting,
		    cuts->waiting_count + 1, sizeof(*cuts->waiting));
		cuts->waiting[cuts->waiting_count++] = cuts->applied;
	}
}

/* tear - some pieces of a write */
static void
tear(struct cuts *cuts, const struct record *r, uint64_t chance)
{
	for (size_t at = 0; at < r->size; at += cuts->piece) {
		size_t n = r->size - at < cuts->piece ? r->size - at :
		    cuts->piece;

		if (cuts_dice(cuts, 100) < chance)
			image_try(r->offset + at, r->bytes + at, n);
	}
}

/* cut_make - what was flushed, and by the dice what was not */
void
cut_make(struct cuts *cuts, const struct cut *cut)
{
	static const uint64_t chances[] = { 10, 50, 90 };
	uint64_t chance = chances[cuts_dice(cuts, 3)];

	advance(cuts, cut->at);
	for (size_t i = 0; i < cuts->waiting_count; i++) {
		const struct record *r = &cuts->records[cuts->waiting[i]];

		if (cut->style == CUT_TORN)
			tear(cuts, r, chance);
		else if (cut->style == CUT_ALL || (cut->style == CUT_SOME &&
		    cuts_dice(cuts, 100) < chance))
			image_try(r->offset, r->bytes, r->size);
	}
}
