/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows from somewhere else: while another program has the database, when the
 * pending file cannot be read, and where there is no history at all
 *
 * NEEDS: HISTORY
 * WRAP: fdopen usleep
 */
#include "history/refill.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "base/own.h"
#include "history/store.h"
#include "tests/unit/opened.h"
#include "tests/unit/scratch_path.h"

static unsigned waits, told;
static bool no_stream;

/* nobody waits in fact: it is counted */
int	__wrap_usleep(unsigned);
int
__wrap_usleep(unsigned us)
{
	assert_int_equal(us, 20000);
	waits++;
	return 0;
}

FILE	*__real_fdopen(int, const char *);
FILE	*__wrap_fdopen(int, const char *);
FILE *
__wrap_fdopen(int fd, const char *mode)
{
	if (!no_stream)
		return __real_fdopen(fd, mode);
	errno = EMFILE;
	return NULL;
}

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("history.db");
	waits = told = 0;
	no_stream = false;
	return 0;
}

static struct history_row
row_of(uint64_t mid)
{
	static const char *to = "b@x.example";

	return (struct history_row){ .envelope = { .mid = mid,
	    .intake = "in@take.example", .sender = "", .recipients = &to,
	    .recipient_count = 1, .queue_id = "4Q", .message_id = "<1@x>",
	    .client_addr = "", .client_name = "", .helo = "", .protocol = "",
	    .gateway = "", .policy = "", .accepted = 1000 },
	    .fate = { .verdict = "delivered", .reply = "", .ended = 1500 } };
}

static void
tell(const char *where)
{
	assert_string_equal(where, path);
	told++;
}

/* locks - another program, which writes */
static sqlite3 *
locks(void)
{
	sqlite3 *other;

	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
	    NULL), SQLITE_OK);
	return other;
}

/* It is waited for, which is told after a second, and it ends; nothing was added,
 * and all of it can be when the other one has gone. */
static void
test_locked(void **state)
{
	const struct history_row row = row_of(7);
	struct refill *refill;
	uint64_t added = 99;
	struct err err;
	sqlite3 *other;

	(void)state;
	for (int tells = 0; tells < 2; tells++) {
		assert_int_equal(refill_open(path, tells == 1 ? tell : NULL,
		    &refill, &err), 0);
		other = locks();
		waits = 0;
		assert_int_equal(refill_add(refill, &row, 1, &added, &err), -1);
		assert_int_equal(err.kind, ERR_LATER);
		assert_non_null(strstr(err.text, "history.db: database is "
		    "locked"));
		assert_int_equal(waits, REFILL_PATIENCE_MS / 20);
		assert_int_equal(told, tells);
		assert_int_equal(added, 99);
		assert_null(refill_close(refill));
		sqlite3_close(other);
	}
	assert_int_equal(refill_open(path, tell, &refill, &err), 0);
	assert_int_equal(refill_add(refill, &row, 1, &added, &err), 0);
	assert_int_equal(added, 1);
	assert_int_equal(told, 1);
	refill_close(refill);
}

/* what waits there cannot be read, so it would be added twice */
static void
test_unread(void **state)
{
	own(str) char *pending = mem_format("%s.new", path);
	struct refill *refill = NULL;
	struct err err;
	int before = opened();

	(void)state;
	assert_int_equal(mkdir(pending, 0700), 0);
	assert_int_equal(refill_open(path, NULL, &refill, &err), -1);
	assert_non_null(strstr(err.text, "history.db.new: Is a directory"));
	assert_int_equal(refill_look(path, &refill, &err), -1);
	assert_non_null(strstr(err.text, "history.db.new: Is a directory"));
	assert_int_equal(rmdir(pending), 0);
	free(scratch_file(dir, "history.db.new", "{\"series\":7}\n"));
	no_stream = true;
	assert_int_equal(refill_open(path, NULL, &refill, &err), -1);
	assert_non_null(strstr(err.text, "history.db.new: Too many open files"));
	assert_null(refill);
	assert_int_equal(opened(), before);
	/* no database was made */
	assert_int_equal(access(path, F_OK), -1);
}

/* who only looks where there is none makes none */
static void
test_nothing_there(void **state)
{
	const struct history_row rows[] = { row_of(7), row_of(8), row_of(7) };
	struct refill *refill;
	uint64_t added;
	struct err err;

	(void)state;
	assert_int_equal(refill_look(path, &refill, &err), 0);
	assert_false(refill_watched(refill));
	assert_int_equal(refill_add(refill, rows, 3, &added, &err), 0);
	assert_int_equal(added, 2);
	refill_close(refill);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(store_add_one(path, &rows[0], &err), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_null(refill_close(NULL));
}

/* somebody else's file in its place */
static void
test_no_database(void **state)
{
	const struct history_row row = row_of(7);
	struct refill *refill = NULL;
	struct err err;
	int before = opened();

	(void)state;
	free(scratch_file(dir, "history.db", "who knows what it is, but it is "
	    "longer than what SQLite has at the head of its files, so it is "
	    "no database"));
	assert_int_equal(refill_look(path, &refill, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "history.db: file is not a database"));
	assert_int_equal(store_add_one(path, &row, &err), -1);
	assert_non_null(strstr(err.text, "history.db: file is not a database"));
	assert_null(refill);
	assert_int_equal(opened(), before);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_locked), TEST(test_unread), TEST(test_nothing_there),
		TEST(test_no_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
