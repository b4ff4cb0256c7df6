/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each thing that SQLite is asked fails, one after the other, in all that the
 * state is asked: it says so, with the name of the file, and has changed nothing
 *
 * NEEDS: REMEDIATION
 * WRAP: sqlite3_errcode sqlite3_errmsg sqlite3_exec sqlite3_open_v2
 * WRAP: sqlite3_prepare_v2 sqlite3_prepare_v3 sqlite3_step
 */
#include "remediate/state/state_begun.h"

#include "base/conf/conf.h"
#include "base/own.h"
#include "tests/unit/nth_sqlite.h"
#include "tests/unit/scratch_path.h"

enum { NOW = 1000000 };

static struct state *state;
static sqlite3 *other;		/* which sees whether anything was changed */
static char about[400];

#define MUST(condition) \
	do { \
		if (!(condition)) \
			fail_msg("%s: %s", about, #condition); \
	} while (0)

static int
changes(void)
{
	sqlite3_stmt *statement;
	int version;

	assert_int_equal(sqlite3_prepare_v2(other, "PRAGMA data_version", -1,
	    &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return version;
}

/* ---- what is asked; how many there were, 0 or -1 ---- */

static void
see_action(void *arg, const struct state_action *action,
    const struct state_message *message)
{
	(void)arg, (void)action, (void)message;
}

static void
see_message(void *arg, const struct state_message *message)
{
	(void)arg, (void)message;
}

static void
see_event(void *arg, const struct state_event *event)
{
	(void)arg, (void)event;
}

static void
see_piece(void *arg, const struct state_piece *piece)
{
	(void)arg, (void)piece;
}

static void
see_batch(void *arg, const struct state_batch *batch)
{
	(void)arg, (void)batch;
}

static void
see_recipient(void *arg, const char *recipient, unsigned count)
{
	(void)arg, (void)recipient, (void)count;
}

static void
see_pause(void *arg, const char *recipient, const char *why)
{
	(void)arg, (void)recipient, (void)why;
}

static int
see(const char *box, enum api_verdict verdict, struct err *err)
{
	const char *const boxes[] = { box };
	const struct api_message message = { .id = "id-1",
		.message_id = "<1@x>", .timestamp = 1, .verdict = verdict,
		.word = "w", .direction = "", .sender = "",
		.return_path = "", .subject = "", .mailboxes = boxes,
		.mailbox_count = 1, .action = "", .client = "", .header = "" };
	enum state_news news;

	return state_see(state, &message, NOW, &news, err);
}

static int
step(enum state_step to, struct err *err)
{
	const struct state_event event = { .action = 1, .at = NOW, .step = to,
		.text = "" };

	return state_step(state, &event, err);
}

static const struct state_begun begun = { .since = 1, .after = 0 };
static const struct state_piece piece = { .id = 1, .action = 1, .owner = "o",
	.profile = "p", .folder = "f", .key = "k", .handle = "h",
	.step = PIECE_MOVED, .moved = NOW, .lived = 1 };

#define ASK(name, ...) \
	static int \
	ask_##name(struct err *err) \
	{ \
		int64_t n = 0, m = 0; \
		unsigned count = 0; \
		bool yes = false; \
		own(str) char *text = NULL; \
	\
		(void)n, (void)m, (void)count, (void)yes, (void)text; \
		return __VA_ARGS__; \
	}

ASK(see, see("b@x", API_PHISHING, err))
ASK(more, see("c@x", API_PHISHING, err))
ASK(change, see("b@x", API_NEUTRAL, err))
ASK(old_news, see("b@x", API_NEUTRAL, err))
ASK(planned, state_planned(state, "id-1", "", err))
ASK(messages, state_messages(state, &(struct state_message_query){
    .threats = true }, see_message, NULL, err))
ASK(batch, state_batch(state, &(struct state_batch){ .name = "n", .by = "b",
    .source = "s", .description = "", .begun = NOW }, &n, err))
ASK(batches, state_batches(state, "n", 0, see_batch, NULL, err))
ASK(act, state_act(state, &(struct state_action){ .message = "id-1",
    .recipient = "b@x", .mid = 1, .queue_ids = "4Q", .proof = "",
    .reason = "", .batch = 1, .step = STATE_DUE, .made = NOW }, &n, &yes, err))
ASK(each, state_each(state, &(struct state_query)STATE_QUERY, see_action, NULL,
    err))
ASK(retry, state_retry(state, &(struct state_delay){ .action = 1, .due = NOW,
    .reason = "r" }, err))
ASK(forwarded, state_forwarded(state, "id-1", NOW, err))
ASK(intend, state_intend(state, &piece, &n, err))
ASK(piece_step, state_piece_step(state, 1, PIECE_MOVED, "h", err))
ASK(piece_later, state_piece_later(state, 1, NOW, err))
ASK(pieces, state_pieces(state, &(struct state_piece_query){ .step = -1 },
    see_piece, NULL, err))
ASK(done, step(STATE_DONE, err))
ASK(undo, state_undo(state, 1, "why", err))
ASK(restored, step(STATE_RESTORED, err))
ASK(due, step(STATE_DUE, err))
ASK(events, state_events(state, 1, see_event, NULL, err))
ASK(last_event, state_last_event(state, &n, err))
ASK(begun, state_begun(state, &begun, &count, err))
ASK(begun_messages, state_begun_messages(state, &begun, &count, err))
ASK(begun_each, state_begun_each(state, &begun, 0, see_recipient, NULL, err))
ASK(request, state_request(state, &(struct state_request){ .action = 1,
    .at = NOW, .batch = 1, .text = "t" }, &yes, err))
ASK(pause, state_pause(state, "b@x", "why", err))
ASK(paused, state_paused(state, "b@x", &text, err))
ASK(pauses, state_pauses(state, see_pause, NULL, err))
ASK(resume, state_resume(state, "b@x", err))
ASK(resume_all, state_resume(state, NULL, err))
ASK(note, state_note(state, "n", "t", err))
ASK(noted, state_noted(state, "n", &text, err))
ASK(tick, state_tick(state, NOW, 1000, &n, &m, err))
ASK(lived, state_lived(state, NOW + 10, 1000, &n, err))
ASK(spend, state_spend(state, NOW, 10, &yes, err))
ASK(spent, state_spent(state, NOW, &count, err))
ASK(done_again, step(STATE_DONE, err))
ASK(purged, state_piece_purged(state, &piece, PIECE_PURGED, NOW, &yes, err))
ASK(forget, state_forget(state, &(struct state_age){ .lived = NOW,
    .timestamp = NOW, .most = 10 }, &count, err))

static const struct question {
	const char	*name;
	int		(*ask)(struct err *);
	int		 answer;
} questions[] = {
#define ROW(name, answer) { #name, ask_##name, answer }
	ROW(see, 0), ROW(more, 0), ROW(planned, 0), ROW(messages, 1),
	ROW(batch, 0), ROW(batches, 1), ROW(act, 0), ROW(each, 1),
	ROW(retry, 0), ROW(forwarded, 0), ROW(intend, 0), ROW(piece_step, 0),
	ROW(piece_later, 0), ROW(pieces, 1), ROW(last_event, 0),
	ROW(begun, 0), ROW(begun_messages, 0), ROW(begun_each, 0),
	ROW(done, 0), ROW(undo, 0), ROW(restored, 0), ROW(due, 0),
	ROW(events, 5), ROW(request, 0), ROW(pause, 0), ROW(paused, 0),
	ROW(pauses, 1), ROW(resume, 0), ROW(resume_all, 0), ROW(note, 0),
	ROW(noted, 0), ROW(tick, 0), ROW(lived, 0), ROW(spend, 0),
	ROW(spent, 0), ROW(change, 0), ROW(old_news, 0), ROW(planned, 0),
	ROW(done_again, 0), ROW(purged, 0), ROW(forget, 0),
};

/* try - false: none of its calls had to fail */
static bool
try(const struct question *question, unsigned at, int error)
{
	struct err err = { .text = "" };
	int before = changes(), answer;

	assert_true(nth_only(at, error));
	nth_arm();
	answer = question->ask(&err);
	nth_disarm();
	nth_sqlite_failed = false;
	snprintf(about, sizeof(about), "%s, %s (call %u): %d %.99s",
	    question->name, nth->name, at, answer, err.text);
	if (nth->name[0] == '\0') {
		MUST(answer == question->answer);
		return false;
	}
	MUST(answer == -1 && strncmp(err.text, path, strlen(path)) == 0);
	MUST(strstr(err.text, sqlite3_errstr(error)) != NULL);
	MUST(err.kind == (error == SQLITE_CORRUPT ? ERR_NEVER : ERR_LATER));
	MUST((err.sys == EACCES) == (error == SQLITE_READONLY));
	/* the room is given back when all is forgotten already */
	MUST(changes() == before || (question->ask == ask_forget && at > 8));
	return true;
}

static void
test_questions(void **unused)
{
	static const int errors[] = { SQLITE_FULL, SQLITE_CORRUPT,
		SQLITE_READONLY };
	struct err err;

	(void)unused;
	if (state_open(path, STATE_WRITE, &state, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		unsigned at = 1;

		while (try(&questions[i], at, errors[at % 3]))
			at++;
		MUST(at > 1);
	}
	sqlite3_close(other);
	state_close(state);
}

/* ---- opening ---- */

/* open_it - as if for the first time, or one that was made before; false: none of
 * its calls had to fail */
static bool
open_it(unsigned at, enum state_access access, bool made)
{
	struct err err = { .text = "" };
	int result;

	if (!made)
		(void)unlink(path);
	assert_true(nth_only(at, SQLITE_BUSY));
	nth_arm();
	result = state_open(path, access, &state, &err);
	nth_disarm();
	nth_sqlite_failed = false;
	snprintf(about, sizeof(about), "open, %s (call %u): %d %.99s",
	    nth->name, at, result, err.text);
	MUST(result == 0 || nth->name[0] != '\0');
	MUST(result == 0 || (err.kind == ERR_LATER &&
	    strncmp(err.text, path, strlen(path)) == 0));
	if (result == 0)
		state_close(state);
	/* it is all there, or is made by the next one */
	result = state_open(path, STATE_WRITE, &state, &err);
	MUST(result == 0 && state_note(state, "n", "t", &err) == 0);
	state_close(state);
	return nth->name[0] != '\0';
}

static void
test_open(void **unused)
{
	unsigned at = 1;

	(void)unused;
	while (open_it(at, STATE_WRITE, false))
		at++;
	assert_in_range(at, 5, 200);
	for (at = 1; open_it(at, STATE_WRITE, true); )
		at++;
	assert_in_range(at, 5, 100);
	for (at = 1; open_it(at, STATE_READ, true); )
		at++;
	assert_in_range(at, 3, 100);
}

static int
set_up(void **unused)
{
	(void)unused;
	scratch_begin("state.db");
	return 0;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_questions), TEST(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
