/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the counters, lost while it is mapped: no end by a signal, and
 * what was counted is there. */
#include "tests/unit/base/counters/counters_rig.h"

#include <pthread.h>
#include <sys/stat.h>

/* tend_until_there - a file again; it may take a second */
static void
tend_until_there(const struct place *place, struct counters *counters)
{
	for (int i = 0; i < 1000; i++) {
		struct stat st;

		counters_tend(counters);
		if (!mapped_lost(counters->mapped) && fstatat(place->fd,
		    "counters", &st, 0) == 0 && st.st_size == SIZE)
			return;
		usleep(10000);
	}
	fail_msg("no file");
}

static void
cut(const struct place *place)
{
	own(fd) int fd = openat(place->fd, "counters", O_WRONLY | O_CLOEXEC);

	assert_int_equal(ftruncate(fd, 0), 0);
}

static void
removed(const struct place *place)
{
	assert_int_equal(unlinkat(place->fd, "counters", 0), 0);
}

static void
zeroed(const struct place *place)
{
	static const union counters_whole zero;

	place_write(place, &zero, SIZE);
}

/* It happens while counters are in use by two, each with its own. */
static void
lose(const struct place *place, void (*how)(const struct place *))
{
	struct counters *a = place_open(place, 0), *b = place_open(place, 0);
	int64_t before;
	uint64_t mid;

	a->attached_at = b->attached_at = clock_now() - 60000;
	counter_add(a, COUNT_DELIVERED, 5);
	assert_int_equal(counters_next_mid(a), 1);
	a->next_keep = b->next_keep = 0;
	counters_tend(a);
	counters_tend(b);
	before = clock_wall();
	how(place);
	counter_add(a, COUNT_DELIVERED, 1);	/* no end by a signal */
	counter_add(b, COUNT_SOFT_BOUNCED, 2);
	a->next_keep = b->next_keep = 0;
	tend_until_there(place, a);
	tend_until_there(place, b);
	place_told(a, "MIDs go on from");
	mid = counters_next_mid(a);
	assert_true(is_new(mid, before));
	assert_int_equal(counters_next_mid(b), mid + 1);
	assert_int_equal(counter_get(a, COUNT_SOFT_BOUNCED), 2);
	assert_int_equal(counter_get(b, COUNT_DELIVERED), 6);
	counters_close(a);
	counters_close(b);
	a = place_open(place, 0);
	assert_int_equal(counter_get(a, COUNT_DELIVERED), 6);
	counters_close(a);
}

static void
test_cut(void **state)
{
	lose(*state, cut);
}

static void
test_removed(void **state)
{
	lose(*state, removed);
}

/* No signal comes of that: what is asked for a number, or looks, sees it. */
static void
test_zeroed(void **state)
{
	const struct place *place = *state;
	int64_t before = clock_wall();
	struct counters *counters = place_open(place, 0);

	assert_int_equal(counters_next_mid(counters), 1);
	counter_add(counters, COUNT_DELIVERED, 5);
	counters->next_keep = 0;
	counters_tend(counters);
	zeroed(place);
	assert_true(is_by_time(counters_next_mid(counters), before));
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 5);
	counters->attached_at = clock_now() - 60000;
	tend_until_there(place, counters);
	place_told(counters, "set aside as counters.damaged");
	assert_int_equal(counter_get(counters, COUNT_DELIVERED), 5);
	counters_close(counters);
}

/* A reader's is lost too; it sees what it saw last. */
static void
test_reader(void **state)
{
	const struct place *place = *state;
	struct counters *reader;
	union counters_whole page;
	struct err err;

	used_place(place, &page);
	assert_int_equal(counters_peek(place->fd, &reader, &err), 0);
	cut(place);
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 7);
	counters_close(reader);
	removed(place);
	assert_int_equal(counters_peek(place->fd, &reader, &err), -1);
	assert_string_equal(err.text, "open counters: No such file or "
	    "directory");
}

/* Many threads meet the signal at once, and all that they count is there. */
enum { THREADS = 4, EACH = 20000 };

static void *
count(void *counters)
{
	for (int i = 0; i < EACH; i++)
		counter_add(counters, COUNT_DELIVERED, 1);
	return NULL;
}

static void
test_threads(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0);
	pthread_t threads[THREADS];

	cut(place);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, count, counters);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(counter_get(counters, COUNT_DELIVERED),
	    THREADS * EACH);
	counters_close(counters);
}

/* told_at_last - by another thread, which makes the file before it says so */
static bool
told_at_last(struct counters *counters, const char *text)
{
	struct err err;

	for (int i = 0; i < 1000; i++) {
		if (counters_news(counters, &err) &&
		    strstr(err.text, text) != NULL)
			return true;
		usleep(10000);
	}
	return false;
}

/* With a buffer: its thread goes on, carries, and makes the file again. */
static void
test_buffer(void **state)
{
	const struct place *place = *state;
	struct counters *counters = place_open(place, 0), *reader = NULL;
	struct err err;

	counters->attached_at = clock_now() - 60000;
	assert_int_equal(counters_buffer(counters, &err), 0);
	counter_add(counters, COUNT_DELIVERED, 5);
	cut(place);
	counter_add(counters, COUNT_DELIVERED, 1);
	for (int i = 0; i < 1000 && reader == NULL; i++) {
		if (counters_peek(place->fd, &reader, &err) == -1)
			usleep(10000);
	}
	assert_non_null(reader);
	assert_true(told_at_last(counters, "MIDs go on from"));
	for (int i = 0; i < 1000 && counter_get(reader, COUNT_DELIVERED) < 6;
	    i++)
		usleep(10000);
	counters_close(counters);
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 6);
	counters_close(reader);
}

/* A number by the time is in no page, which may be the file's again at once: there it
 * would be damage. */
static void
test_by_time(void **state)
{
	struct counters *counters = place_open(*state, 0);
	const struct counters_series *numbers;
	uint64_t mid;

	mapped_leave(counters->mapped);
	numbers = counters->page->series;
	mid = counters_next_mid(counters);
	assert_true(mid > NUMBER_MOST);
	assert_int_equal(counters_last_mid(counters), mid);
	assert_true(counters_next_dcid(counters) > NUMBER_MOST);
	assert_true(numbers[MID].last < NUMBER_MOST);
	assert_true(numbers[DCID].last < NUMBER_MOST);
	counters_close(counters);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(test_cut),
		PLACE_TEST(test_removed),
		PLACE_TEST(test_zeroed),
		PLACE_TEST(test_reader),
		PLACE_TEST(test_threads),
		PLACE_TEST(test_buffer),
		PLACE_TEST(test_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
