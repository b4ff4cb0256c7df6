/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each thing that the database is asked fails, one after the other: no message is
 * lost by that, nothing is told that is not so, and all of it is done in the end
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain sqlite3_errcode sqlite3_errmsg sqlite3_exec
 * WRAP: sqlite3_prepare_v2 sqlite3_step
 */
#include "tests/unit/remediate/remediate_rig.h"

#include "base/log/log.h"
#include "remediate/state/state_begun.h"
#include "tests/unit/nth_sqlite.h"

static const struct mail plain = { .queue_id = "4Q1" };
static unsigned told[LOG_EVENTS];	/* lines of the log, of each kind */
static char about[200];		/* the try, for who reads that it failed */

#define MUST(condition) \
	do { \
		if (!(condition)) \
			fail_msg("%s: %s", about, #condition); \
	} while (0)

void	__wrap_log_write(enum log_event, const char *, ...);
void
__wrap_log_write(enum log_event event, const char *format, ...)
{
	(void)format;
	told[event]++;
}

/* ---- what there is ---- */

static enum state_step
step_now(void)
{
	struct todo_list list = one(NULL);
	enum state_step step = list.items[0].action.step;

	todo_drop(&list);
	return step;
}

static void
must_be(enum state_step step, const char *reason)
{
	struct todo_list list = one(NULL);
	const struct state_action *action = &list.items[0].action;

	if (action->step != step || strcmp(action->reason, reason) != 0)
		fail_msg("%s: it is %s (%s)", about, state_word(action->step),
		    action->reason);
	MUST(*action->undoing == '\0');
	todo_drop(&list);
}

/* at_inbox, away - the message is at one place, and whole */
static bool
at_inbox(void)
{
	return is_there("bob@corp.example/INBOX/1");
}

static unsigned
away(void)
{
	return files("store/.quarantine", "");
}

/* ---- what is done ---- */

static void
note_piece(void *arg, const struct state_piece *piece)
{
	*(int64_t *)arg = piece->id;
}

static void
step_piece(enum state_piece_step step)
{
	const struct state_piece_query query = { .step = -1 };
	int64_t id = 0;
	struct err err;

	assert_int_equal(state_pieces(rem.state, &query, note_piece, &id, &err),
	    1);
	assert_int_equal(state_piece_step(rem.state, id, step, "", &err), 0);
}

static void
hear_of_it(void)
{
	const struct api_message message = SAYS;

	plan_see(&rem, &message);
}

static void
hear_otherwise(void)
{
	struct api_message message = SAYS;

	message.verdict = API_NEUTRAL;
	message.word = "neutral";
	plan_see(&rem, &message);
}

static void
there_is_one(void)
{
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
}

static void
moved_away(void)
{
	there_is_one();
	hear_of_it();
	turn();
	assert_int_equal(away(), 1);
	undo_turn(&rem);		/* time begins */
}

/* moved_unnoted - a crash left open whether it was moved */
static void
moved_unnoted(void)
{
	moved_away();
	step_piece(PIECE_INTENDED);
}

/* half_done - the same, and the remediation goes on */
static void
half_done(void)
{
	struct state_event event = { .at = rig_now, .step = STATE_DUE,
		.text = "" };
	struct todo_list list;
	struct err err;

	moved_unnoted();
	list = one(NULL);
	event.action = list.items[0].action.id;
	todo_drop(&list);
	assert_int_equal(state_step(rem.state, &event, &err), 0);
}

static void
back_is_wanted(void)
{
	rig_conf("remediation_restore = yes\n");
	moved_away();
}

/* two_as_one - and which of them is meant cannot be told */
static void
two_as_one(void)
{
	there_is_one();
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2" });
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q2" });
	hear_of_it();
	rig_now += 2 * PLAN_PATIENCE;
}

static void
too_many(void)
{
	there_is_one();
	rig_settings.conf.remediation_max_hour = 0;
}

static void
too_many_for_one(void)
{
	there_is_one();
	rig_settings.conf.remediation_max_recipient = 0;
}

static void
hear_and_turn(void)
{
	hear_of_it();
	turn();
	/* the next answer of the API, when the last could not be kept */
	if (rem.missed)
		hear_of_it();
}

static void
undo(void)
{
	const struct state_query query = { .step = -1 };
	struct todo_list list;
	struct err err = { .text = "" };
	unsigned count;

	if (todo_find(rem.state, &query, &list, &err) == -1 ||
	    undo_action(&rem, &list.items[0], "alice", &count, &err) == -1)
		MUST(*err.text != '\0');
	else
		MUST(count == 1 && at_inbox());
	todo_drop(&list);
}

static void
hear_no_more(void)
{
	hear_otherwise();
	turn();
	if (rem.missed)
		hear_otherwise();
}

static void
purge(void)
{
	undo_turn(&rem);
}

static void
hear_of_service(void)
{
	struct api_message message = SAYS;

	message.action = "moved to junk";
	plan_see(&rem, &message);
	turn();
}

/* ---- what comes of it when nothing fails any more ---- */

static void
turns(void)
{
	struct err err;

	/* it could not be counted, and a person has looked at it */
	(void)state_resume(rem.state, NULL, &err);
	for (int i = 0; i < 4; i++) {
		rig_now += 20 * MINUTE;
		turn();
	}
}

static void
is_away_once(void)
{
	unsigned mails;

	hear_of_it();
	turns();
	must_be(STATE_DONE, "");
	MUST(!at_inbox() && away() == 1);
	MUST(told[LOG_remediation_done] == 1);
	mails = files("", "mail.");
	MUST(mails == 1 || mails == 2);
}

static void
is_back(void)
{
	turns();
	undo_turn(&rem);
	if (step_now() != STATE_RESTORED) {
		MUST(away() == 1);
		undo();
	}
	must_be(STATE_RESTORED, "undone by alice");
	MUST(told[LOG_remediation_restored] == 1);
	MUST(at_inbox() && away() == 0);
}

static void
is_back_by_verdict(void)
{
	hear_otherwise();
	turns();
	undo_turn(&rem);
	must_be(STATE_RESTORED, UNDO_WITHDRAWN);
	MUST(told[LOG_remediation_restored] == 1);
	MUST(at_inbox() && away() == 0);
}

static void
is_purged(void)
{
	for (int i = 0; i < 120; i++) {
		rig_now += 24 * HOUR;
		undo_turn(&rem);
		if (away() == 0)
			break;
	}
	MUST(!at_inbox() && away() == 0);
	must_be(STATE_PURGED, "");
	MUST(told[LOG_remediation_purged] <= 1);
}

static void
is_untouched_twice(void)
{
	turns();
	must_be(STATE_FAILED, PLAN_SAME_ID);
	MUST(told[LOG_remediation_failed] == 1);
	MUST(at_inbox() && is_there("bob@corp.example/INBOX/2") &&
	    away() == 0 && files("", "mail.") == 0);
}

static void
is_stopped(void)
{
	hear_of_it();
	for (int i = 0; i < 3; i++) {
		rig_now += MINUTE;
		turn();
	}
	MUST(caps_paused(&rem));
	MUST(at_inbox() && away() == 0 && files("", "mail.") == 0);
	MUST(step_now() == STATE_DUE);
}

static void
is_stopped_for_bob(void)
{
	own(str) char *why = NULL;
	struct err err;

	hear_of_it();
	for (int i = 0; i < 3; i++) {
		rig_now += MINUTE;
		turn();
	}
	MUST(at_inbox() && away() == 0 && files("", "mail.") == 0);
	MUST(state_paused(rem.state, "bob@corp.example", &why, &err) == 0);
	MUST(*why != '\0' || caps_paused(&rem));
}

static void
is_elsewhere(void)
{
	hear_of_service();
	turns();
	must_be(STATE_ELSEWHERE, "moved to junk");
	MUST(told[LOG_remediation_elsewhere] == 1);
	MUST(at_inbox() && away() == 0 && files("", "mail.") == 0);
}

/* ---- each of it ---- */

static const struct scenario {
	const char	*name;
	void		(*prepare)(void);
	void		(*act)(void);
	void		(*check)(void);
} scenarios[] = {
	{ "remediate", there_is_one, hear_and_turn, is_away_once },
	{ "one of two", two_as_one, turn, is_untouched_twice },
	{ "stop all", too_many, hear_and_turn, is_stopped },
	{ "stop one", too_many_for_one, hear_and_turn, is_stopped_for_bob },
	{ "go on after a crash", half_done, turn, is_away_once },
	{ "undo", moved_away, undo, is_back },
	{ "undo after a crash", moved_unnoted, undo, is_back },
	{ "withdraw", back_is_wanted, hear_no_more, is_back_by_verdict },
	{ "purge", moved_away, purge, is_purged },
	{ "moved by the service", there_is_one, hear_of_service,
	    is_elsewhere },
};

static bool
try(const struct scenario *scenario, unsigned at, int error)
{
	assert_true(nth_begin(1, error));
	nth->at = at;
	rig_up(NULL);
	scenario->prepare();
	if (scenario->act == purge)
		rig_now += 40 * 24 * HOUR;
	snprintf(about, sizeof(about), "%s, call %u: %s", scenario->name, at,
	    sqlite3_errstr(error));
	memset(told, 0, sizeof(told));
	nth_arm();
	scenario->act();
	nth_disarm();
	nth_sqlite_failed = false;
	/* at no time it is nowhere, or only there where nobody knows of it */
	MUST(at_inbox() || away() == 1);
	scenario->check();
	rig_down(NULL);
	return nth->name[0] != '\0';
}

static void
walk(int error, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned at = 1;

		while (try(&scenarios[i], at, error))
			at++;
		assert_in_range(at, 5, 1000);
	}
}

static void
test_full(void **state)
{
	(void)state;
	walk(SQLITE_FULL, sizeof(scenarios) / sizeof(*scenarios));
}

/* what does not pass by itself calls a person, where it is counted */
static void
test_corrupt(void **state)
{
	(void)state;
	walk(SQLITE_CORRUPT, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full), cmocka_unit_test(test_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
