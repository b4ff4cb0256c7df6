/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: HISTORY */
/* what became of every copy, whatever becomes of the program and the database */
#include <glob.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "tests/unit/history/history_rig.h"

/* lines_of - how many are whole; none in a file that is not there */
static int
lines_of(const char *path)
{
	FILE *file = fopen(path, "r");
	int lines = 0, c;

	if (file == NULL)
		return 0;
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

/* written - whether a hundred rows have come to the one file, or all are in the
 * other */
static bool
written(const char *path, const char *pending, int before, int rows)
{
	return lines_of(pending) >= before + 100 ||
	    (access(path, F_OK) == 0 &&
	    count(path, (struct history_query){ 0 }) == rows);
}

/* What is written is not lost by a crash, nor taken twice. */
static void
test_crash(void **state)
{
	const char *path = ((struct world *)*state)->path;
	own(str) char *pending = mem_format("%s.new", path);
	struct history *history;

	for (unsigned round = 0; round < 5; round++) {
		int before = lines_of(pending);
		pid_t child = fork();

		if (child == 0) {
			history = open_history(path);
			put(history, 100 * round, 100 * round + 100);
			while (!written(path, pending, before,
			    100 * (int)round + 100))
				usleep(1000);
			usleep(round * 2000);	/* in the midst of sorting */
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
	history = open_history(path);
	wait_for(path, 500);
	history_close(history);
	assert_int_equal(count(path, (struct history_query){ 0 }), 500);
	assert_int_equal(told.count, 0);
}

/* A line that a crash of the machine has cut, and one of somebody else. */
static void
test_torn(void **state)
{
	const char *path = ((struct world *)*state)->path;
	own(str) char *pending = mem_format("%s.new", path);
	struct history *history = open_history(path);
	FILE *file;

	put(history, 0, 10);
	wait_for(path, 10);
	history_close(history);
	file = fopen(pending, "a");
	fputs("{\"verdict\":\"x\"}\nwho knows\n{\"verdict\":\"delivered\",", file);
	fclose(file);
	history = open_history(path);
	put(history, 10, 20);
	wait_for(path, 20);
	history_close(history);
	assert_int_equal(told.count, 0);
}

static sqlite3 *
open_other(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void
test_locked(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history = open_history(path);
	sqlite3 *other;

	put(history, 0, 10);
	wait_for(path, 10);
	other = open_other(path, "BEGIN IMMEDIATE");
	put(history, 10, 20);
	wait_told(1);
	assert_non_null(strstr(told.last, "history.db: database is locked"));
	put(history, 20, 30);
	/* it ends while the database is locked, and begins again */
	history_close(history);
	history = open_history(path);
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	wait_for(path, 30);
	history_close(history);
}

static void
test_damaged(void **state)
{
	const struct world *world = *state;
	struct history *history = open_history(world->path);
	FILE *file;
	own(str) char *aside = NULL;
	glob_t found_aside;

	put(history, 0, 10);
	wait_for(world->path, 10);
	history_close(history);
	file = fopen(world->path, "r+");
	for (int i = 0; i < 4096; i++)
		fputc('x', file);
	fclose(file);
	history = open_history(world->path);
	put(history, 10, 20);
	wait_told(1);
	assert_non_null(strstr(told.last, "set aside, and a new one begun: "));
	wait_for(world->path, 10);
	assert_int_equal(found.first, 10);
	history_close(history);
	aside = mem_format("%s/history.db.damaged-*", world->dir);
	assert_int_equal(glob(aside, 0, NULL, &found_aside), 0);
	globfree(&found_aside);
}

/* Somebody else's database is left alone. */
static void
test_foreign(void **state)
{
	const char *path = ((struct world *)*state)->path;
	sqlite3 *other = open_other(path, "CREATE TABLE copies (x)");
	struct history *history;

	sqlite3_close(other);
	history = open_history(path);
	put(history, 0, 10);
	wait_told(1);
	assert_non_null(strstr(told.last, "a database of something else"));
	history_close(history);
	assert_int_equal(unlink(path), 0);
	history = open_history(path);
	wait_for(path, 10);
	history_close(history);
}

/* A fifo: nobody waits for who would write to it. */
static void
test_fifo(void **state)
{
	const struct history_query query = { .mid = 1 };
	const char *path = ((struct world *)*state)->path;
	own(str) char *want = mem_format("%s: not a regular file", path);
	struct history *history;
	struct err err;

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(history_find(path, &query, NULL, NULL, &err), -1);
	assert_string_equal(err.text, want);
	assert_int_equal(history_scan(path, 0, 1, NULL, NULL, &err), -1);
	assert_string_equal(err.text, want);
	history = open_history(path);
	put(history, 0, 10);
	wait_told(1);
	assert_string_equal(told.last, want);
	assert_int_equal(unlink(path), 0);
	wait_for(path, 10);
	history_close(history);
}

/* No directory: told once, and the rows are there when it is. */
static void
test_nowhere(void **state)
{
	const struct world *world = *state;
	own(str) char *dir = mem_format("%s/none", world->dir);
	own(str) char *path = mem_format("%s/history.db", dir);
	struct history *history = open_history(path);

	put(history, 0, 10);
	wait_told(1);
	assert_non_null(strstr(told.last, "No such file or directory"));
	assert_int_equal(mkdir(dir, 0700), 0);
	put(history, 10, 20);
	wait_for(path, 20);
	assert_int_equal(told.count, 1);
	assert_int_equal(history_lost(history), 0);
	history_close(history);
}

/* Two programs with one file: the second one says so.  It is forked before the
 * first has a thread. */
static void
test_shared(void **state)
{
	const char *path = ((struct world *)*state)->path;
	struct history *history;
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct history *second;

		wait_for(path, 1);
		second = open_history(path);
		put(second, 1, 2);
		wait_told(1);
		_exit(strstr(told.last, "another program") != NULL ? 0 : 1);
	}
	history = open_history(path);
	put(history, 0, 1);
	wait_for(path, 1);
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	history_close(history);
}

static void
test_memory(void **state)
{
	const struct world *world = *state;
	own(str) char *path = mem_format("%s/none/history.db", world->dir);
	struct history *history = open_history(path);
	uint64_t lost;

	for (uint64_t i = 0; i < 60000; i++)
		put_at(history, 1, 1600000000000);
	lost = history_lost(history);
	assert_in_range(lost, 1, 59999);
	assert_int_equal(history_lost(history), 0);
	history_close(history);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_crash),
		TEST(test_torn),
		TEST(test_locked),
		TEST(test_damaged),
		TEST(test_foreign),
		TEST(test_fifo),
		TEST(test_nowhere),
		TEST(test_shared),
		TEST(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
