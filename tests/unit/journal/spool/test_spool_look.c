/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A spool whose directories are removed or replaced while they are open: the
 * next copy is where a reader finds it.
 *
 * WRAP: linkat
 */
#include "journal/spool/spool_private.h"

#include <ftw.h>
#include <sys/stat.h>

#include "journal/spool/spool_counters.h"
#include "tests/unit/spool_rig.h"

static const char *remove_before_link;	/* a directory */
static bool other_disk;			/* once */

int __real_linkat(int, const char *, int, const char *, int);
int __wrap_linkat(int, const char *, int, const char *, int);

int
__wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
	if (remove_before_link != NULL) {
		assert_int_equal(rmdir(remove_before_link), 0);
		assert_int_equal(mkdir(remove_before_link, 0700), 0);
		remove_before_link = NULL;
	}
	if (other_disk) {
		other_disk = false;
		errno = EXDEV;
		return -1;
	}
	return __real_linkat(from, old, to, new, flags);
}

/* path - below the fixture's directory; until the next call but one */
static const char *
path(const struct fixture *fixture, const char *name)
{
	static char texts[2][512];
	static int which;

	which = !which;
	snprintf(texts[which], sizeof(texts[which]), "%s%s", fixture->dir,
	    name);
	return texts[which];
}

/* commits - a copy, which whoever looks there anew finds whole */
static void
commits(const struct fixture *fixture, uint64_t mid)
{
	own(buf) struct buf message = rig_message(1000);
	struct spool *reader;

	rig_commit(fixture->spool, &message, mid);
	reader = rig_open(fixture->dir);
	rig_whole(reader, SPOOL_READY, mid, &message);
	spool_close(reader);
	assert_false(fixture->spool->hidden_names);
}

static void
told(const struct fixture *fixture, const char *words)
{
	struct err err = { .text = "" };

	assert_true(spool_news(fixture->spool, &err));
	assert_non_null(strstr(err.text, words));
	assert_false(spool_news(fixture->spool, &err));
}

static void
test_same(void **state)
{
	const struct fixture *fixture = *state;
	struct err err;

	assert_int_equal(spool_look(fixture->spool, &err), 0);
	assert_false(spool_news(fixture->spool, &err));
	commits(fixture, 1);
}

/* Removed; then it, or another, is made again. */
static void
test_ready_removed(void **state)
{
	const struct fixture *fixture = *state;

	assert_int_equal(rmdir(path(fixture, "/ready")), 0);
	assert_int_equal(mkdir(path(fixture, "/ready"), 0700), 0);
	commits(fixture, 1);
	told(fixture, "'ready' was removed or replaced: opened again");
	unlink(path(fixture, "/ready/0000000000000001.0" RIG_HINT));
	assert_int_equal(rmdir(path(fixture, "/ready")), 0);
	commits(fixture, 2);
	told(fixture, "'ready' was removed or replaced: opened again");
	/* in the moment between the two steps of one copy */
	unlink(path(fixture, "/ready/0000000000000002.0" RIG_HINT));
	remove_before_link = path(fixture, "/ready");
	{
		own(buf) struct buf message = rig_message(1000);
		struct envelope envelope = rig_envelope(3, &message);
		struct draft *draft = rig_draft(fixture->spool, &message);
		struct err err;

		assert_int_equal(draft_commit(draft, &envelope, &err), 0);
		draft_free(draft);
	}
	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
	commits(fixture, 4);
}

/* What was mounted there when the file was made is not when it gets its name:
 * the copy is written once more. */
static void
test_other_disk(void **state)
{
	const struct fixture *fixture = *state;

	for (uint64_t mid = 1; mid <= 2; mid++) {
		own(buf) struct buf message = rig_message(mid == 1 ? 100 :
		    200000);

		other_disk = true;
		rig_commit(fixture->spool, &message, mid);
		assert_false(other_disk);
		rig_whole(fixture->spool, SPOOL_READY, mid, &message);
		assert_int_equal(rig_files(fixture->dir, "ready"), mid);
	}
}

/* Another one has its name; nothing says so but a look. */
static void
test_replaced(void **state)
{
	const struct fixture *fixture = *state;
	struct err err;

	for (int i = 0; i < 2; i++) {
		const char *name = i == 0 ? "/ready" : "/failed";

		assert_int_equal(rename(path(fixture, name),
		    path(fixture, i == 0 ? "/old-ready" : "/old-failed")), 0);
		assert_int_equal(mkdir(path(fixture, name), 0700), 0);
		assert_int_equal(spool_look(fixture->spool, &err), 1);
		told(fixture, "was removed or replaced: opened again");
	}
	commits(fixture, 1);
	assert_int_equal(spool_look(fixture->spool, &err), 0);
	assert_int_equal(rig_files(fixture->dir, "old-ready"), 0);
	{
		struct spool_entry entry = RIG_ENTRY(1);

		assert_int_equal(spool_keep(fixture->spool, &entry, 0, &err),
		    1);
	}
	assert_int_equal(rig_files(fixture->dir, "failed"), 1);
}

/* The whole of it: counters and locks move. */
static void
test_home_replaced(void **state)
{
	const struct fixture *fixture = *state;
	own(str) char *old = mem_format("%s.old", fixture->dir);
	struct counters *counters = spool_counters(fixture->spool), *reader;
	struct spool *other;
	struct err err;

	assert_int_equal(spool_lock(fixture->spool, &err), 0);
	spool_attend(fixture->spool);
	counter_add(counters, COUNT_DELIVERED, 3);
	assert_int_equal(rename(fixture->dir, old), 0);
	assert_int_equal(mkdir(fixture->dir, 0700), 0);
	assert_int_equal(spool_look(fixture->spool, &err), 1);
	assert_non_null(strstr(err.text, "was removed or replaced"));
	commits(fixture, 1);
	counter_add(counters, COUNT_DELIVERED, 1);
	counters_tend(counters);
	other = rig_open(fixture->dir);
	assert_int_equal(spool_lock(other, &err), -1);
	assert_int_equal(spool_attendant(other), getpid());
	assert_int_equal(counters_peek(spool_dirfd(other), &reader, &err), 0);
	assert_int_equal(counter_get(reader, COUNT_DELIVERED), 4);
	counters_close(reader);
	spool_close(other);
	/* and nobody has the old one */
	other = rig_open(old);
	assert_int_equal(spool_lock(other, &err), 0);
	assert_int_equal(spool_attendant(other), 0);
	spool_close(other);
	counters_close(counters);
	scratch_free(str_give(&old));
}

/* There is another forwarder in the new one: that is said, and tried again. */
static void
test_home_taken(void **state)
{
	const struct fixture *fixture = *state;
	own(str) char *old = mem_format("%s.old", fixture->dir);
	struct spool *other;
	struct err err;

	assert_int_equal(spool_lock(fixture->spool, &err), 0);
	assert_int_equal(rename(fixture->dir, old), 0);
	assert_int_equal(mkdir(fixture->dir, 0700), 0);
	other = rig_open(fixture->dir);
	assert_int_equal(spool_lock(other, &err), 0);
	assert_int_equal(spool_look(fixture->spool, &err), -1);
	assert_non_null(strstr(err.text, "was removed or replaced: spool: "
	    "locked by another forwarder"));
	spool_close(other);
	assert_int_equal(spool_look(fixture->spool, &err), 1);
	scratch_free(str_give(&old));
}

/* Nothing that can be used has its place. */
static void
test_no_place(void **state)
{
	const struct fixture *fixture = *state;
	own(buf) struct buf message = rig_message(1000);
	struct envelope envelope = rig_envelope(1, &message);
	struct draft *draft = rig_draft(fixture->spool, &message);
	struct err err;

	assert_int_equal(rmdir(path(fixture, "/ready")), 0);
	free(scratch_file(fixture->dir, "ready", "no directory"));
	assert_int_equal(spool_look(fixture->spool, &err), -1);
	assert_non_null(strstr(err.text, "'ready' was removed or replaced: "
	    "open 'ready': Not a directory"));
	assert_int_equal(draft_commit(draft, &envelope, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(unlink(path(fixture, "/ready")), 0);
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
	assert_int_equal(rig_files(fixture->dir, "ready"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_set_up, rig_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_same),
		TEST(test_ready_removed),
		TEST(test_other_disk),
		TEST(test_replaced),
		TEST(test_home_replaced),
		TEST(test_home_taken),
		TEST(test_no_place),
	};

	return cmocka_run_group_tests_name("spool_look", tests, NULL, NULL);
}
