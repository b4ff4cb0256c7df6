/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A disk that does not answer: at each call of a draft that waits for it the
 * session goes on in time, later ones at once; and when the disk comes to
 * itself nothing is left of what was promised to nobody.
 *
 * WRAP: openat writev fstatvfs linkat fsync close unlinkat pthread_create
 */
#include "journal/spool/spool_private.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/helpers.h"
#include "tests/unit/journal/spool/stuck_disk.h"
#include "tests/unit/no_threads.h"
#include "tests/unit/spool_rig.h"

enum {
	LIMIT = 300,		/* ms */
	LONG_LIMIT = 8000,	/* where some of it is to be done in time */
	GENEROUS = 20000,	/* a machine may be busy */
	LARGE = 200000
};

/* ---- a spool with a limit ---- */

static struct spool *
open_limited(const struct fixture *fixture, int64_t limit)
{
	const struct spool_options options = { .directory = fixture->dir,
	    .sync = true, .min_free_space = 1, .time_limit = limit };
	struct spool *spool;
	struct err err;

	assert_int_equal(spool_open(&options, &spool, &err), 0);
	return spool;
}

/* try - a message, written and committed: 0 or -1; at most so many ms */
static int
try(struct spool *spool, size_t size, uint64_t mid, int64_t most,
    struct err *err)
{
	own(buf) struct buf message = rig_message(size);
	struct envelope envelope = rig_envelope(mid, &message);
	int64_t began = clock_now();
	struct draft *draft = draft_new(spool);
	int status = draft_write(draft, message.data, message.len, err);

	if (status == 0)
		status = draft_commit(draft, &envelope, err);
	else
		assert_int_equal(draft_commit(draft, &envelope, err), -1);
	draft_free(draft);
	assert_in_range(clock_now() - began, 0, most);
	return status;
}

/* until - the condition holds, in the end */
#define until(condition) do {						\
	int64_t end_ = clock_now() + GENEROUS;				\
									\
	while (!(condition) && clock_now() < end_)			\
		usleep(1000);						\
	assert_true(condition);						\
} while (0)

static int
open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

/* stuck_at - that call, behind so many of its kind */
static void
stuck_at(const struct fixture *fixture, const char *call, unsigned pass,
    size_t size)
{
	struct spool *spool = open_limited(fixture, LIMIT);
	own(buf) struct buf message = rig_message(size);
	int before = open_descriptors();
	struct err err;

	freeze(call, pass);
	assert_int_equal(try(spool, size, 1, GENEROUS, &err), -1);
	assert_string_equal(err.text, "spool: no answer within 0.3 s");
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(now_standing(), 1);

	/* Others do not wait, and do not pile up. */
	for (int i = 0; i < 20; i++) {
		assert_int_equal(try(spool, size, 2, LIMIT - 1, &err), -1);
		assert_string_equal(err.text,
		    "spool: the disk has not answered an earlier message yet");
	}
	assert_int_equal(helpers_count(spool->helpers), 1);
	assert_int_equal(now_standing(), 1);

	/* It was promised to nobody: it is gone. */
	thaw();
	until(!helpers_stuck(spool->helpers));
	until(open_descriptors() == before);
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
	spool->time_limit = GENEROUS;
	assert_int_equal(try(spool, size, 3, GENEROUS, &err), 0);
	spool_close(spool);
	rig_whole(fixture->spool, SPOOL_READY, 3, &message);
	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
	assert_int_equal(unlinkat(spool_readyfd(fixture->spool),
	    "0000000000000003.0" RIG_HINT, 0), 0);
}

static void
test_each_call(void **state)
{
	static const struct { const char *call; unsigned pass; } rows[] = {
		{ "fstatvfs", 0 }, { "openat", 0 }, { "writev", 0 },
		{ "linkat", 0 }, { "fsync", 0 }, { "fsync", 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		stuck_at(*state, rows[i].call, rows[i].pass, 1000);
		stuck_at(*state, rows[i].call, rows[i].pass, LARGE);
	}
	stuck_at(*state, "writev", 1, LARGE);	/* the second piece */
	stuck_at(*state, "writev", 3, LARGE);	/* the commit's */
}

/* What is behind the promise nobody waits for: the copy is there, and is let
 * go when that can be. */
static void
test_close(void **state)
{
	const struct fixture *fixture = *state;
	struct spool *spool = open_limited(fixture, GENEROUS);
	own(buf) struct buf message = rig_message(1000);
	struct spool_entry entry = RIG_ENTRY(1);
	struct err err;

	freeze("close", 0);
	assert_int_equal(try(spool, 1000, 1, GENEROUS, &err), 0);
	until(now_standing() == 1);
	thaw();
	until(rig_open_copy(fixture->spool, SPOOL_READY, &entry,
	    &err) == COPY_OPEN);
	rig_whole(fixture->spool, SPOOL_READY, 1, &message);
	spool_close(spool);
}

/* A message that is given up in the middle is not waited for either. */
static void
test_aborted(void **state)
{
	const struct fixture *fixture = *state;
	struct spool *spool = open_limited(fixture, GENEROUS);
	own(buf) struct buf message = rig_message(LARGE);
	int before = open_descriptors();
	struct draft *draft = rig_draft(spool, &message);
	int64_t began;

	freeze("close", 0);
	began = clock_now();
	draft_free(draft);
	assert_in_range(clock_now() - began, 0, LIMIT - 1);
	until(now_standing() == 1);
	thaw();
	until(open_descriptors() == before);
	spool_close(spool);
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
}

/* The time is one for the whole message: pieces that are slow add up. */
static void
test_adds_up(void **state)
{
	const struct fixture *fixture = *state;
	struct spool *spool = open_limited(fixture, LIMIT);
	struct err err;

	slow_down("writev", 120);
	assert_int_equal(try(spool, 1000000, 1, GENEROUS, &err), -1);
	assert_string_equal(err.text, "spool: no answer within 0.3 s");
	thaw();
	spool_close(spool);
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
}

/* The first of two copies was promised, and stays. */
static void
test_second_copy(void **state)
{
	const struct fixture *fixture = *state;
	struct spool *spool = open_limited(fixture, LONG_LIMIT);
	own(buf) struct buf message = rig_message(LARGE);
	struct envelope envelope = rig_envelope(1, &message);
	struct draft *draft = rig_draft(spool, &message);
	struct err err;

	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	freeze("fsync", 0);
	envelope.mid = 2;
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	envelope.mid = 3;
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	draft_free(draft);
	thaw();
	spool_close(spool);
	rig_whole(fixture->spool, SPOOL_READY, 1, &message);
	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
}

/* No thread to be had: said at once, and nothing is begun. */
static void
test_no_thread(void **state)
{
	const struct fixture *fixture = *state;
	struct spool *spool = open_limited(fixture, LIMIT);
	struct err err;

	no_threads = FOR_GOOD;
	assert_int_equal(try(spool, 1000, 1, LIMIT - 1, &err), -1);
	assert_string_equal(err.text, "spool: no thread to write by");
	assert_int_equal(try(spool, LARGE, 1, LIMIT - 1, &err), -1);
	assert_string_equal(err.text, "spool: no thread to write by");
	no_threads = 0;
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
	spool->time_limit = GENEROUS;
	assert_int_equal(try(spool, LARGE, 1, GENEROUS, &err), 0);
	/* One that is there is enough. */
	no_threads = FOR_GOOD;
	assert_int_equal(try(spool, LARGE, 2, GENEROUS, &err), 0);
	no_threads = 0;
	spool_close(spool);
	assert_int_equal(rig_files(fixture->dir, "ready"), 2);
}

/* Many at once, while it stands and after. */
enum { MANY = 40 };

struct sender {
	pthread_t	 thread;
	struct spool	*spool;
	uint64_t	 mid;
	int		 first, second;
};

static _Atomic unsigned waiting;
static _Atomic bool go_on;

static void *
send_two(void *arg)
{
	struct sender *sender = arg;
	struct err err;

	sender->first = try(sender->spool, LARGE, sender->mid, GENEROUS, &err);
	waiting++;
	while (!go_on)
		usleep(1000);
	sender->second = try(sender->spool, LARGE, sender->mid + MANY,
	    GENEROUS, &err);
	return NULL;
}

static void
test_many(void **state)
{
	const struct fixture *fixture = *state;
	struct spool *spool = open_limited(fixture, LIMIT);
	struct sender senders[MANY] = { 0 };

	waiting = 0;
	go_on = false;
	freeze("fsync", 0);
	for (unsigned i = 0; i < MANY; i++) {
		senders[i].spool = spool;
		senders[i].mid = i + 1;
		assert_int_equal(__real_pthread_create(&senders[i].thread,
		    NULL, send_two, &senders[i]), 0);
	}
	until(waiting == MANY);
	assert_true(helpers_count(spool->helpers) <= 2 * MANY);
	thaw();
	until(!helpers_stuck(spool->helpers) && now_standing() == 0);
	until(rig_files(fixture->dir, "ready") == 0);
	spool->time_limit = GENEROUS;
	go_on = true;
	for (unsigned i = 0; i < MANY; i++) {
		pthread_join(senders[i].thread, NULL);
		assert_int_equal(senders[i].first, -1);
	}
	spool_close(spool);
	for (unsigned i = 0; i < MANY; i++) {
		struct spool_entry entry;

		assert_int_equal(rig_find(fixture->spool, SPOOL_READY,
		    senders[i].mid + MANY, &entry), senders[i].second == 0);
	}
	assert_true(senders[0].second == 0 || senders[1].second == 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_call),
		TEST(test_close),
		TEST(test_aborted),
		TEST(test_adds_up),
		TEST(test_second_copy),
		TEST(test_no_thread),
		TEST(test_many),
	};

	return cmocka_run_group_tests_name("spool_stuck", tests, NULL, NULL);
}
