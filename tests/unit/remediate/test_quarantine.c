/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in quarantine stays its time, whatever the clock says, and then goes,
 * whatever else cannot
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

#include "remediate/rest.h"

#define DAY	(24 * HOUR)

static const struct mail plain = { .queue_id = "4Q1" };

static void
begin(void)
{
	const struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	expect(NULL, STATE_DONE, "");
	undo_turn(&rem);
}

/* pass - that much time, with a turn every hour */
static void
pass(int64_t span)
{
	for (; span > 0; span -= HOUR) {
		rig_now += span < HOUR ? span : HOUR;
		undo_turn(&rem);
	}
}

static unsigned
kept(void)
{
	return files("store/.quarantine", "");
}

/* ---- purging ---- */

static void
test_purge(void **state)
{
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	begin();
	pass(rig_settings.conf.remediation_quarantine - MINUTE);
	assert_int_equal(kept(), 1);
	pass(2 * MINUTE);
	assert_int_equal(kept(), 0);
	expect(NULL, STATE_PURGED, "");
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), 0);
	assert_int_equal(count, 0);
	todo_drop(&list);
	expect(NULL, STATE_PURGED, "");
	list = one(NULL);
	assert_string_equal(list.items[0].action.undoing, "");
	todo_drop(&list);
}

static void
test_purge_at_once(void **state)
{
	(void)state;
	rig_conf("remediation_quarantine = 0\n");
	begin();
	assert_int_equal(kept(), 0);
	undo_turn(&rem);
}

/* ---- the clock ---- */

static void
test_clock_jumps(void **state)
{
	(void)state;
	begin();
	pass(DAY);
	rig_now += 365 * DAY;		/* counts as one day */
	undo_turn(&rem);
	undo_turn(&rem);
	assert_int_equal(kept(), 1);
	rig_now -= 365 * DAY;		/* and back: as none */
	undo_turn(&rem);
	pass(28 * DAY - HOUR);
	assert_int_equal(kept(), 1);
	pass(2 * HOUR);
	assert_int_equal(kept(), 0);
}

/* what is moved while the clock is wrong has its time, too, and no more */
static void
test_clock_is_wrong(void **state)
{
	(void)state;
	undo_turn(&rem);
	rig_now += 20 * DAY;
	begin();
	rig_now -= 20 * DAY;
	undo_turn(&rem);
	pass(30 * DAY - HOUR);
	assert_int_equal(kept(), 1);
	pass(2 * HOUR);
	assert_int_equal(kept(), 0);
}

/* a program that runs once a day, by cron */
static void
test_once_a_day(void **state)
{
	(void)state;
	begin();
	for (int day = 1; day < 30; day++) {
		rig_now += DAY;
		undo_turn(&rem);
		assert_int_equal(kept(), 1);
	}
	rig_now += DAY;
	undo_turn(&rem);
	assert_int_equal(kept(), 0);
}

static void
test_span(void **state)
{
	struct conf conf = { .remediation_quarantine = 0 };

	(void)state;
	assert_int_equal(undo_span(&conf), 2 * HOUR);
	conf.remediation_quarantine = 2 * DAY;
	assert_int_equal(undo_span(&conf), 12 * HOUR);
	conf.remediation_quarantine = 30 * DAY;
	assert_int_equal(undo_span(&conf), DAY);
}

/* ---- what cannot be purged ---- */

/* add_piece - of the one action, moved now, by a profile */
static void
add_piece(int64_t action, const char *profile, const char *handle)
{
	const struct state_piece piece = { .action = action,
		.owner = "bob@corp.example", .profile = profile,
		.folder = "INBOX", .key = "INBOX/x", .moved = rig_now };
	struct err err;
	int64_t id;

	assert_int_equal(state_intend(rem.state, &piece, &id, &err), 0);
	assert_int_equal(state_piece_step(rem.state, id, PIECE_MOVED, handle,
	    &err), 0);
}

static void
test_failing_ones_stand_before(void **state)
{
	own(str) char *last = NULL;
	struct todo_list list;

	(void)state;
	begin();
	list = one(NULL);
	for (int i = 0; i < 600; i++)
		add_piece(list.items[0].action.id, "gone", "no such profile");
	last = scratch_file(rig_dir, "store/.quarantine/the last", "x");
	add_piece(list.items[0].action.id, "one", "the last");
	todo_drop(&list);
	assert_int_equal(kept(), 2);
	pass(30 * DAY);
	pass(2 * HOUR);
	assert_int_equal(kept(), 0);
}

/* one that is to be put back is not purged meanwhile */
static void
test_undo_waits(void **state)
{
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	begin();
	pass(29 * DAY);
	store_result = MAILBOX_LATER;
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), -1);
	todo_drop(&list);
	pass(5 * DAY);
	assert_int_equal(kept(), 1);
	store_result = MAILBOX_DONE;
	pass(HOUR);
	expect(NULL, STATE_RESTORED, "undone by alice");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* what a person has begun to undo is not taken over by the verdict */
static void
test_undo_waits_and_verdict_goes(void **state)
{
	struct api_message message = SAYS;
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	rig_conf("remediation_restore = yes\n");
	begin();
	store_result = MAILBOX_LATER;
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), -1);
	todo_drop(&list);
	message.verdict = API_NEUTRAL;
	say(&message);
	store_result = MAILBOX_DONE;
	message.verdict = API_PHISHING;
	say(&message);
	pass(HOUR);
	expect(NULL, STATE_RESTORED, "undone by alice");
	turn();
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* ... and what was undone for its verdict alone is done again when that is back */
static void
test_withdrawal_waits_and_verdict_returns(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	rig_conf("remediation_restore = yes\n");
	begin();
	store_result = MAILBOX_LATER;
	message.verdict = API_NEUTRAL;
	say(&message);
	message.verdict = API_PHISHING;
	say(&message);
	store_result = MAILBOX_DONE;
	pass(HOUR);
	expect(NULL, STATE_DUE, "");
	turn();
	expect(NULL, STATE_DONE, "");
	assert_int_equal(kept(), 1);
}

/* ---- forgetting ---- */

static unsigned
known(void)
{
	const struct state_message_query query = { 0 };
	struct todo_list list;
	struct err err;
	unsigned count;

	assert_int_equal(todo_messages(rem.state, &query, &list, &err), 0);
	count = (unsigned)list.count;
	todo_drop(&list);
	return count;
}

static void
test_forget(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	rig_conf("remediation_lifetime = 100d\n");
	undo_turn(&rem);
	begin();
	pass(100 * DAY - HOUR);
	assert_int_equal(known(), 1);
	expect(NULL, STATE_PURGED, "");
	pass(2 * HOUR);
	assert_int_equal(known(), 0);
	say(&message);			/* older than remediation_max_age */
	assert_int_equal(known(), 1);
	assert_int_equal(files("", "mail."), 1);
}

static void
test_forget_what_is_kept(void **state)
{
	(void)state;
	rig_conf("remediation_lifetime = 100d\nremediation_quarantine = 200d\n");
	undo_turn(&rem);
	begin();
	rig_now += 3650 * DAY;		/* the clock alone is no reason */
	undo_turn(&rem);
	rig_now -= 3650 * DAY;
	undo_turn(&rem);
	pass(150 * DAY);
	assert_int_equal(known(), 1);
	assert_int_equal(kept(), 1);
	pass(50 * DAY);
	assert_int_equal(kept(), 0);
	assert_int_equal(known(), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_purge), TEST(test_purge_at_once),
		TEST(test_clock_jumps), TEST(test_clock_is_wrong),
		TEST(test_once_a_day), TEST(test_span),
		TEST(test_failing_ones_stand_before), TEST(test_undo_waits),
		TEST(test_undo_waits_and_verdict_goes),
		TEST(test_withdrawal_waits_and_verdict_returns),
		TEST(test_forget), TEST(test_forget_what_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
