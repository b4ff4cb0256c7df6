/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of the counters while the system refuses something: nothing that was
 * counted is lost, no number comes twice, and a good file is not set aside
 *
 * WRAP: open openat flock fstat pread pwrite fsync renameat posix_fallocate msync dup3
 */
#include "tests/unit/base/counters/counters_rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tests/unit/nth_call.h"
#include "tests/unit/variadic.h"

NTH_OPEN
NTH_CALL(int, flock, (int fd, int how), (fd, how), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(ssize_t, pread, (int fd, void *out, size_t n, off_t at), (fd, out, n, at), -1)
NTH_CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(int, fsync, (int fd), (fd), -1)
NTH_CALL(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
NTH_CALL(int, posix_fallocate, (int fd, off_t at, off_t n), (fd, at, n), errno)
NTH_CALL(int, dup3, (int fd, int to, int flags), (fd, to, flags), -1)

static int no_file;			/* why none can be opened; 0: it can */

static bool
no_open(int flags)
{
	if (no_file == 0 || (flags & O_CREAT) != 0)
		return nth_now("openat");
	errno = no_file;
	return true;
}

WRAP_OPENAT(no_open(flags))

/* ---- what happens while a promise is written ---- */

static int cut = -1;			/* this file is, to nothing; -1: none */
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool at_disk;

int __real_msync(void *, size_t, int);
int __wrap_msync(void *, size_t, int);
int
__wrap_msync(void *at, size_t n, int flags)
{
	int result = __real_msync(at, n, flags);

	at_disk = true;
	pthread_mutex_lock(&disk);
	pthread_mutex_unlock(&disk);
	if (cut != -1 && ftruncate(cut, 0) == 0)
		(void)*(volatile char *)at;
	return result;
}

static int
tear_down(void **state)
{
	nth_begin(1, 0);
	cut = -1;
	no_file = 0;
	return place_tear_down(state);
}

#define CALLS_TEST(f) cmocka_unit_test_setup_teardown(f, place_set_up, tear_down)

/* clear - a place that nobody has used */
static void
clear(const struct place *place)
{
	(void)unlinkat(place->fd, "counters", 0);
	(void)unlinkat(place->fd, "counters.new", 0);
	(void)unlinkat(place->fd, "counters.damaged", 0);
}

/* opened - with a call that fails; then one more is counted, and two MIDs are given */
static struct counters *
opened(const struct place *place, uint64_t floor, uint64_t out_mids[2])
{
	struct counters *counters;

	nth_arm();
	counters = counters_open(place->fd, floor, false);
	nth_disarm();
	counter_add(counters, COUNT_DELIVERED, 1);
	out_mids[0] = counters_next_mid(counters);
	counters_tend(counters);
	out_mids[1] = counters_next_mid(counters);
	return counters;
}

/* assert_goes_on - so many delivered, and the next MID is none of those */
static void
assert_goes_on(const struct place *place, uint64_t delivered, const uint64_t mids[2])
{
	struct counters *counters = place_open(place, 0);
	uint64_t mid = counters_next_mid(counters);

	assert_int_equal(counter_get(counters, COUNT_DELIVERED), delivered);
	assert_true(mid != mids[0] && mid != mids[1] && mid > 1);
	assert_true(mids[0] != mids[1]);
	counters_close(counters);
}

/* A file that is good stays, with all that is in it. */
static void
test_each_call(void **state)
{
	static const int errors[] = { EMFILE, EIO };
	const struct place *place = *state;

	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = 1; nth_begin(at, errors[i]); at++) {
			union counters_whole page;
			struct counters *counters;
			uint64_t mids[2];

			clear(place);
			used_place(place, &page);
			counters = opened(place, 0, mids);
			assert_false(place_has(place, "counters.damaged"));
			assert_true(mids[0] > 1 && mids[1] > 1);
			counters_close(counters);
			assert_goes_on(place, 8, mids);
		}
}

/* It cannot be opened: what may be otherwise in a moment is waited for. */
static void
test_cannot_be_opened(void **state)
{
	static const struct { int error; bool aside; } rows[] = { { EMFILE, false },
		{ ENFILE, false }, { ENOMEM, false }, { EIO, true } };
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		union counters_whole page;
		struct counters *counters;
		uint64_t mids[2];

		clear(place);
		used_place(place, &page);
		no_file = rows[i].error;
		counters = counters_open(place->fd, 0, false);
		no_file = 0;
		place_told(counters, strerror(rows[i].error));
		assert_true(place_has(place, "counters.damaged") == rows[i].aside);
		mids[0] = counters_next_mid(counters);
		counter_add(counters, COUNT_DELIVERED, 1);
		counters_tend(counters);
		mids[1] = counters_next_mid(counters);
		counters_close(counters);
		assert_goes_on(place, rows[i].aside ? 1 : 8, mids);
	}
}

/* Where there is none it is made, later if not now. */
static void
test_each_call_of_new(void **state)
{
	static const int errors[] = { EMFILE, EIO };
	const struct place *place = *state;

	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = 1; nth_begin(at, errors[i]); at++) {
			struct counters *counters;
			uint64_t mids[2];

			clear(place);
			counters = opened(place, 500, mids);
			assert_false(place_has(place, "counters.new"));
			assert_true(mids[0] > 500 && mids[1] > 500);
			counters_close(counters);
			assert_goes_on(place, 1, mids);
		}
}

/* It was not there a moment ago: somebody was faster, and that one is used. */
static void
test_somebody_faster(void **state)
{
	const struct place *place = *state;
	struct counters *counters;
	union counters_whole page;
	struct err news;

	used_place(place, &page);
	assert_true(nth_begin(1, ENOENT));
	nth_arm();
	counters = counters_open(place->fd, 500, false);
	nth_disarm();
	assert_string_equal(nth->name, "openat");
	assert_false(counters_news(counters, &news));
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 7);
	assert_false(place_has(place, "counters.damaged"));
	counters_close(counters);
}

/* A signal while the lock is awaited is no reason to give up. */
static void
test_interrupted(void **state)
{
	const struct place *place = *state;
	union counters_whole page;
	unsigned locks = 0;

	for (unsigned at = 1; nth_begin(at, EINTR); at++) {
		struct counters *counters;
		struct err news;
		bool told;

		clear(place);
		used_place(place, &page);
		nth_arm();
		counters = counters_open(place->fd, 0, false);
		nth_disarm();
		told = counters_news(counters, &news);
		if (strcmp(nth->name, "flock") == 0) {
			locks++;
			if (told)
				fail_msg("%s", news.text);
			assert_int_equal(counters_next_mid(counters), 2);
		}
		counters_close(counters);
	}
	assert_in_range(locks, 1, 2);
}

/* Nobody can tell whether there was a reboot: then there may have been one. */
static void
test_no_boot_id(void **state)
{
	const struct place *place = *state;
	struct counters *counters;
	union counters_whole page;
	uint64_t mid;

	used_place(place, &page);
	for (unsigned at = 1; nth_begin(at, EMFILE) && strcmp(nth->name, "open") != 0;
	    at++) {
		nth_arm();
		counters = counters_open(place->fd, 0, false);
		nth_disarm();
		mid = counters_next_mid(counters);
		counters_close(counters);
		if (strcmp(nth->name, "open") == 0)
			break;
	}
	assert_string_equal(nth->name, "open");
	assert_in_range(mid, page.page.series[MID].promised + 1, 4 * BLOCK);
	counters = place_open(place, 0);
	assert_true(counters_next_mid(counters) > mid);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 7);
	counters_close(counters);
}

/* Cut while a promise is written: memory has none, so the number is another. */
static void
test_cut_in_promise(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0);
	int64_t before = clock_wall();
	uint64_t mid;

	cut = openat(place->fd, "counters", O_WRONLY | O_CLOEXEC);
	mid = counters_next_mid(counters);
	close(cut);
	cut = -1;
	assert_true(mapped_lost(counters->mapped));
	assert_true(is_by_time(mid, before));
	assert_true(counters_next_mid(counters) > mid);
	counters_close(counters);
}

/* A directory that cannot be taken leaves the file that is there. */
static void
test_cannot_move(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0), *reader;
	struct err err;

	assert_true(nth_begin(1, EMFILE));
	nth_arm();
	counters_move(counters, place->fd);
	nth_disarm();
	assert_string_equal(nth->name, "dup3");
	counter_add(counters, COUNT_DELIVERED, 2);
	counters_tend(counters);
	assert_false(counters_news(counters, &err));
	assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
	counters_tend(reader);			/* which makes nothing */
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 2);
	counters_close(reader);
	counters_close(counters);
}

/* Its thread stands at the disk: whoever ends does not, and what was counted is kept
 * once the disk answers. */
static void
test_disk_stands(void **state)
{
	static struct counters *counters;	/* never freed */
	const struct place *place = *state;
	struct counters *reader;
	struct err err;
	uint64_t delivered = 0;

	counters = place_open(place, 0);
	counters_settle(counters, 60000);	/* there is no thread to wait for */
	assert_int_equal(counters_buffer(counters, &err), 0);
	pthread_mutex_lock(&disk);
	at_disk = false;
	while (!at_disk)
		assert_int_not_equal(counters_next_mid(counters), 0);
	counter_add(counters, COUNT_DELIVERED, 3);
	assert_null(counters_close(counters));
	pthread_mutex_unlock(&disk);
	for (int i = 0; i < 1000 && delivered != 3; i++) {
		usleep(10000);
		assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
		delivered = counter_get(reader, COUNT_DELIVERED);
		counters_close(reader);
	}
	assert_int_equal(delivered, 3);
	counters_settle(counters, 60000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CALLS_TEST(test_each_call),
		CALLS_TEST(test_cannot_be_opened),
		CALLS_TEST(test_each_call_of_new),
		CALLS_TEST(test_somebody_faster),
		CALLS_TEST(test_interrupted),
		CALLS_TEST(test_no_boot_id),
		CALLS_TEST(test_cut_in_promise),
		CALLS_TEST(test_cannot_move),
		CALLS_TEST(test_disk_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
