/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that never repeat: across threads, kill -9, reboots.
 * WRAP: msync */
#include "tests/unit/base/counters/counters_rig.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static _Atomic int msync_fails;
static _Atomic unsigned msyncs;

int __real_msync(void *, size_t, int);
int __wrap_msync(void *, size_t, int);

int
__wrap_msync(void *at, size_t n, int flags)
{
	msyncs++;
	if (msync_fails) {
		errno = EIO;
		return -1;
	}
	return __real_msync(at, n, flags);
}

static void
test_counting(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 41), *reader;
	struct err err;

	assert_int_equal(counters_next_mid(counters), 42);
	assert_int_equal(counters_next_dcid(counters), 1);
	counter_add(counters, COUNT_DELIVERED, 7);
	assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 7);
	counter_add(counters, COUNT_DELIVERED, 2);
	counter_take(counters, COUNT_DELIVERED, 1);
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 8);
	assert_int_equal(counters_last_mid(reader), 42);
	counters_close(reader);
	counters_close(counters);
	/* Within one boot nothing is skipped, unless the spool has more. */
	counters = place_open(place, 0);
	assert_int_equal(counters_next_mid(counters), 43);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 8);
	counters_close(counters);
	counters = place_open(place, 1000);
	assert_int_equal(counters_next_mid(counters), 1001);
	counters_close(counters);
	/* But not for a number that nobody can have given. */
	counters = place_open(place, COUNTERS_FLOOR_MOST);
	assert_int_equal(counters_next_mid(counters), 1002);
	counters_close(counters);
}

enum { THREADS = 8, EACH = 5000 };

struct taker {
	struct counters *counters;
	uint64_t	 mids[EACH];
};

static void *
take(void *arg)
{
	struct taker *taker = arg;

	for (int i = 0; i < EACH; i++)
		taker->mids[i] = counters_next_mid(taker->counters);
	return taker;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* take_all - by two users of one file, each with several threads; new */
static uint64_t *
take_all(struct counters *users[2])
{
	struct taker *takers = mem_new(THREADS * sizeof(*takers));
	uint64_t *all = mem_new(THREADS * EACH * sizeof(*all));
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++) {
		takers[i].counters = users[i % 2];
		pthread_create(&threads[i], NULL, take, &takers[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		memcpy(all + i * EACH, takers[i].mids, sizeof(takers[i].mids));
	}
	qsort(all, THREADS * EACH, sizeof(*all), by_value);
	free(takers);
	return all;
}

static void
test_threads(void **state)
{
	struct counters *users[2] = { place_open(*state, 0),
	    place_open(*state, 0) };
	uint64_t *all = take_all(users);

	for (int i = 0; i < THREADS * EACH; i++)
		assert_int_equal(all[i], i + 1);
	counters_close(users[0]);
	counters_close(users[1]);
	free(all);
}

/* With stores of them no number comes twice either. */
static void
test_threads_with_buffer(void **state)
{
	struct counters *users[2] = { place_open(*state, 0),
	    place_open(*state, 0) };
	struct err err;
	uint64_t *all;

	assert_int_equal(counters_buffer(users[0], &err), 0);
	assert_int_equal(counters_buffer(users[1], &err), 0);
	all = take_all(users);
	assert_int_equal(all[0], 1);
	for (int i = 1; i < THREADS * EACH; i++)
		assert_true(all[i] > all[i - 1]);
	counters_close(users[0]);
	counters_close(users[1]);
	free(all);
}

/* A reboot: the file as the disk knows it, under another boot id. */
static void
test_reboot(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0);
	union counters_whole page;
	uint64_t next = 0;

	assert_int_equal(counters_next_mid(counters), 1);
	/* What a power loss leaves: as of the last msync.  That is now. */
	place_read(place, &page);
	for (int i = 0; i < 500; i++)
		next = counters_next_mid(counters);
	assert_int_equal(next, 501);
	counters_close(counters);
	memset(page.page.boot_id, 'x', 36);
	place_write(place, &page, sizeof(page));
	counters = place_open(place, 0);
	assert_in_range(counters_next_mid(counters), 502, 3 * BLOCK);
	counters_close(counters);
}

static void
test_killed(void **state)
{
	const struct place *place = *state;
	struct counters *counters;
	int status, fds[2];
	uint64_t last = 0, mid;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		counters = place_open(place, 0);
		for (;;) {
			mid = counters_next_mid(counters);
			if (write(fds[1], &mid, sizeof(mid)) != sizeof(mid))
				_exit(1);
		}
	}
	close(fds[1]);
	for (int i = 0; i < 300; i++)
		assert_int_equal(read(fds[0], &last, sizeof(last)),
		    sizeof(last));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	while (read(fds[0], &mid, sizeof(mid)) == sizeof(mid))
		last = mid;
	close(fds[0]);
	counters = place_open(place, 0);
	mid = counters_next_mid(counters);
	/* The one taken but not told may be skipped; none comes twice. */
	assert_in_range(mid, last + 1, last + 2);
	counters_close(counters);
}

/* A block that the disk does not know of hands out no number of its own; those
 * that go by the time need none. */
static void
test_disk_fails(void **state)
{
	struct counters *counters = place_open(*state, 0);
	int64_t before = clock_wall();
	uint64_t mid, other;

	msync_fails = 1;
	mid = counters_next_mid(counters);
	other = counters_next_mid(counters);
	assert_true(is_by_time(mid, before));
	assert_true(other > mid);
	msync_fails = 0;
	assert_int_equal(counters_next_mid(counters), 3);
	msyncs = 0;
	for (int i = 0; i < 9000; i++)
		counters_next_mid(counters);
	assert_int_equal(msyncs, 0);	/* not one a number */
	counters_close(counters);
}

/* ---- counting in memory ---- */

/* carried - a reader sees so many, in the end */
static bool
carried(const struct counters *reader, enum counter which, uint64_t n)
{
	for (int i = 0; i < 5000; i++) {
		if (counter_get(reader, which) == n)
			return true;
		usleep(2000);
	}
	return false;
}

static void
test_buffer(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0), *reader;
	struct err err;

	assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
	assert_int_equal(counters_buffer(counters, &err), 0);
	counter_add(counters, COUNT_ENQUEUED, 3);
	counter_take(counters, COUNT_ENQUEUED, 1);
	assert_int_equal(counter_get(counters, COUNT_ENQUEUED), 2);
	assert_true(carried(reader, COUNT_ENQUEUED, 2));
	counter_add(counters, COUNT_ENQUEUED, 1);
	counters_carry(counters);
	assert_int_equal(counter_get(reader, COUNT_ENQUEUED), 3);
	for (uint64_t i = 1; i <= 600; i++) {
		assert_int_equal(counters_next_mid(counters), i);
		if (i % 100 == 0)
			usleep(20000);
	}
	/* What is left of the store is given back. */
	counter_add(counters, COUNT_MESSAGES, 5);
	counters_settle(counters, 5000);
	assert_int_equal(counter_get(reader, COUNT_MESSAGES), 5);
	assert_int_equal(counters_last_mid(reader), 600);
	counters_close(counters);
	counters = place_open(place, 0);
	assert_int_equal(counters_next_mid(counters), 601);
	counters_close(counters);
	counters_close(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_counting),
		PLACE_TEST(test_threads),
		PLACE_TEST(test_threads_with_buffer),
		PLACE_TEST(test_reboot),
		PLACE_TEST(test_killed),
		PLACE_TEST(test_disk_fails),
		PLACE_TEST(test_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
