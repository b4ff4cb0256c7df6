/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the counters, damaged, locked, and on a disk that fails:
 * counting goes on, and no number comes twice.
 * WRAP: flock fsync mmap posix_fallocate pwrite renameat ftruncate
 * WRAP: pthread_create */
#include "tests/unit/base/counters/counters_rig.h"

#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/group_readable.h"
#include "tests/unit/failing.h"

FAILS(int, flock, (int fd, int how), (fd, how), -1)
FAILS(int, fsync, (int fd), (fd), -1)
FAILS(int, posix_fallocate, (int fd, off_t at, off_t n), (fd, at, n), errno)
FAILS(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), failing_with == 0 ? 100 : -1)
FAILS(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
FAILS(int, ftruncate, (int fd, off_t n), (fd, n), -1)
FAILS(int, pthread_create, (pthread_t *out, const pthread_attr_t *attr,
    void *(*f)(void *), void *arg), (out, attr, f, arg), errno)

void *__real_mmap(void *, size_t, int, int, int, off_t);
void *__wrap_mmap(void *, size_t, int, int, int, off_t);

void *
__wrap_mmap(void *at, size_t n, int protection, int flags, int fd, off_t from)
{
	return fd != -1 && fails("mmap") ? MAP_FAILED :
	    __real_mmap(at, n, protection, flags, fd, from);
}

static int
tear_down(void **state)
{
	failing = NULL;
	return place_tear_down(state);
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, place_set_up, \
    tear_down)

/* goes_on - by a new file: with those words, so many delivered, and no number
 * from before; the old one is set aside */
static void
goes_on(const struct place *place, const char *words, uint64_t delivered)
{
	int64_t before = clock_wall();
	struct counters *counters = counters_open(place->fd, 500, false);
	struct err err;

	place_told(counters, words);
	assert_true(is_new(counters_next_mid(counters), before));
	assert_true(is_new(counters_next_dcid(counters), before));
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), delivered);
	assert_true(place_has(place, "counters.damaged"));
	assert_false(place_has(place, "counters.new"));
	counters_close(counters);
	assert_int_equal(counters_peek(place->fd, &counters, &err), 0);
	counters_close(counters);
	counters = place_open(place, 0);	/* and now it is good */
	counters_close(counters);
}

/* What cannot be told from damage: of another size, or another magic. */
static void
test_damaged(void **state)
{
	const struct place *place = *state;
	union counters_whole page, wrong;
	struct counters *reader;
	struct err err;

	used_place(place, &page);
	for (size_t n = 0; n < SIZE; n += 1365) {
		place_write(place, &page, n);
		assert_int_equal(counters_peek(place->fd, &reader, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		goes_on(place, "bytes): set aside as counters.damaged", 0);
	}
	memset(&wrong, 0, SIZE);
	place_write(place, &wrong, SIZE);
	goes_on(place, "set aside as counters.damaged", 0);
	for (size_t i = 0; i < sizeof(page.page.magic); i++) {
		wrong = page;
		wrong.page.magic[i] ^= 1;
		place_write(place, &wrong, SIZE);
		goes_on(place, "or of another version: set aside", 0);
	}
}

/* Numbers out of their bounds, or without their sum: those begin again, what
 * was counted is kept. */
static void
test_bounds(void **state)
{
	const struct place *place = *state;
	union counters_whole page, wrong;

	used_place(place, &page);
	for (int series = MID; series <= DCID; series++)
		for (int field = 0; field < 4; field++) {
			struct counters_series *numbers = &wrong.page.series[series];
			_Atomic uint64_t *fields[] = { &numbers->last,
			    &numbers->reserved, &numbers->promised,
			    &numbers->promised };

			wrong = page;
			*fields[field] |= field == 3 ? UINT64_C(1) << 12 :
			    UINT64_C(1) << 63;
			place_write(place, &wrong, SIZE);
			goes_on(place, "set aside as counters.damaged", 7);
		}
	wrong = page;
	wrong.page.series[MID].last = 1;
	wrong.page.series[MID].promised += UINT64_C(8) * BLOCK;
	place_write(place, &wrong, SIZE);
	goes_on(place, "set aside as counters.damaged", 7);
}

/* A file of a program that knew no sums, and made smaller promises. */
static void
test_older(void **state)
{
	const struct place *place = *state;
	struct counters *counters;
	union counters_whole page;

	used_place(place, &page);
	memset(page.page.seals, 0, sizeof(page.page.seals));
	page.page.series[MID].last = 4321;
	page.page.series[MID].promised = page.page.series[MID].reserved = 14001;
	page.page.series[DCID].last = page.page.series[DCID].promised =
	    page.page.series[DCID].reserved = 77;
	place_write(place, &page, SIZE);
	counters = place_open(place, 0);
	assert_int_equal(counters_next_mid(counters), 4322);
	assert_int_equal(counters_next_dcid(counters), 78);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 7);
	while (counters_next_mid(counters) < 14100)
		;
	counters_close(counters);
	counters = place_open(place, 0);
	assert_int_equal(counters_next_mid(counters), 14101);
	counters_close(counters);
}

/* What is no file that can be opened, or none at all any more. */
static void
test_not_a_file(void **state)
{
	const struct place *place = *state;
	int64_t before = clock_wall();
	struct counters *counters;

	assert_int_equal(symlinkat("elsewhere", place->fd, "counters"), 0);
	goes_on(place, "Too many levels of symbolic links: set aside", 0);
	unlinkat(place->fd, "counters", 0);
	assert_int_equal(mkfifoat(place->fd, "counters", 0600), 0);
	goes_on(place, "no regular file: set aside", 0);
	unlinkat(place->fd, "counters", 0);
	unlinkat(place->fd, "counters.damaged", 0);
	assert_int_equal(mkdirat(place->fd, "counters", 0700), 0);
	goes_on(place, "set aside", 0);
	unlinkat(place->fd, "counters", 0);
	counters = counters_open(place->fd, 0, true);
	place_told(counters, "No such file or directory: made again");
	assert_true(is_new(counters_next_mid(counters), before));
	counters_close(counters);
}

/* Somebody holds its lock, and does not go on. */
static void
test_locked(void **state)
{
	const struct place *place = *state;
	union counters_whole page;
	int64_t before = clock_wall(), began = clock_now();
	struct counters *counters;
	int fd;

	used_place(place, &page);
	fd = openat(place->fd, "counters", O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	counters = counters_open(place->fd, 0, false);
	assert_in_range(clock_now() - began, 0, 5000);
	place_told(counters, "counters is locked: counting goes on in memory");
	assert_true(is_by_time(counters_next_mid(counters), before));
	counter_add(counters, COUNT_DELIVERED, 1);
	close(fd);
	counters_tend(counters);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 8);
	assert_int_equal(counters_next_mid(counters), 2);
	counters_close(counters);
}

/* Each call that makes a file fails: memory counts, and the file is made when
 * it can be. */
static void
test_cannot_be_made(void **state)
{
	static const struct { const char *call; int error; } rows[] = {
		{ "posix_fallocate", ENOSPC }, { "pwrite", EIO },
		{ "pwrite", 0 }, { "fsync", EIO }, { "renameat", EROFS },
		{ "ftruncate", ENOSPC }, { "flock", ENOLCK },
		{ "mmap", ENOMEM },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct counters *counters;

		unlinkat(place->fd, "counters", 0);
		failing = rows[i].call;
		failing_with = rows[i].error;
		counters = counters_open(place->fd, 5, false);
		place_told(counters, strerror(rows[i].error != 0 ?
		    rows[i].error : ENOSPC));
		counter_add(counters, COUNT_ENQUEUED, 3);
		assert_int_equal(counter_get(counters, COUNT_ENQUEUED), 3);
		assert_true(is_by_time(counters_next_mid(counters), 0));
		failing = NULL;
		counters_tend(counters);
		assert_int_equal(counter_get(counters, COUNT_ENQUEUED), 3);
		counters_close(counters);
		counters = place_open(place, 0);
		assert_int_equal(counter_get(counters, COUNT_ENQUEUED), 3);
		counters_close(counters);
	}
}

/* A damaged one that cannot be set aside stays, and nobody fails by it. */
static void
test_cannot_be_set_aside(void **state)
{
	const struct place *place = *state;
	struct counters *counters;
	union counters_whole page;

	used_place(place, &page);
	place_write(place, &page, 10);
	failing = "renameat";
	failing_with = EACCES;
	counters = counters_open(place->fd, 0, false);
	place_told(counters, "Permission denied: counting goes on in memory");
	assert_true(is_by_time(counters_next_mid(counters), 0));
	failing = NULL;
	counters_tend(counters);
	place_told(counters, "damaged (10 bytes): set aside");
	counters_close(counters);
}

static void
test_boot_cannot_be_told(void **state)
{
	const struct place *place = *state;
	struct counters *counters;
	union counters_whole page;

	used_place(place, &page);
	page.page.boot_id[0] ^= 1;
	place_write(place, &page, SIZE);
	failing = "pwrite";
	failing_with = EROFS;
	counters = counters_open(place->fd, 0, false);
	place_told(counters, "Read-only file system: counting goes on in");
	failing = NULL;
	counters_tend(counters);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 7);
	assert_in_range(counters_next_mid(counters), 2, 3 * BLOCK);
	counters_close(counters);
}

/* No thread for it: counted all the same. */
static void
test_no_thread(void **state)
{
	struct counters *counters = place_open(*state, 0);
	struct err err;

	failing = "pthread_create";
	failing_with = EAGAIN;
	assert_int_equal(counters_buffer(counters, &err), -1);
	failing = NULL;
	assert_int_equal(counters_next_mid(counters), 1);
	counter_add(counters, COUNT_DELIVERED, 1);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 1);
	counters_close(counters);
}

/* A damaged one before a clock that was set back: not below the MIDs of the spool. */
static void
test_clock_set_back(void **state)
{
	const uint64_t floor = COUNTERS_FLOOR_MOST - 1;
	const struct place *place = *state;
	struct counters *counters;
	union counters_whole page;

	used_place(place, &page);
	place_write(place, &page, 10);
	counters = counters_open(place->fd, floor, false);
	place_told(counters, "set aside as counters.damaged; MIDs go on from 1125899906842623");
	assert_int_equal(counters_next_mid(counters), floor + 1);
	counters_close(counters);
}

/* An empty file is a new one where its directory has writers, and nobody counted. */
static void
test_set_up_empty(void **state)
{
	static const struct { mode_t writers; bool used, full; const char *words; } rows[] = {
		{ 0770, false, false, NULL },
		{ 0700, false, false, "damaged (0 bytes): set aside" },
		{ 0, false, false, "damaged (0 bytes): set aside" },
		{ 0770, true, false, "damaged (0 bytes): set aside" },
		{ 0770, false, true, "damaged (10 bytes): set aside" },
	};
	const struct place *place = *state;
	union counters_whole page = { .bytes = "TDC" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct counters *counters;
		struct err news;

		(void)unlinkat(place->fd, "counters", 0);
		(void)unlinkat(place->fd, "counters.damaged", 0);
		(void)unlinkat(place->fd, GROUP_WRITERS, AT_REMOVEDIR);
		if (rows[i].writers != 0) {
			assert_int_equal(mkdirat(place->fd, GROUP_WRITERS, 0700), 0);
			assert_int_equal(fchmodat(place->fd, GROUP_WRITERS,
			    rows[i].writers, 0), 0);
		}
		place_write(place, &page, rows[i].full ? 10 : 0);
		counters = counters_open(place->fd, 500, rows[i].used);
		if (rows[i].words != NULL)
			place_told(counters, rows[i].words);
		else if (counters_news(counters, &news))
			fail_msg("%s", news.text);
		assert_true((counters_next_mid(counters) == 501) ==
		    (rows[i].words == NULL));
		assert_true(place_has(place, "counters.damaged") ==
		    (rows[i].words != NULL));
		counters_close(counters);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(test_damaged),
		FILE_TEST(test_bounds),
		FILE_TEST(test_older),
		FILE_TEST(test_not_a_file),
		FILE_TEST(test_locked),
		FILE_TEST(test_cannot_be_made),
		FILE_TEST(test_cannot_be_set_aside),
		FILE_TEST(test_boot_cannot_be_told),
		FILE_TEST(test_no_thread),
		FILE_TEST(test_clock_set_back),
		FILE_TEST(test_set_up_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
