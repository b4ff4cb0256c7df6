/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a copy in the spool, on file systems with and without O_TMPFILE.
 *
 * WRAP: openat
 */
#include "journal/spool/spool.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "tests/unit/journal/spool/no_tmpfile.h"
#include "tests/unit/spool_rig.h"

/* Sizes around the pieces in which a message is written. */
static const size_t sizes[] = {
	0, 1, 10000, 65535, 65536, 65537, 131071, 131072, 131073, 1200000,
};

/* A copy is nothing before the commit, and busy until its draft is let go. */
static void
test_accept(void **state)
{
	struct fixture *fixture = *state;
	struct spool *spool = fixture->spool;
	own(buf) struct buf message = rig_message(10000);
	struct draft *draft = rig_draft(spool, &message);
	struct envelope envelope = rig_envelope(0xab, &message);
	struct spool_entry entry = RIG_ENTRY(0xab);
	int64_t before = clock_wall();
	struct copy copy;
	struct err err;

	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	assert_int_equal(rig_count(spool, SPOOL_READY), 1);
	assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy, &err),
	    COPY_BUSY);
	assert_null(draft_free(draft));
	rig_whole(spool, SPOOL_READY, 0xab, &message);

	assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy, &err),
	    COPY_OPEN);
	assert_int_equal(copy.entry.mid, 0xab);
	assert_int_equal(copy.since, envelope.accepted);
	/* The kernel's clock for files ticks a little behind. */
	assert_in_range(copy.touched, before - 1000, clock_wall() + 1000);
	copy_close(&copy);
}

/* since_of - of a copy that was accepted in 1970, with this place in its boot */
static int64_t
since_of(struct fixture *fixture, uint64_t mid, int64_t booted)
{
	own(buf) struct buf message = rig_message(10);
	struct draft *draft = rig_draft(fixture->spool, &message);
	struct envelope envelope = rig_envelope(mid, &message);
	struct spool_entry entry = { .mid = mid, .accepted = 1000,
	    .intake = RIG_INTAKE };
	struct copy copy;
	struct err err;
	int64_t since;

	envelope.accepted = 1000;
	envelope.booted = booted;
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
	assert_int_equal(copy_peek(fixture->spool, SPOOL_READY, &entry, &copy,
	    &err), COPY_OPEN);
	since = copy.since;
	copy_close(&copy);
	return since;
}

/* The time of day was set since: within one boot the age is known all the
 * same. */
static void
test_clock_set(void **state)
{
	struct fixture *fixture = *state;
	int64_t wanted = clock_wall() - 5000;

	/* two clocks, each cut to its own millisecond, here and there */
	assert_in_range(since_of(fixture, 1, clock_boot() - 5000), wanted - 5,
	    wanted + 10000);
	assert_int_equal(since_of(fixture, 2, 0), 1000);
	assert_int_equal(since_of(fixture, 3, -1), 1000);
	assert_int_equal(since_of(fixture, 4, clock_boot() + 600000), 1000);
}

/* Who reads a copy leaves no trace: a time of access would have to be written
 * for each. */
static void
test_no_trace(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100);
	const struct timespec times[] = { { .tv_sec = 1 }, { .tv_sec = 2 } };
	int ready = spool_readyfd(fixture->spool);
	char name[SPOOL_NAME];
	struct stat before, after;

	rig_commit(fixture->spool, &message, 1);
	spool_name(SPOOL_READY, &(struct spool_entry)RIG_ENTRY(1), name);
	assert_int_equal(utimensat(ready, name, times, 0), 0);
	assert_int_equal(fstatat(ready, name, &before, 0), 0);
	rig_whole(fixture->spool, SPOOL_READY, 1, &message);
	assert_int_equal(fstatat(ready, name, &after, 0), 0);
	assert_int_equal(after.st_atim.tv_sec, before.st_atim.tv_sec);
}

/* assert_place - it is whole in the one place, and not in the other */
static void
assert_place(struct spool *spool, enum spool_place place,
    const struct buf *message, struct spool_entry *out)
{
	assert_int_equal(rig_count(spool, SPOOL_READY) +
	    rig_count(spool, SPOOL_FAILED), 1);
	assert_true(rig_find(spool, place, 1, out));
	rig_whole(spool, place, 1, message);
}

/* Two attempts fail, it is given up and kept, requeued, and delivered. */
static void
test_life(void **state)
{
	struct fixture *fixture = *state;
	struct spool *spool = fixture->spool;
	own(buf) struct buf message = rig_message(10000);
	struct spool_entry entry = RIG_ENTRY(1);
	struct copy copy;
	struct err err;
	int64_t before;

	rig_commit(spool, &message, 1);
	assert_int_equal(spool_failed_attempt(spool, &entry, &err), 1);
	assert_int_equal(spool_failed_attempt(spool, &entry, &err), 1);
	assert_int_equal(entry.attempts, 2);
	assert_place(spool, SPOOL_READY, &message, &entry);
	assert_int_equal(entry.attempts, 2);

	assert_int_equal(spool_keep(spool, &entry, 0, &err), 1);
	assert_place(spool, SPOOL_FAILED, &message, &entry);

	before = clock_wall();
	assert_int_equal(spool_requeue(spool, &entry, &err), 1);
	assert_place(spool, SPOOL_READY, &message, &entry);
	assert_int_equal(entry.attempts, 0);
	assert_in_range(entry.since, before, clock_wall());
	assert_int_equal(spool_failed_attempt(spool, &entry, &err), 1);
	assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy, &err),
	    COPY_OPEN);
	assert_int_equal(copy.since, entry.since);
	assert_int_equal(copy.envelope.accepted, 1708118362123);
	copy_close(&copy);

	assert_int_equal(spool_remove(spool, SPOOL_READY, &entry, &err), 1);
	assert_int_equal(copy_open(spool, SPOOL_READY, &entry, &copy, &err),
	    COPY_GONE);
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
	assert_int_equal(rig_files(fixture->dir, "failed"), 0);
}

/* A copy that is gone already is no error, and it can be told. */
static void
test_gone(void **state)
{
	struct fixture *fixture = *state;
	struct spool_entry entry = RIG_ENTRY(1);
	struct err err;

	assert_int_equal(spool_failed_attempt(fixture->spool, &entry, &err), 0);
	assert_int_equal(spool_keep(fixture->spool, &entry, 0, &err), 0);
	assert_int_equal(spool_requeue(fixture->spool, &entry, &err), 0);
	assert_int_equal(spool_damaged(fixture->spool, &entry, &err), 0);
	assert_int_equal(spool_remove(fixture->spool, SPOOL_READY, &entry,
	    &err), 0);
	assert_int_equal(spool_remove(fixture->spool, SPOOL_FAILED, &entry,
	    &err), 0);
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
	assert_int_equal(rig_files(fixture->dir, "failed"), 0);
}

/* Messages of all sizes, three copies of each. */
static void
test_sizes(void **state)
{
	struct fixture *fixture = *state;
	uint64_t mid = 0;
	struct err err;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		own(buf) struct buf message = rig_message(sizes[i]);
		struct draft *draft = rig_draft(fixture->spool, &message);

		for (int copy = 0; copy < 3; copy++) {
			struct envelope envelope = rig_envelope(++mid,
			    &message);

			assert_int_equal(draft_commit(draft, &envelope, &err),
			    0);
		}
		draft_free(draft);
		for (uint64_t copy = mid - 2; copy <= mid; copy++)
			rig_whole(fixture->spool, SPOOL_READY, copy, &message);
	}
	assert_int_equal(rig_files(fixture->dir, "ready"), mid);
}

static void
test_refused_commits(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100000);
	struct draft *draft = rig_draft(fixture->spool, &message);
	struct envelope envelope = rig_envelope(5, &message);
	struct err err;

	envelope.length++;
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	envelope = rig_envelope(0, &message);
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	envelope = rig_envelope((uint64_t)INT64_MAX + 1, &message);
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_int_equal(rig_count(fixture->spool, SPOOL_READY), 0);

	/* The number is taken; the copy that has it stays. */
	envelope = rig_envelope(5, &message);
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(err.sys, EEXIST);
	/* And another can be made after that. */
	envelope = rig_envelope(6, &message);
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
	rig_whole(fixture->spool, SPOOL_READY, 5, &message);
	rig_whole(fixture->spool, SPOOL_READY, 6, &message);
	assert_int_equal(rig_files(fixture->dir, "ready"), 2);
}

/* The first commit of a streamed message fails when the name is taken; the
 * message is whole for the next. */
static void
test_first_commit_fails(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(200000);
	own(buf) struct buf other = rig_message(10);
	struct draft *draft = rig_draft(fixture->spool, &message);
	struct envelope envelope = rig_envelope(5, &message);
	struct err err;

	rig_commit(fixture->spool, &other, 5);
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	envelope.mid = 6;
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
	rig_whole(fixture->spool, SPOOL_READY, 5, &other);
	rig_whole(fixture->spool, SPOOL_READY, 6, &message);
	assert_int_equal(rig_files(fixture->dir, "ready"), 2);
}

static void
test_abandoned(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		own(buf) struct buf message = rig_message(sizes[i]);

		draft_free(rig_draft(fixture->spool, &message));
	}
	assert_null(draft_free(NULL));
	assert_int_equal(rig_files(fixture->dir, "ready"), 0);
}

/* Each way in which a file system says that it has none; it is asked once. */
static void
test_fallback(void **state)
{
	static const int errors[] = { EOPNOTSUPP, EISDIR };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		no_tmpfile = errors[i];
		no_tmpfile_tries = 0;
		test_life(state);
		test_life(state);
		assert_int_equal(no_tmpfile_tries, 1);
		spool_close(fixture->spool);
		fixture->spool = rig_open(fixture->dir);
	}
}

/* Whatever else it says is a failure. */
static void
test_no_fallback(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100);
	struct envelope envelope = rig_envelope(1, &message);
	struct draft *draft = rig_draft(fixture->spool, &message);
	struct err err;

	no_tmpfile = EDQUOT;
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_string_equal(err.text, "spool: Disk quota exceeded");
	no_tmpfile = 0;
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
}

/* A diverted copy has another name than before, whatever the clock says, counts
 * its attempts afresh, and stays what it is until it is kept. */
static void
test_divert(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(100);
	struct spool_entry entry = { .mid = 1, .attempts = 2,
	    .since = INT64_C(4102444800000) };	/* in 2100 */
	struct spool_entry kept = { .mid = 1, .attempts = 1 };
	char from[SPOOL_NAME];
	struct err err;

	rig_commit(fixture->spool, &message, 1);
	must(renameat(spool_readyfd(fixture->spool), "0000000000000001.0" RIG_HINT,
	    spool_readyfd(fixture->spool), spool_name(SPOOL_READY, &entry,
	    from)) == 0);
	assert_int_equal(spool_divert(fixture->spool, &entry, SPOOL_WHY_5XX,
	    &err), 1);
	assert_int_equal(spool_divert(fixture->spool, &entry, SPOOL_WHY_5XX,
	    &err), 0);
	rig_whole(fixture->spool, SPOOL_READY, 1, &message);
	assert_true(rig_find(fixture->spool, SPOOL_READY, 1, &entry));
	assert_true(entry.since == INT64_C(4102444800001));
	assert_int_equal(entry.attempts, 0);
	assert_int_equal(entry.why, SPOOL_WHY_5XX);
	assert_int_equal(spool_failed_attempt(fixture->spool, &entry, &err), 1);
	assert_true(rig_find(fixture->spool, SPOOL_READY, 1, &entry));
	assert_int_equal(entry.attempts, 1);
	assert_int_equal(entry.why, SPOOL_WHY_5XX);
	assert_int_equal(spool_keep(fixture->spool, &entry, 0, &err), 1);
	assert_int_equal(spool_requeue(fixture->spool, &kept, &err), 1);
	assert_true(rig_find(fixture->spool, SPOOL_READY, 1, &entry));
	assert_int_equal(entry.why, SPOOL_WHY_NOT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_set_up, tear_down_tmpfile)
#define TEST_WITHOUT(f) { #f "_without_tmpfile", f, \
    set_up_without_tmpfile, tear_down_tmpfile, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_accept),
		TEST(test_clock_set),
		TEST(test_no_trace),
		TEST(test_life),
		TEST(test_gone),
		TEST(test_divert),
		TEST(test_sizes),
		TEST(test_refused_commits),
		TEST(test_first_commit_fails),
		TEST(test_abandoned),
		TEST(test_fallback),
		TEST(test_no_fallback),
		TEST_WITHOUT(test_sizes),
		TEST_WITHOUT(test_refused_commits),
		TEST_WITHOUT(test_first_commit_fails),
		TEST_WITHOUT(test_abandoned),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
