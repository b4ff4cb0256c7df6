/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that never repeat: across threads, kill -9, reboots, a full disk.
 * WRAP: msync posix_fallocate */
#include "base/counters.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/unit/scratch.h"

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

static _Atomic int disk_full;

int __real_posix_fallocate(int, off_t, off_t);
int __wrap_posix_fallocate(int, off_t, off_t);

int
__wrap_posix_fallocate(int fd, off_t at, off_t n)
{
	return disk_full ? ENOSPC : __real_posix_fallocate(fd, at, n);
}

struct place {
	char	*dir;
	int	 fd;
};

static int
setup(void **state)
{
	struct place *place = mem_new(sizeof(*place));

	place->dir = scratch_new();
	place->fd = open(place->dir, O_RDONLY | O_DIRECTORY);
	msync_fails = 0;
	*state = place;
	return place->fd == -1 ? -1 : 0;
}

static int
teardown(void **state)
{
	struct place *place = *state;

	close(place->fd);
	scratch_free(place->dir);
	free(place);
	return 0;
}

static struct counters *
must_open(const struct place *place, uint64_t floor)
{
	struct counters *counters;
	struct err err;

	if (counters_open(place->fd, floor, &counters, &err) == -1)
		fail_msg("%s", err.text);
	return counters;
}

static uint64_t
must_mid(struct counters *counters)
{
	struct err err;
	uint64_t mid;

	assert_int_equal(counters_next_mid(counters, &mid, &err), 0);
	return mid;
}

static void
test_counting(void **state)
{
	struct counters *counters = must_open(*state, 41), *reader;
	struct place *place = *state;
	struct err err;
	uint64_t dcid;

	assert_int_equal(must_mid(counters), 42);
	assert_int_equal(counters_next_dcid(counters, &dcid, &err), 0);
	assert_int_equal(dcid, 1);
	counter_add(counters, COUNT_DELIVERED, 7);
	assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 7);
	counter_add(counters, COUNT_DELIVERED, 1);
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 8);
	assert_int_equal(counters_last_mid(reader), 42);
	counters_close(reader);
	counters_close(counters);
	/* Within one boot nothing is skipped, and the floor is for new files. */
	counters = must_open(place, 1000);
	assert_int_equal(must_mid(counters), 43);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 8);
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
	struct err err;

	for (int i = 0; i < EACH; i++)
		if (counters_next_mid(taker->counters, &taker->mids[i],
		    &err) == -1)
			return NULL;
	return taker;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
test_threads(void **state)
{
	struct taker *takers = mem_new(THREADS * sizeof(*takers));
	uint64_t *all = mem_new(THREADS * EACH * sizeof(*all));
	pthread_t threads[THREADS];

	/* Two mappings of the file, as two processes would have. */
	for (int i = 0; i < THREADS; i++) {
		takers[i].counters = i < 2 ? must_open(*state, 0) :
		    takers[i % 2].counters;
		pthread_create(&threads[i], NULL, take, &takers[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		void *result;

		pthread_join(threads[i], &result);
		assert_non_null(result);
		memcpy(all + i * EACH, takers[i].mids, sizeof(takers[i].mids));
	}
	qsort(all, THREADS * EACH, sizeof(*all), by_value);
	for (int i = 0; i < THREADS * EACH; i++)
		assert_int_equal(all[i], i + 1);
	counters_close(takers[0].counters);
	counters_close(takers[1].counters);
	free(all);
	free(takers);
}

/* A reboot: the file as the disk knows it, under another boot id. */
static void
test_reboot(void **state)
{
	const struct place *place = *state;
	struct counters *counters = must_open(place, 0);
	char page[4096];
	int fd = openat(place->fd, "counters", O_RDWR);
	uint64_t first = must_mid(counters), next;

	assert_int_equal(first, 1);
	/* What a power loss leaves: as of the last msync.  That is now. */
	assert_int_equal(pread(fd, page, sizeof(page), 0), sizeof(page));
	for (int i = 0; i < 500; i++)
		next = must_mid(counters);
	assert_int_equal(next, 501);
	counters_close(counters);
	memset(page + 8, 'x', 36);
	assert_int_equal(pwrite(fd, page, sizeof(page), 0), sizeof(page));
	close(fd);
	counters = must_open(place, 0);
	assert_true(must_mid(counters) > 501);
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
		counters = must_open(place, 0);
		for (;;) {
			mid = must_mid(counters);
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
	counters = must_open(place, 0);
	mid = must_mid(counters);
	/* The one taken but not told may be skipped; none comes twice. */
	assert_in_range(mid, last + 1, last + 2);
	counters_close(counters);
}

/* A block that cannot be reserved on disk hands out no number. */
static void
test_disk_fails(void **state)
{
	struct counters *counters = must_open(*state, 0);
	struct err err;
	uint64_t mid;

	msync_fails = 1;
	assert_int_equal(counters_next_mid(counters, &mid, &err), -1);
	assert_non_null(strstr(err.text, "Input/output error"));
	msync_fails = 0;
	assert_int_equal(counters_next_mid(counters, &mid, &err), 0);
	msyncs = 0;
	for (int i = 0; i < 9000; i++)
		must_mid(counters);
	assert_int_equal(msyncs, 0);	/* not one a number */
	counters_close(counters);
}

/* A new file on a full disk is an error, and nothing is left of it. */
static void
test_disk_full(void **state)
{
	const struct place *place = *state;
	struct counters *counters = NULL;
	struct err err;

	disk_full = 1;
	assert_int_equal(counters_open(place->fd, 0, &counters, &err), -1);
	assert_non_null(strstr(err.text, "No space left on device"));
	assert_null(counters);
	disk_full = 0;
	counters = must_open(place, 5);
	assert_int_equal(must_mid(counters), 6);
	counters_close(counters);
}

static void
test_damaged(void **state)
{
	const struct place *place = *state;
	struct counters *counters = NULL;
	struct err err;

	/* Empty is not new: numbers would begin again. */
	free(scratch_file(place->dir, "counters", ""));
	assert_int_equal(counters_open(place->fd, 0, &counters, &err), -1);
	assert_non_null(strstr(err.text, "damaged (0 bytes)"));
	free(scratch_file(place->dir, "counters", "rubbish"));
	assert_int_equal(counters_open(place->fd, 0, &counters, &err), -1);
	assert_non_null(strstr(err.text, "damaged"));
	assert_int_equal(counters_peek(place->fd, &counters, &err), -1);
	assert_null(counters);
}

static void
test_missing(void **state)
{
	const struct place *place = *state;
	struct counters *counters = NULL;
	struct err err;

	assert_int_equal(counters_peek(place->fd, &counters, &err), -1);
	assert_string_equal(err.text, "open counters: No such file or directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_counting, setup, teardown),
		cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reboot, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disk_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disk_full, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
