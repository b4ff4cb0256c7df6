/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/counters/counters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters/counters_private.h"
#include "base/mem.h"
#include "base/own.h"

enum {
	PATIENCE = 500,		/* ms for a lock, at a start */
	KEEP = 1000,		/* ms between two looks at the file */
	TRY = 1000,		/* and two tries to have one again, */
	TRY_LATER = 5000,	/* when the last did not last */
	LASTS = 10000
};

const struct counter_row counter_rows[COUNTERS] = {
#define COUNTER(name, label, meaning) [COUNT_##name] = { label, meaning },
#include "base/counters/counters_list.h"
#undef COUNTER
};

/* counter_is_gauge - or counts */
bool
counter_is_gauge(enum counter which)
{
	static const char word[] = "Gauge: ";

	return strncmp(counter_rows[which].meaning, word,
	    sizeof(word) - 1) == 0;
}

static struct counters *
counters_new(int dirfd)
{
	static _Atomic unsigned opened;
	struct counters *counters = mem_new(sizeof(*counters));

	counters->slot = ((unsigned)getpid() + opened++) % COUNTERS_SLOTS;
	pthread_mutex_init(&counters->lock, NULL);
	counters->dirfd = dirfd;
	counters->mapped = mapped_new(&counters_kind);
	counters->page = mapped_bytes(counters->mapped);
	return counters;
}

/* counters_open - map the file, made when it is not there; new */
struct counters *
counters_open(int dirfd, uint64_t floor, bool used)
{
	struct counters *counters = counters_new(fcntl(dirfd, F_DUPFD_CLOEXEC,
	    0));
	struct err err;

	counters->floor = floor < COUNTERS_FLOOR_MOST ? floor : 0;
	counters->used = used;
	if (counters_attach(counters, PATIENCE, &err) == -1)
		counters_tell(counters, "%s: counting goes on in memory",
		    err.text);
	return counters;
}

/* counters_peek - map it for reading alone; new */
int
counters_peek(int dirfd, struct counters **out, struct err *err)
{
	own(fd) int fd = openat(dirfd, COUNTERS_FILE,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct counters *counters;

	if (fd == -1)
		return err_sys(err, "open %s", COUNTERS_FILE);
	counters = counters_new(-1);
	if (mapped_attach(counters->mapped, fd, false, err) == -1) {
		counters_close(counters);
		return -1;
	}
	(void)fd_give(&fd);
	(void)mapped_keep(counters->mapped, err);
	*out = counters;
	return 0;
}

/* counters_rescue - the last chance for what memory has counted */
void
counters_rescue(struct counters *counters)
{
	enum { WAIT = 100 };		/* ms for a lock, at an end */
	struct err err;

	if (counters->dirfd != -1 && mapped_lost(counters->mapped))
		(void)counters_attach(counters, WAIT, &err);
}

/* counters_close - unmap; NULL */
struct counters *
counters_close(struct counters *counters)
{
	if (counters == NULL)
		return NULL;
	buffer_free(counters);
	if (counters->buffer != NULL)
		return NULL;		/* its thread still stands at the disk */
	counters_rescue(counters);
	mapped_free(counters->mapped);
	if (counters->dirfd != -1)
		close(counters->dirfd);
	pthread_mutex_destroy(&counters->lock);
	free(counters->still);
	free(counters);
	return NULL;
}

/* ---- the file ---- */

/* counters_tell - news; what was not fetched yet is older, and less */
void
counters_tell(struct counters *counters, const char *format, ...)
{
	struct err news = { .kind = ERR_LATER };
	va_list args;

	va_start(args, format);
	vsnprintf(news.text, sizeof(news.text), format, args);
	va_end(args);
	pthread_mutex_lock(&counters->lock);
	counters->news = news;
	counters->has_news = true;
	pthread_mutex_unlock(&counters->lock);
}

/* counters_news - once */
bool
counters_news(struct counters *counters, struct err *out)
{
	bool has_news;

	pthread_mutex_lock(&counters->lock);
	has_news = counters->has_news;
	counters->has_news = false;
	if (has_news)
		*out = counters->news;
	pthread_mutex_unlock(&counters->lock);
	return has_news;
}

/* counters_move - whoever tends sees to it */
void
counters_move(struct counters *counters, int dirfd)
{
	if (dup3(dirfd, counters->dirfd, O_CLOEXEC) != -1)
		counters->moved = true;
}

/* look - at a file that should be there: whether it is; if not, why */
static bool
look(struct counters *counters, int64_t now, struct err *why)
{
	err_set(why, ERR_LATER, "%s was cut short, or its disk is full",
	    COUNTERS_FILE);
	if (atomic_exchange(&counters->moved, false)) {
		err_set(why, ERR_LATER, "%s: its directory was replaced",
		    COUNTERS_FILE);
		mapped_leave(counters->mapped);
		counters->attached_at = now - LASTS;
	}
	if (now >= counters->next_keep) {
		counters->next_keep = now + KEEP;
		if (mapped_keep(counters->mapped, why) == -1)
			mapped_leave(counters->mapped);
	}
	return !mapped_lost(counters->mapped);
}

/* lost - it is not; the first time, that is told */
static void
lost(struct counters *counters, int64_t now, const struct err *why)
{
	struct err err;

	if (counters->attached) {
		counters->attached = false;
		counters->next_try = now - counters->attached_at < LASTS ?
		    now + TRY_LATER : now;
		counters_tell(counters, "%s: counting goes on in memory",
		    why->text);
	}
	if (now < counters->next_try)
		return;
	counters->next_try = now + TRY;
	(void)counters_attach(counters, 0, &err);
}

/* counters_tend - see to the file */
void
counters_tend(struct counters *counters)
{
	int64_t now = clock_now();
	struct err why;

	if (counters->dirfd != -1 && !look(counters, now, &why))
		lost(counters, now, &why);
}

/* ---- counters ---- */

/* counter_add - count n more */
void
counter_add(struct counters *counters, enum counter which, uint64_t n)
{
	if (counters->buffer != NULL)
		buffer_add(counters->buffer, which, n);
	else
		atomic_fetch_add_explicit(&counters->page->value[which], n,
		    memory_order_release);
}

/* counter_take - count n less: those were none */
void
counter_take(struct counters *counters, enum counter which, uint64_t n)
{
	counter_add(counters, which, -n);
}

/* counter_set - for gauges */
void
counter_set(struct counters *counters, enum counter which, uint64_t n)
{
	atomic_store_explicit(&counters->page->value[which], n,
	    memory_order_relaxed);
}

/* counter_raise - for times of something that happened last */
void
counter_raise(struct counters *counters, enum counter which, uint64_t n)
{
	if (counters->buffer != NULL)
		buffer_raise(counters->buffer, which, n);
	else
		numbers_raise(&counters->page->value[which], n);
}

/* counter_get - as it is now */
uint64_t
counter_get(const struct counters *counters, enum counter which)
{
	if (counters->still != NULL)
		return counters->still[which];
	if (counters->buffer != NULL)
		return buffer_get(counters, which);
	return atomic_load_explicit(&counters->page->value[which],
	    memory_order_acquire);
}

/* ---- numbers ---- */

/* ask - for one that is not reserved: let the disk know, or go by the time */
static uint64_t
ask(struct counters *counters, int series, uint64_t id)
{
	if (!mapped_lost(counters->mapped) && !numbers_sound(counters->page))
		mapped_leave(counters->mapped);
	if (numbers_promise(counters, series, id) == 0)
		return id;
	return numbers_by_time(counters, series);
}

static uint64_t
next(struct counters *counters, int series)
{
	struct counters_series *numbers = &counters->page->series[series];
	uint64_t id = atomic_fetch_add(&numbers->last, 1) + 1;

	return id <= numbers->reserved ? id : ask(counters, series, id);
}

/* counters_next_mid - the next MID */
uint64_t
counters_next_mid(struct counters *counters)
{
	return counters->buffer != NULL ? buffer_next_mid(counters) :
	    next(counters, MID);
}

/* counters_next_dcid - the next DCID */
uint64_t
counters_next_dcid(struct counters *counters)
{
	return next(counters, DCID);
}

/* counters_last_mid - the newest MID handed out */
uint64_t
counters_last_mid(struct counters *counters)
{
	uint64_t by_time;

	pthread_mutex_lock(&counters->lock);
	by_time = counters->by_time[MID];
	pthread_mutex_unlock(&counters->lock);
	return by_time != 0 && mapped_lost(counters->mapped) ? by_time :
	    counters->page->series[MID].last;
}
