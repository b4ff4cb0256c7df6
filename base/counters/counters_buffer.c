/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting for programs that must not wait for a disk: what is counted is in
 * memory of its own, and a thread carries it to the file, at once when it has
 * nothing to do, else after a short pause, many at a time.  MIDs are fetched
 * ahead, two stores of them.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/counters/counters_private.h"
#include "base/libc.h"
#include "base/mem.h"
#include "base/thread.h"

enum {
	STORE = 250,		/* MIDs */
	PAUSE = 5,		/* ms between two times that it carries */
	ROUND = 1000		/* ms after which it looks in any case */
};

struct store {
	uint64_t	 next, end;	/* empty: next > end */
};
#define STORE_EMPTY { 1, 0 }

struct buffer {
	_Atomic uint64_t count[COUNTERS];
	_Atomic uint64_t most[COUNTERS];	/* of those that are raised */
	atomic_bool	 stirred;	/* the thread was told, or is awake */
	sem_t		 news;
	pthread_mutex_t	 carrying;
	pthread_mutex_t	 lock;		/* of the stores */
	struct store	 now, later;
	pthread_t	 thread;
	atomic_bool	 ending;
	atomic_bool	 ended;
	bool		 joined;	/* by whoever ends the program */
};

/* stir - there is something to carry */
static void
stir(struct buffer *buffer)
{
	if (!atomic_load_explicit(&buffer->stirred, memory_order_relaxed) &&
	    !atomic_exchange(&buffer->stirred, true))
		sem_post(&buffer->news);
}

/* buffer_add - n more */
void
buffer_add(struct buffer *buffer, enum counter which, uint64_t n)
{
	atomic_fetch_add(&buffer->count[which], n);
	stir(buffer);
}

/* buffer_raise - to at least n */
void
buffer_raise(struct buffer *buffer, enum counter which, uint64_t n)
{
	if (buffer->most[which] >= n)
		return;
	numbers_raise(&buffer->most[which], n);
	stir(buffer);
}

/* buffer_get - what is in the file, and not carried yet; nothing is on the way
 * meanwhile */
uint64_t
buffer_get(const struct counters *counters, enum counter which)
{
	struct buffer *buffer = counters->buffer;
	uint64_t n;

	pthread_mutex_lock(&buffer->carrying);
	n = counters->page->value[which] + buffer->count[which];
	pthread_mutex_unlock(&buffer->carrying);
	return n;
}

/* counters_carry - whoever comes back has no number on the way: also what
 * another took is there */
void
counters_carry(struct counters *counters)
{
	struct buffer *buffer = counters != NULL ? counters->buffer : NULL;

	if (buffer == NULL)
		return;
	pthread_mutex_lock(&buffer->carrying);
	for (int i = 0; i < COUNTERS; i++) {
		uint64_t n = buffer->count[i] == 0 ? 0 :
		    atomic_exchange(&buffer->count[i], 0);

		if (n != 0)
			atomic_fetch_add(&counters->page->value[i], n);
		if (buffer->most[i] > counters->page->value[i])
			numbers_raise(&counters->page->value[i],
			    buffer->most[i]);
	}
	pthread_mutex_unlock(&buffer->carrying);
}

/* ---- MIDs ---- */

/* left - in a store */
static uint64_t
left(const struct store *store)
{
	return store->next > store->end ? 0 : store->end - store->next + 1;
}

/* fetch - a store of MIDs that the disk knows of; it may be empty */
static struct store
fetch(struct counters *counters)
{
	struct counters_series *numbers = &counters->page->series[MID];
	struct store store = STORE_EMPTY;
	uint64_t last;

	if (mapped_lost(counters->mapped) || !numbers_sound(counters->page))
		return store;
	last = atomic_fetch_add(&numbers->last, STORE);
	if (numbers_promise(counters, MID, last + STORE) == 0)
		store = (struct store){ last + 1, last + STORE };
	return store;
}

/* stock - see that there is a second store; and a block on disk ahead of it */
static void
stock(struct counters *counters)
{
	struct buffer *buffer = counters->buffer;
	struct store store;
	bool needed;

	pthread_mutex_lock(&buffer->lock);
	needed = left(&buffer->later) == 0;
	pthread_mutex_unlock(&buffer->lock);
	if (!needed)
		return;
	store = fetch(counters);
	pthread_mutex_lock(&buffer->lock);
	buffer->later = store;
	pthread_mutex_unlock(&buffer->lock);
}

/* draw - from the store at hand; 0: both are empty */
static uint64_t
draw(struct buffer *buffer)
{
	uint64_t id = 0;

	if (left(&buffer->now) == 0) {
		buffer->now = buffer->later;
		buffer->later = (struct store)STORE_EMPTY;
	}
	if (left(&buffer->now) > 0)
		id = buffer->now.next++;
	return id;
}

/* buffer_next_mid - from the store, or by the time */
uint64_t
buffer_next_mid(struct counters *counters)
{
	struct buffer *buffer = counters->buffer;
	bool few;
	uint64_t id;

	pthread_mutex_lock(&buffer->lock);
	id = draw(buffer);
	few = left(&buffer->later) == 0;
	pthread_mutex_unlock(&buffer->lock);
	if (few)
		stir(buffer);
	return id != 0 ? id : numbers_by_time(counters, MID);
}

/* give_back_one - a store that was fetched last, as far as it is not used */
static void
give_back_one(struct counters *counters, struct store *store)
{
	uint64_t last = store->end;

	if (left(store) > 0 && !mapped_lost(counters->mapped))
		(void)atomic_compare_exchange_strong(
		    &counters->page->series[MID].last, &last, store->next - 1);
	*store = (struct store)STORE_EMPTY;
}

static void
give_back(struct counters *counters)
{
	struct buffer *buffer = counters->buffer;

	pthread_mutex_lock(&buffer->lock);
	give_back_one(counters, &buffer->later);
	give_back_one(counters, &buffer->now);
	pthread_mutex_unlock(&buffer->lock);
}

/* ---- the thread ---- */

static void
await(struct buffer *buffer)
{
	const struct timespec end = clock_timespec(clock_now() + ROUND);

	(void)AGAIN(sem_clockwait(&buffer->news, CLOCK_MONOTONIC, &end));
}

static void *
carry(void *arg)
{
	struct counters *counters = arg;
	struct buffer *buffer = counters->buffer;

	while (!buffer->ending) {
		await(buffer);
		buffer->stirred = false;
		counters_carry(counters);
		stock(counters);
		/* not while somebody carries to a file that is left */
		pthread_mutex_lock(&buffer->carrying);
		counters_tend(counters);
		pthread_mutex_unlock(&buffer->carrying);
		if (!buffer->ending)
			usleep(PAUSE * 1000);
	}
	counters_carry(counters);
	counters_rescue(counters);
	give_back(counters);
	buffer->ended = true;
	return NULL;
}

/* buffer_end - without its thread */
static void
buffer_end(struct counters *counters)
{
	struct buffer *buffer = counters->buffer;

	counters->buffer = NULL;
	sem_destroy(&buffer->news);
	pthread_mutex_destroy(&buffer->lock);
	pthread_mutex_destroy(&buffer->carrying);
	free(buffer);
}

/* counters_buffer - from now on */
int
counters_buffer(struct counters *counters, struct err *err)
{
	struct buffer *buffer = mem_new(sizeof(*buffer));

	sem_init(&buffer->news, 0, 0);
	thread_lock_init(&buffer->lock);
	pthread_mutex_init(&buffer->carrying, NULL);
	buffer->now = buffer->later = (struct store)STORE_EMPTY;
	counters->buffer = buffer;
	stock(counters);
	errno = thread_start(&buffer->thread, 0, carry, counters);
	if (errno == 0)
		return 0;
	err_sys(err, "counters: make a thread");
	give_back(counters);
	buffer_end(counters);
	return -1;
}

/* counters_settle - all that was counted, if the disk takes it */
void
counters_settle(struct counters *counters, int ms)
{
	struct buffer *buffer = counters->buffer;
	int64_t end = clock_now() + ms;

	if (buffer == NULL)
		return;
	buffer->ending = true;
	sem_post(&buffer->news);
	while (!buffer->ended && clock_now() < end)
		usleep(1000);
	if (buffer->ended && !buffer->joined) {
		pthread_join(buffer->thread, NULL);
		buffer->joined = true;
	}
}

/* buffer_free - unless its thread stands at the disk: then it stays */
void
buffer_free(struct counters *counters)
{
	struct buffer *buffer = counters->buffer;

	if (buffer == NULL)
		return;
	counters_settle(counters, ROUND);
	if (buffer->joined)
		buffer_end(counters);
}
