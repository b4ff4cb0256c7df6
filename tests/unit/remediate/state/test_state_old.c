/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A database of an earlier version is made one of this, whole or not at all; and
 * what is old is forgotten
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/state/state.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "tests/unit/remediate/state/state_v1.h"
#include "tests/unit/scratch_path.h"

static struct state *open_state;
static struct err err;

static void
must(int result)
{
	if (result == -1)
		fail_msg("%s", err.text);
}

static void
sql(const char *text)
{
	char *why = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	sqlite3_close(db);
}

/* number - that a statement gives */
static int64_t
number(const char *text)
{
	sqlite3_stmt *statement;
	int64_t found;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	found = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return found;
}

/* As version 1 left it: one that is done, with a piece in quarantine, one that
 * waits, and one that was ignored. */
static const char rows[] =
    "INSERT INTO messages VALUES ('a', '<1@x>', 5, 8, 'phishing', 1, 0, "
    "'incoming', 's', 'subject', '192.0.2.1', 'b@y\nc@y\n', 10, 10, 1, '', 10);"
    "INSERT INTO messages VALUES ('b', '<2@x>', 6, 8, 'bec', 1, 0, "
    "'', '', '', '', '', 11, 11, 1, 'not ours', 11);"
    "INSERT INTO actions VALUES (1, 'a', 'b@y', 7, '4Q1', '4Q1 1 -\n', 9, 1, 1, "
    "6, 1, 0, 0, 'store', '', 12, 13);"
    "INSERT INTO actions VALUES (2, 'a', 'c@y', 7, '4Q1', '4Q1 1 -\n', 9, 1, 1, "
    "3, 1, 2, 500, '', 'later', 12, 13);"
    "INSERT INTO events VALUES (1, 1, 13, 6, '');"
    "INSERT INTO pieces VALUES (1, 1, 'o', 'store', 'INBOX', 'key', 'handle', 1, "
    "13);"
    "INSERT INTO batches VALUES (1, 'poll-1', 'me', 'gw', 1, '', 12);"
    "INSERT INTO notes VALUES ('pause', 'too many');";

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("state.db");
	sql(state_v1);
	sql(rows);
	sql("PRAGMA journal_mode = WAL");
	open_state = NULL;
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

/* ---- made anew ---- */

static void
look_at(void *arg, const struct state_action *action,
    const struct state_message *message)
{
	++*(int *)arg;
	assert_string_equal(message->id, "a");
	assert_string_equal(message->mailboxes, "b@y\nc@y\n");
	assert_string_equal(message->action, "");
	assert_string_equal(action->queue_ids, "4Q1");
	assert_string_equal(action->undoing, "");
	assert_int_equal(action->searches, 0);
	assert_int_equal(action->attempts, action->id == 2 ? 2 : 0);
}

static void
look_at_piece(void *arg, const struct state_piece *piece)
{
	++*(int *)arg;
	assert_string_equal(piece->handle, "handle");
	assert_int_equal(piece->moved, 13);
	assert_int_equal(piece->lived, 0);
}

static void
test_upgrade(void **state)
{
	const struct state_query all = STATE_QUERY;
	const struct state_piece_query pieces = { .step = PIECE_MOVED };
	own(str) char *pause = NULL;
	int actions = 0, moved = 0;

	(void)state;
	must(state_open(path, STATE_WRITE, &open_state, &err));
	assert_int_equal(state_each(open_state, &all, look_at, &actions, &err),
	    2);
	assert_int_equal(state_pieces(open_state, &pieces, look_at_piece,
	    &moved, &err), 1);
	must(state_noted(open_state, "pause", &pause, &err));
	assert_string_equal(pause, "too many");
	assert_int_equal(number("PRAGMA user_version"), 2);
	assert_int_equal(number("PRAGMA auto_vacuum"), 2);
	/* once */
	open_state = state_close(open_state);
	must(state_open(path, STATE_WRITE, &open_state, &err));
	must(state_close(open_state) == NULL ? 0 : -1);
	must(state_open(path, STATE_READ, &open_state, &err));
}

/* the same tables as those of a new one */
static void
test_same_as_new(void **state)
{
	static const char tables[] = "SELECT sum(length(name) * length(type)) "
	    "FROM sqlite_schema";
	int64_t count;
	own(str) char *old = NULL;

	(void)state;
	must(state_open(path, STATE_WRITE, &open_state, &err));
	count = number(tables);
	open_state = state_close(open_state);
	old = path;
	path = mem_format("%s/new.db", dir);
	must(state_open(path, STATE_WRITE, &open_state, &err));
	assert_int_equal(number(tables), count);
	assert_int_equal(number("PRAGMA auto_vacuum"), 2);
}

static void
test_reader_waits(void **state)
{
	(void)state;
	assert_int_equal(state_open(path, STATE_READ, &open_state, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, "of version 1, which tdc-remediator"));
	assert_int_equal(number("PRAGMA user_version"), 1);
}

/* what cannot be done is not done by half */
static void
test_whole_or_not(void **state)
{
	(void)state;
	sql("CREATE INDEX pieces_due ON pieces (key)");
	assert_int_equal(state_open(path, STATE_WRITE, &open_state, &err), -1);
	assert_int_equal(number("PRAGMA user_version"), 1);
	assert_int_equal(number("SELECT count(*) FROM pragma_table_info("
	    "'messages') WHERE name = 'lived'"), 0);
	sql("DROP INDEX pieces_due");
	must(state_open(path, STATE_WRITE, &open_state, &err));
}

/* ---- forgotten ---- */

static unsigned
forget(int64_t lived, int64_t timestamp)
{
	const struct state_age age = { lived, timestamp, 100 };
	unsigned count;

	must(state_forget(open_state, &age, &count, &err));
	return count;
}

static void
test_forget(void **state)
{
	const struct state_event done = { .action = 2, .at = 20,
		.step = STATE_DONE, .text = "" };

	(void)state;
	must(state_open(path, STATE_WRITE, &open_state, &err));
	assert_int_equal(forget(-1, 100), 0);
	assert_int_equal(forget(0, 4), 0);
	assert_int_equal(forget(0, 100), 1);		/* the ignored one */
	must(state_step(open_state, &done, &err));
	assert_int_equal(forget(0, 100), 0);		/* in quarantine */
	must(state_piece_step(open_state, 1, PIECE_PURGED, NULL, &err));
	must(state_undo(open_state, 1, "undone by alice", &err));
	assert_int_equal(forget(0, 100), 0);		/* to be put back */
	must(state_undo(open_state, 1, "", &err));
	assert_int_equal(forget(0, 100), 1);
	assert_int_equal(number("SELECT (SELECT count(*) FROM messages) + "
	    "(SELECT count(*) FROM actions) + "
	    "(SELECT count(*) FROM pieces) + (SELECT count(*) FROM batches)"),
	    0);
	/* the newest stays: the caps count from numbers on */
	assert_int_equal(number("SELECT count(*) FROM events"), 1);
	assert_int_equal(number("SELECT count(*) FROM notes"), 1);
}

/* the room is given back, a bit at a time */
static void
test_room(void **state)
{
	struct stat st;
	int64_t before;
	unsigned n;

	(void)state;
	must(state_open(path, STATE_WRITE, &open_state, &err));
	sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 2000) INSERT INTO messages SELECT 'm' || i, '', 5, 8, "
	    "'', 0, 0, '', '', hex(randomblob(500)), '', '', 1, 1, 1, 'no', 1, "
	    "'', 0 FROM n");
	before = number("PRAGMA page_count");
	for (n = 0; forget(0, 100) > 0; n++)
		continue;
	assert_int_equal(n, 21);
	assert_true(number("PRAGMA page_count") < before / 4);
	open_state = state_close(open_state);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < before * 4096 / 4);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_upgrade), TEST(test_same_as_new),
		TEST(test_reader_waits), TEST(test_whole_or_not),
		TEST(test_forget), TEST(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
