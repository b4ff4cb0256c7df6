/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the pending file into the database: in turns when there is much, from the
 * right place when both do not fit together, and without a word more than needed
 *
 * NEEDS: HISTORY
 * WRAP: flock fstat ftruncate open pread rename write
 * WRAP: sqlite3_errcode sqlite3_errmsg sqlite3_exec sqlite3_open_v2
 * WRAP: sqlite3_prepare_v2 sqlite3_prepare_v3 sqlite3_step
 */
#include "tests/unit/opened.h"	/* before a global "dir" */
#include "tests/unit/history/fails_rig.h"

#include "history/importer.h"
#include "history/store.h"
#include "history/store_private.h"

#define LONG_AGO (INT64_C(1) << 60)

static struct importer importer;
static struct pending pending;

/* start - as the forwarder does */
static void
start(void)
{
	struct err err;

	importer_init(&importer, path, LONG_AGO);
	if (pending_open(path, &pending, &err) == -1)
		fail_msg("%s", err.text);
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(about, sizeof(about), "importer");
	begin(0, 0);
	start();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	importer_drop(&importer);
	pending_close(&pending);
	end();
	return 0;
}

static void
append(const char *bytes, size_t n)
{
	struct err err;

	if (pending_append(&pending, bytes, n, &err) == -1)
		fail_msg("%s", err.text);
}

static void
append_row(uint64_t mid)
{
	own(buf) struct buf line = BUF;

	line_of(mid, &line);
	append(line.data, line.len);
}

static void
turn(void)
{
	struct err err;

	importer.next_try = 0;
	if (importer_turn(&importer, &pending, &err) == -1)
		fail_msg("%s", err.text);
}

static int
rows(const char *where)
{
	own(str) char *sql = mem_format("SELECT count(*) FROM copies%s", where);
	sqlite3 *db;
	int count;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	count = store_number(db, sql);
	sqlite3_close(db);
	return count;
}

/* a turn has so many rows, and the next one the others */
static void
test_many(void **state)
{
	own(buf) struct buf lines = BUF;

	(void)state;
	for (unsigned i = 0; i < IMPORTER_ROWS + 3; i++)
		line_of(7, &lines);
	append(lines.data, lines.len);
	turn();
	assert_int_equal(rows(""), IMPORTER_ROWS);
	assert_true(pending.size > pending.begin);
	turn();
	assert_int_equal(rows(""), IMPORTER_ROWS + 3);
	assert_int_equal(pending.size, pending.begin);
	turn();
	assert_int_equal(rows(""), IMPORTER_ROWS + 3);
}

/* a line that is longer than what is read at once is read whole, and is none of
 * ours: those around it are */
static void
test_long_line(void **state)
{
	const size_t n = (2 << 20) + 17;
	own(str) char *line = mem_new(n);

	(void)state;
	memset(line, 'x', n);
	line[n - 1] = '\n';
	append_row(1);
	append(line, n);
	append_row(2);
	for (int i = 0; i < 3; i++)
		turn();
	assert_true(are_there(2));
	assert_int_equal(pending.size, pending.begin);
}

/* note - up to where the database has the rows of that file */
static void
note(uint64_t at)
{
	struct store *store;
	struct err err;

	assert_int_equal(store_open(path, &store, &err), 0);
	assert_int_equal(store_begin(store, &err), 0);
	assert_int_equal(store_commit(store, pending.series, at, &err), 0);
	store_close(store);
}

/* what is noted is no place in the file: all of it is read, rather than none */
static void
test_noted_elsewhere(void **state)
{
	(void)state;
	append_row(1);
	append_row(2);
	note(pending.size + 1);
	turn();
	assert_true(are_there(2));
}

static void
test_noted_before(void **state)
{
	(void)state;
	append_row(1);
	append_row(2);
	note(3);		/* in the head */
	turn();
	assert_true(are_there(2));
}

/* and what is noted at the end has been read */
static void
test_noted(void **state)
{
	(void)state;
	append_row(1);
	note(pending.size);
	append_row(2);
	turn();
	assert_true(!are_there(2) && seen[1] == 0 && seen[2] == 1);
}

/* somebody has emptied the file meanwhile: there is nothing to read, which is not
 * for ever */
static void
test_cut_by_others(void **state)
{
	own(str) char *file = mem_format("%s.new", path);
	uint64_t size;

	(void)state;
	append_row(1);
	turn();
	append_row(2);
	size = pending.size;
	assert_int_equal(truncate(file, (off_t)pending.begin), 0);
	turn();
	assert_true(are_there(1));
	assert_int_equal(pending.size, size);
	/* the forwarder opens it again at its next start, and goes on */
	pending_close(&pending);
	importer_drop(&importer);
	start();
	append_row(2);
	turn();
	assert_true(are_there(2));
}

/* more old rows than a turn drops: the next turn goes on at once */
static void
test_purge(void **state)
{
	own(buf) struct buf lines = BUF;

	(void)state;
	for (unsigned i = 0; i < 700; i++)
		line_of(1, &lines);
	append(lines.data, lines.len);
	importer.lifetime = 0;
	turn();
	assert_int_equal(rows(""), 200);
	assert_int_equal(importer.next_purge, 0);
	turn();
	assert_int_equal(rows(""), 0);
	assert_true(importer.next_purge > 0);
	assert_int_equal(pending.size, pending.begin);
}

/* a damaged database that cannot be set aside: it is said once, and what waits
 * goes on waiting */
static void
test_not_set_aside(void **state)
{
	struct err err = { .text = "" };
	int before;

	(void)state;
	append_row(1);
	before = opened();
	for (unsigned at = 1; ; at++) {
		assert_in_range(at, 1, 200);
		free(scratch_file(dir, "history.db", "this is no database at "
		    "all, but longer than the head of one, which has one "
		    "hundred bytes: it ends somewhere here"));
		assert_true(nth_only(at, EACCES));
		importer.next_try = 0;
		nth_arm();
		assert_int_equal(importer_turn(&importer, &pending, &err), -1);
		nth_disarm();
		nth_sqlite_failed = false;
		if (strcmp(nth->name, "rename") == 0)
			break;
		importer.in_trouble = false;
	}
	assert_null(strstr(err.text, "set aside"));
	assert_non_null(strstr(err.text, path));
	assert_int_equal(opened(), before);
	assert_true(importer.next_try > 0 && importer.store == NULL);
	assert_int_equal(access(path, F_OK), 0);
	/* not at once, and then it works */
	assert_int_equal(importer_turn(&importer, &pending, &err), 0);
	assert_null(importer.store);
	importer.next_try = 0;
	assert_int_equal(importer_turn(&importer, &pending, &err), -1);
	assert_non_null(strstr(err.text, "set aside, and a new one begun"));
	turn();
	assert_true(are_there(1));
}

/* trouble that may pass is told when it begins; that it is damaged is always told */
static void
test_told_once(void **state)
{
	struct err err = { .text = "" };

	(void)state;
	append_row(1);
	for (int i = 0; i < 3; i++) {
		assert_true(nth_only(2, SQLITE_BUSY));
		importer.next_try = 0;
		nth_arm();
		assert_int_equal(importer_turn(&importer, &pending, &err),
		    i == 0 ? -1 : 0);
		nth_disarm();
		nth_sqlite_failed = false;
		assert_true(nth->name[0] != '\0' && importer.in_trouble);
	}
	assert_non_null(strstr(err.text, "history.db"));
	/* in the midst of that it turns out to be damaged */
	assert_true(nth_only(3, SQLITE_CORRUPT));
	importer.next_try = 0;
	nth_arm();
	assert_int_equal(importer_turn(&importer, &pending, &err), -1);
	nth_disarm();
	nth_sqlite_failed = false;
	assert_non_null(strstr(err.text, "set aside, and a new one begun"));
	turn();
	assert_false(importer.in_trouble);
	assert_true(are_there(1));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_many), TEST(test_long_line),
		TEST(test_noted_elsewhere), TEST(test_noted_before),
		TEST(test_noted), TEST(test_cut_by_others), TEST(test_purge),
		TEST(test_not_set_aside), TEST(test_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
