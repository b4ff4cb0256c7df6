/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A state that somebody else has made or written into: it is refused, or what stands
 * there is as if it did not
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/state/state.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "base/own.h"
#include "remediate/todo.h"
#include "tests/unit/opened.h"
#include "tests/unit/scratch_path.h"

#define APPLICATION "1413759826"	/* "TDCR" */

static struct err err;

static int
set_up(void **state)
{
	(void)state;
	scratch_begin("state.db");
	return 0;
}

static void
execute(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static struct state *
open_it(void)
{
	struct state *state;

	if (state_open(path, STATE_WRITE, &state, &err) == -1)
		fail_msg("%s", err.text);
	return state;
}

/* it is left alone, whoever opens it, and says what it is */
static void
test_others(void **state)
{
	static const char *const sql[] = {
		"PRAGMA application_id = 7",
		"PRAGMA user_version = 1",
		"CREATE TABLE t (x)",
		"PRAGMA application_id = " APPLICATION,
		"PRAGMA application_id = " APPLICATION "; CREATE TABLE t (x)",
		"PRAGMA application_id = 7; PRAGMA user_version = 1",
		"PRAGMA application_id = " APPLICATION
		    "; PRAGMA user_version = -1",
	};
	own(str) char *wanted = mem_format("%s: a database of something else",
	    path);

	(void)state;
	for (size_t i = 0; i < sizeof(sql) / sizeof(*sql); i++) {
		struct state *made = NULL;
		int before = opened();

		execute(sql[i]);
		for (int write = 0; write < 2; write++) {
			assert_int_equal(state_open(path, write ? STATE_WRITE :
			    STATE_READ, &made, &err), -1);
			assert_int_equal(err.kind, ERR_NEVER);
			assert_string_equal(err.text, wanted);
		}
		assert_null(made);
		assert_int_equal(opened(), before);
		assert_int_equal(unlink(path), 0);
	}
}

/* an empty file is none yet for who only reads, and becomes one */
static void
test_empty(void **state)
{
	struct state *made = NULL;

	(void)state;
	free(scratch_file(dir, "state.db", ""));
	assert_int_equal(state_open(path, STATE_READ, &made, &err), -1);
	assert_non_null(strstr(err.text, "a database of something else"));
	state_close(open_it());
	assert_int_equal(state_open(path, STATE_READ, &made, &err), 0);
	state_close(made);
}

/* what the clock stands at, when somebody has written there: it begins again, and
 * nothing is purged too early */
static void
test_clock(void **state)
{
	static const char *const odd[] = { "", "5", "5 ", " 5", "x 5", "5 x",
		"5 5 5", "-5 5", "99999999999999999999 5" };
	struct state *kept = open_it();

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		int64_t lived = 99, lost = 99;

		assert_int_equal(state_note(kept, STATE_NOTE_CLOCK, odd[i],
		    &err), 0);
		assert_int_equal(state_lived(kept, 1000, 500, &lived, &err), 0);
		assert_int_equal(lived, 0);
		assert_int_equal(state_tick(kept, 1000, 500, &lived, &lost,
		    &err), 0);
		assert_true(lived == 0 && lost == 0);
		assert_int_equal(state_tick(kept, 1300, 500, &lived, &lost,
		    &err), 0);
		assert_true(lived == 300 && lost == 0);
	}
	state_close(kept);
}

static void
take_message(void *arg, const struct state_message *message)
{
	own(str) char *kept = mem_text(message->mailboxes);

	(void)arg;
	assert_string_equal(kept, "bob@corp.example\nann@corp.example\n");
}

/* one mailbox a line: what has a line end in it is no mailbox */
static void
test_mailboxes(void **state)
{
	static const char *const some[] = { "bob@corp.example",
		"x@corp.example\neve@corp.example", "BOB@corp.example",
		"ann@corp.example" };
	struct api_message message = { .id = "id-1", .message_id = "<1@x>",
		.verdict = API_BEC, .word = "bec", .direction = "",
		.sender = "", .return_path = "", .subject = "", .action = "",
		.client = "", .header = "", .mailboxes = some,
		.mailbox_count = 2 };
	const struct state_message_query query = { .id = "id-1" };
	struct state *kept = open_it();
	enum state_news news;

	(void)state;
	assert_int_equal(state_see(kept, &message, 1000, &news, &err), 0);
	assert_int_equal(news, STATE_NEW);
	message.mailbox_count = 4;
	assert_int_equal(state_see(kept, &message, 1500, &news, &err), 0);
	assert_int_equal(news, STATE_MORE);
	assert_int_equal(state_messages(kept, &query, take_message, NULL, &err),
	    1);
	assert_int_equal(state_see(kept, &message, 2000, &news, &err), 0);
	assert_int_equal(news, STATE_OLD_NEWS);
	state_close(kept);
}

static void
test_words(void **state)
{
	(void)state;
	assert_string_equal(state_word(STATE_DONE), "remediated");
	assert_string_equal(state_word(STATE_STEPS), "unknown");
	assert_string_equal(state_word((enum state_step)4711), "unknown");
}

/* a constraint of the tables is broken: that will not pass */
static void
test_constraint(void **state)
{
	const struct state_action action = { .message = "none",
		.recipient = "bob@corp.example", .mid = 7, .queue_ids = "4Q1",
		.proof = "", .reason = "", .made = 1000, .step = STATE_DUE };
	struct state *kept;
	int64_t id;
	bool made;

	(void)state;
	state_close(open_it());
	execute("CREATE TRIGGER no BEFORE INSERT ON actions BEGIN SELECT "
	    "RAISE(ABORT, 'somebody does not want it'); END");
	kept = open_it();
	assert_int_equal(state_act(kept, &action, &id, &made, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "state.db: somebody does not want it"));
	state_close(kept);
	/* nor a table that is gone */
	execute("DROP TABLE batches");
	kept = open_it();
	assert_int_equal(state_batches(kept, NULL, 0, NULL, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, "state.db: no such table: batches"));
	state_close(kept);
}

/* what a name on the command line stands for, and what for nothing */
static void
test_named(void **state)
{
	static const char *const none[] = { "0", "7", "id-1", "poll-7", "" };
	struct state *kept = open_it();
	struct todo_list list;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		assert_int_equal(todo_named(kept, none[i], &list, &err), 0);
		assert_int_equal(list.count, 0);
		todo_drop(&list);
	}
	state_close(kept);
	execute("DROP TABLE batches");
	kept = open_it();
	assert_int_equal(todo_named(kept, "poll-7", &list, &err), -1);
	assert_non_null(strstr(err.text, "no such table: batches"));
	assert_int_equal(list.count, 0);
	todo_drop(&list);
	/* a MID needs none */
	assert_int_equal(todo_named(kept, "7", &list, &err), 0);
	todo_drop(&list);
	state_close(kept);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_others), TEST(test_empty), TEST(test_clock),
		TEST(test_mailboxes), TEST(test_words), TEST(test_constraint),
		TEST(test_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
