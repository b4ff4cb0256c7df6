/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Putting back and purging, when a message is not there any more, when it cannot be
 * noted, and when somebody wants to act meanwhile
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain history_count maps_find owners_find piece_find
 * WRAP: state_messages state_note state_noted state_piece_step state_pieces
 * WRAP: state_step state_undo todo_find
 */
#include "tests/unit/remediate/actions/fails_by_name.h"

#include <stdatomic.h>

/* remediated - one message, or two, are away */
static void
remediated(bool both)
{
	if (both)
		put("bob@corp.example/Later/2", &plain);
	there_is();
	turn();
	expect(NULL, STATE_DONE, "");
	assert_int_equal(files("store/.quarantine", ""), 1 + both);
	undo_turn(&rem);		/* time begins */
	memset(told, 0, sizeof(told));
}

static void
lose(const char *handle)
{
	own(str) char *path = mem_format("%s/store/.quarantine/%s", rig_dir,
	    handle);

	assert_int_equal(unlink(path), 0);
}

static unsigned count;
static struct err err;

/* undo_it - as a person wants */
static int
undo_it(void)
{
	struct todo_list list = one(NULL);
	int result;

	count = 99;
	err.text[0] = '\0';
	result = undo_action(&rem, &list.items[0], "alice", &count, &err);
	todo_drop(&list);
	return result;
}

/* somebody has emptied the quarantine: nothing comes back, and nothing says so */
static void
test_gone(void **state)
{
	(void)state;
	remediated(false);
	lose("bob@corp.example!INBOX!1");
	assert_int_equal(undo_it(), 0);
	assert_int_equal(count, 0);
	expect(NULL, STATE_DONE, "");
	assert_int_equal(told[LOG_remediation_restored], 0);
	/* one of two */
	rig_down(NULL);
	set_up(NULL);
	remediated(true);
	lose("bob@corp.example!Later!2");
	assert_int_equal(undo_it(), 0);
	assert_int_equal(count, 1);
	expect(NULL, STATE_RESTORED, "undone by alice");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

static unsigned restores;

static enum mailbox_result
no_restore(const char *call)
{
	return strcmp(call, "restore") != 0 ? MAILBOX_DONE :
	    restores++ == 0 ? MAILBOX_NEVER : MAILBOX_LATER;
}

/* each of the two fails in its way: both are tried, and why the first one did is
 * told */
static void
test_both_fail(void **state)
{
	(void)state;
	remediated(true);
	restores = 0;
	store_hook = no_restore;
	assert_int_equal(undo_it(), -1);
	assert_int_equal(restores, 2);
	assert_string_equal(err.text, "the store says no");
	store_hook = NULL;
	/* what was begun goes on, and counts what was there all the time */
	undo_turn(&rem);
	expect(NULL, STATE_RESTORED, "undone by alice");
	assert_int_equal(told[LOG_remediation_restored], 1);
	assert_true(is_there("bob@corp.example/INBOX/1") &&
	    is_there("bob@corp.example/Later/2"));
}

/* each note that cannot be made: nothing is lost by that, or told too early */
static void
test_not_noted(void **state)
{
	static const struct { const char *name; unsigned n; } rows[] = {
		{ "state_undo", 1 }, { "piece_find", 1 },
		{ "state_piece_step", 1 },	/* it is put back ... */
		{ "state_piece_step", 2 },	/* ... and is back */
		{ "state_step", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *why = mem_format("%s fails", rows[i].name);

		if (i > 0) {
			rig_down(NULL);
			set_up(NULL);
		}
		remediated(false);
		fail_at(rows[i].name, rows[i].n);
		assert_int_equal(undo_it(), -1);
		failed_once();
		assert_string_equal(err.text, why);
		assert_int_equal(told[LOG_remediation_restored], 0);
		assert_true(is_there("bob@corp.example/INBOX/1") || is_away());
		if (i == 0)
			assert_int_equal(undo_it(), 0);
		undo_turn(&rem);
		expect(NULL, STATE_RESTORED, "undone by alice");
		assert_true(is_there("bob@corp.example/INBOX/1"));
		assert_int_equal(told[LOG_remediation_restored], 1);
	}
}

/* ---- a crash left open whether it was moved ---- */

static void
take_id(void *arg, const struct state_piece *piece)
{
	*(int64_t *)arg = piece->id;
}

/* open_question - the last piece */
static void
open_question(void)
{
	const struct state_piece_query query = { .step = -1 };
	int64_t id = 0;

	assert_true(state_pieces(rem.state, &query, take_id, &id, &err) > 0);
	assert_int_equal(state_piece_step(rem.state, id, PIECE_INTENDED, "",
	    &err), 0);
}

/* of two one is known to be away, the other is looked for: it has its own handle */
static void
test_settle(void **state)
{
	(void)state;
	remediated(true);
	open_question();
	assert_int_equal(undo_it(), 0);
	assert_int_equal(count, 2);
	assert_true(is_there("bob@corp.example/INBOX/1") &&
	    is_there("bob@corp.example/Later/2"));
}

/* it was not moved, or it was, and that cannot be noted */
static void
test_settle_not_noted(void **state)
{
	(void)state;
	remediated(false);
	open_question();
	fail_at("state_piece_step", 1);
	assert_int_equal(undo_it(), -1);
	failed_once();
	assert_string_equal(err.text, "state_piece_step fails");
	assert_true(is_away());
	fail_at("state_pieces", 2);
	assert_int_equal(undo_it(), -1);
	failed_once();
	assert_true(is_away());
	undo_turn(&rem);
	expect(NULL, STATE_RESTORED, "undone by alice");
	rig_down(NULL);
	set_up(NULL);
	remediated(false);
	open_question();
	lose("bob@corp.example!INBOX!1");
	fail_at("state_piece_step", 1);
	assert_int_equal(undo_it(), -1);
	failed_once();
	assert_string_equal(err.text, "state_piece_step fails");
	assert_int_equal(undo_it(), 0);
	assert_int_equal(count, 0);
}

/* an undo that was cut short when the message was back already */
static void
test_back_already(void **state)
{
	const struct state_piece_query query = { .step = -1 };
	int64_t id = 0;

	(void)state;
	remediated(false);
	assert_int_equal(state_pieces(rem.state, &query, take_id, &id, &err),
	    1);
	assert_int_equal(state_piece_step(rem.state, id, PIECE_RETURNING, NULL,
	    &err), 0);
	lose("bob@corp.example!INBOX!1");
	put("bob@corp.example/INBOX/1", &plain);
	fail_at("state_piece_step", 1);
	assert_int_equal(undo_it(), -1);
	failed_once();
	assert_int_equal(undo_it(), 0);
	assert_int_equal(count, 1);
	expect(NULL, STATE_RESTORED, "undone by alice");
}

/* ---- verdicts that are withdrawn ---- */

static void
harmless(void)
{
	struct api_message message = SAYS;

	message.verdict = API_NEUTRAL;
	message.word = "neutral";
	plan_see(&rem, &message);
}

/* what was never begun has nothing to be taken back, and no line */
static void
test_nothing_begun(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	plan_see(&rem, &message);
	harmless();
	turn();
	assert_int_equal(told[LOG_remediation_withdrawn], 0);
	assert_int_equal(told[LOG_remediation_trouble], 0);
}

/* each step that may still be done is stopped by it; what has ended stays */
static void
test_each_step(void **state)
{
	static const struct { enum state_step step, then; } rows[] = {
		{ STATE_SEEN, STATE_WITHDRAWN },
		{ STATE_REPORTED, STATE_WITHDRAWN },
		{ STATE_DUE, STATE_WITHDRAWN },
		{ STATE_FORWARDED, STATE_WITHDRAWN },
		{ STATE_QUARANTINED, STATE_WITHDRAWN },
		{ STATE_DONE, STATE_DONE }, { STATE_FAILED, STATE_FAILED },
		{ STATE_RESTORED, STATE_RESTORED },
		{ STATE_PURGED, STATE_PURGED },
		{ STATE_ELSEWHERE, STATE_ELSEWHERE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct state_event event = { .at = rig_now, .text = "" };
		struct todo_list list;

		if (i > 0) {
			rig_down(NULL);
			set_up(NULL);
		}
		rig_settings.conf.remediation_mode = CONF_REMEDIATE_REPORT;
		there_is();
		turn();
		list = one(NULL);
		event.action = list.items[0].action.id;
		event.step = rows[i].step;
		todo_drop(&list);
		assert_int_equal(state_step(rem.state, &event, &err), 0);
		harmless();
		plan_turn(&rem);
		list = one(NULL);
		assert_int_equal(list.items[0].action.step, rows[i].then);
		assert_int_equal(list.items[0].action.due, 0);
		todo_drop(&list);
	}
}

/* ---- turns ---- */

static atomic_bool stopped;

/* when we stop, what is to be put back or purged waits */
static void
test_stopped(void **state)
{
	(void)state;
	remediated(false);
	fail_at("piece_find", 1);
	assert_int_equal(undo_it(), -1);
	failed_once();
	rig_settings.stopped = &stopped;
	atomic_store(&stopped, true);
	undo_turn(&rem);
	assert_true(is_away());
	atomic_store(&stopped, false);
	/* and so does what cannot be asked for now */
	fail_at("todo_find", 1);
	undo_turn(&rem);
	failed_once();
	assert_int_equal(told[LOG_remediation_trouble], 1);
	assert_true(is_away());
	undo_turn(&rem);
	expect(NULL, STATE_RESTORED, "undone by alice");
}

static enum mailbox_result
no_purge(const char *call)
{
	return strcmp(call, "purge") == 0 ? MAILBOX_NEVER : MAILBOX_DONE;
}

/* what cannot be purged waits ever longer, a day at most, and stays in quarantine */
static void
test_not_purged(void **state)
{
	unsigned tries = 0;

	(void)state;
	rig_settings.conf.remediation_quarantine = HOUR;
	remediated(false);
	store_hook = no_purge;
	for (unsigned hour = 0; hour < 24 * 8; hour++) {
		rig_now += HOUR;
		undo_turn(&rem);
	}
	tries = told[LOG_remediation_trouble];
	/* after 1, 2, 4, 8, 16 hours, and then each day */
	assert_in_range(tries, 10, 12);
	assert_true(is_away());
	store_hook = NULL;
	for (unsigned hour = 0; hour < 24; hour++) {
		rig_now += HOUR;
		undo_turn(&rem);
	}
	assert_int_equal(files("store/.quarantine", ""), 0);
	assert_int_equal(told[LOG_remediation_purged], 1);
	expect(NULL, STATE_PURGED, "");
}

/* that it is purged cannot be told at once: it is, all the same */
static void
test_purge_not_told(void **state)
{
	(void)state;
	rig_settings.conf.remediation_quarantine = HOUR;
	remediated(false);
	rig_now += HOUR;
	fail_at("todo_find", 2);
	undo_turn(&rem);
	failed_once();
	assert_int_equal(told[LOG_remediation_trouble], 1);
	assert_int_equal(files("store/.quarantine", ""), 0);
	expect(NULL, STATE_PURGED, "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_gone), TEST(test_both_fail), TEST(test_not_noted),
		TEST(test_settle), TEST(test_settle_not_noted),
		TEST(test_back_already), TEST(test_nothing_begun),
		TEST(test_each_step), TEST(test_stopped),
		TEST(test_not_purged), TEST(test_purge_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
