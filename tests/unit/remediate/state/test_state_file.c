/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A database that is not whole, not ours or too new is refused and left as it is;
 * and one process has its turn at a time
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/state/state.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"
#include "remediate/state/state_lock.h"
#include "tests/unit/scratch_path.h"

static struct state *open_state;
static struct err err;

static void
must(int result)
{
	if (result == -1)
		fail_msg("%s", err.text);
}

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("state.db");
	must(state_open(path, STATE_WRITE, &open_state, &err));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	open_state = state_close(open_state);
	scratch_end();
	return 0;
}

static void
refused(enum state_access access_, const char *why)
{
	struct state *state = NULL;

	assert_int_equal(state_open(path, access_, &state, &err), -1);
	assert_null(state);
	assert_int_equal(err.kind, ERR_NEVER);
	if (strstr(err.text, why) == NULL || strncmp(err.text, path,
	    strlen(path)) != 0)
		fail_msg("%s", err.text);
}

static void
sql(const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static off_t
size(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void
test_of_something_else(void **state)
{
	(void)state;
	open_state = state_close(open_state);
	unlink(path);
	sql("CREATE TABLE mail (x)");
	refused(STATE_WRITE, "of something else");
	refused(STATE_READ, "of something else");
	sql("PRAGMA user_version = 1");
	refused(STATE_WRITE, "of something else");
}

static void
test_fifo(void **state)
{
	(void)state;
	open_state = state_close(open_state);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(STATE_WRITE, "not a regular file");
	refused(STATE_READ, "not a regular file");
}

static void
test_newer(void **state)
{
	(void)state;
	open_state = state_close(open_state);
	sql("PRAGMA user_version = 99");
	refused(STATE_WRITE, "newer program");
}

static void
test_damaged(void **state)
{
	const struct state_batch batch = { .name = "b", .by = "",
		.source = "", .description = "" };
	off_t before;
	int64_t id;
	FILE *file;

	(void)state;
	must(state_batch(open_state, &batch, &id, &err));
	open_state = state_close(open_state);
	before = size();
	file = fopen(path, "r+");
	assert_non_null(file);
	for (off_t at = 4096; at < before; at += 512) {
		fseek(file, (long)at, SEEK_SET);
		fputs("damage", file);
	}
	fclose(file);
	refused(STATE_WRITE, "");
	assert_true(size() == before);	/* it is there to be looked at */
	file = fopen(path, "w");
	fputs("this is no database at all, but a text", file);
	fclose(file);
	refused(STATE_WRITE, "not a database");
}

static void
test_reading(void **state)
{
	struct stat st;
	struct state *reader;
	own(str) char *none = mem_format("%s/none.db", dir);

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	must(state_open(path, STATE_READ, &reader, &err));
	state_close(reader);
	assert_int_equal(state_open(none, STATE_READ, &reader, &err), -1);
	assert_int_equal(err.sys, ENOENT);
	assert_int_equal(access(none, F_OK), -1);
}

static void
test_lock(void **state)
{
	struct state *other;

	(void)state;
	must(state_open(path, STATE_WRITE, &other, &err));
	must(state_lock(open_state, STATE_ACTS, 0, &err));
	assert_int_equal(state_lock(other, STATE_ACTS, 0, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_int_equal(state_lock(other, STATE_ACTS, 250, &err), -1);
	/* one thing has nothing to do with another */
	must(state_lock(other, STATE_POLLS, 0, &err));
	assert_int_equal(state_lock(open_state, STATE_POLLS, 0, &err), -1);
	state_unlock(open_state, STATE_ACTS);
	must(state_lock(other, STATE_ACTS, 0, &err));
	state_close(other);
	must(state_lock(open_state, STATE_ACTS, 0, &err));
}

/* a child that holds a lock until it is killed */
static pid_t
hold(enum state_right right, int64_t patience)
{
	struct state *other;
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (state_open(path, STATE_WRITE, &other, &err) == -1)
			_exit(1);
		if (patience > 0)
			close(ready[1]);
		if (state_lock(other, right, patience, &err) == -1)
			_exit(1);
		if (patience == 0)
			close(ready[1]);
		pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
	return pid;
}

static void
test_runs(void **state)
{
	own(str) char *wanted = NULL;
	pid_t pid;

	(void)state;
	pid = hold(STATE_RUNS, 0);
	assert_int_equal(state_lock(open_state, STATE_RUNS, 0, &err), -1);
	wanted = mem_format("%s: another tdc-remediator runs, pid %ld", path,
	    (long)pid);
	assert_string_equal(err.text, wanted);
	assert_int_equal(err.kind, ERR_LATER);
	must(state_lock(open_state, STATE_ACTS, 0, &err));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	must(state_lock(open_state, STATE_RUNS, 0, &err));
}

/* who has it, and wants it again at once, comes after who waits for it */
static void
test_queue(void **state)
{
	const struct timespec pause = clock_timespec(10);
	pid_t pid;

	(void)state;
	must(state_lock(open_state, STATE_ACTS, 0, &err));
	assert_false(state_awaited(open_state));
	pid = hold(STATE_ACTS, 60000);
	for (int i = 0; i < 1000 && !state_awaited(open_state); i++)
		nanosleep(&pause, NULL);
	assert_true(state_awaited(open_state));
	state_unlock(open_state, STATE_ACTS);
	assert_int_equal(state_lock(open_state, STATE_ACTS, 0, &err), -1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(state_awaited(open_state));
	must(state_lock(open_state, STATE_ACTS, 0, &err));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_of_something_else), TEST(test_fifo), TEST(test_newer),
		TEST(test_damaged), TEST(test_reading), TEST(test_lock),
		TEST(test_runs), TEST(test_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
