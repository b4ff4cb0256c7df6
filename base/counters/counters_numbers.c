/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that never repeat: what is promised of them, and its sums. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters/counters_private.h"

static uint64_t
sum(int series, uint64_t promise)
{
	uint64_t x = promise ^ (UINT64_C(0x54444373) << (8 * series));

	x = (x ^ (x >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
	return (x ^ (x >> 29)) | 1;	/* never 0 */
}

static _Atomic uint64_t *
seal_of(struct counters_page *page, int series, uint64_t promise)
{
	return &page->seals[series][promise / BLOCK % SEALS];
}

/* numbers_seal - before the promise */
void
numbers_seal(struct counters_page *page, int series, uint64_t promise)
{
	*seal_of(page, series, promise) = sum(series, promise);
}

static bool
sealed(const struct counters_page *page, int series, uint64_t promise)
{
	uint64_t any = 0;

	for (int i = 0; i < SEALS; i++)
		any |= page->seals[series][i];
	return any == 0 || page->seals[series][promise / BLOCK % SEALS] ==
	    sum(series, promise);
}

/* series_sound - the three are never far from each other; last may be ahead
 * by those who asked while the disk could not be told */
static bool
series_sound(const struct counters_page *page, int series)
{
	const struct counters_series *numbers = &page->series[series];
	uint64_t last = numbers->last, reserved = numbers->reserved;
	uint64_t promised = numbers->promised;

	return last < NUMBER_MOST && promised < NUMBER_MOST &&
	    reserved <= promised && promised <= last + UINT64_C(4) * BLOCK &&
	    sealed(page, series, promised);
}

/* numbers_sound - of both series */
bool
numbers_sound(const struct counters_page *page)
{
	return memcmp(page->magic, COUNTERS_MAGIC, sizeof(page->magic)) == 0 &&
	    series_sound(page, MID) && series_sound(page, DCID);
}

/* numbers_raise - to at least that much */
void
numbers_raise(_Atomic uint64_t *number, uint64_t least)
{
	uint64_t now = *number;

	while (now < least && !atomic_compare_exchange_weak(number, &now,
	    least))
		;
}

/* numbers_promise - raise, sync, and then rely on it */
int
numbers_promise(struct counters *counters, int series, uint64_t id)
{
	struct counters_page *page = counters->page;
	struct counters_series *numbers = &page->series[series];
	uint64_t promise = (id / BLOCK + 2) * BLOCK;

	if (id <= numbers->reserved)
		return 0;
	if (id >= NUMBER_MOST || mapped_lost(counters->mapped))
		return -1;
	numbers_seal(page, series, promise);
	numbers_raise(&numbers->promised, promise);
	promise = numbers->promised;	/* perhaps another's, and more */
	if (msync(page, SIZE, MS_SYNC) == -1)
		return -1;
	numbers_raise(&numbers->reserved, promise);
	if (!mapped_lost(counters->mapped))
		return 0;
	/* memory alone promises nothing */
	numbers->reserved = 0;
	return -1;
}

/* numbers_now - above all that were */
uint64_t
numbers_now(void)
{
	return (uint64_t)clock_wall() * COUNTERS_TICK;
}

/* numbers_by_time - each process has its own in each millisecond, nearly.  It is
 * not for the page, which may be the file's again in the same moment, and where such
 * a number is damage. */
uint64_t
numbers_by_time(struct counters *counters, int series)
{
	uint64_t id = COUNTERS_BY_TIME + (uint64_t)clock_wall() *
	    COUNTERS_TIMES * COUNTERS_SLOTS + counters->slot;

	pthread_mutex_lock(&counters->lock);
	if (id <= counters->by_time[series])
		id = counters->by_time[series] + COUNTERS_SLOTS;
	counters->by_time[series] = id;
	pthread_mutex_unlock(&counters->lock);
	return id;
}
