/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns with sources of verdicts that fail in their ways: what is not asked or noted
 * in this turn is in a later one
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now log_write nanosleep profiles_chain state_asked state_see
 */
#include "tests/unit/remediate/daemon/loop_rig.h"

/* ---- polls ---- */

/* a verdict that could not be noted is no reason to note the poll, whether the source
 * can be told so or not */
static void
test_missed(void **state)
{
	static const struct verdict_source *const sources[] = { &plain,
		&shared };

	(void)state;
	there_is();
	for (int i = 0; i < 2; i++) {
		begin(sources[i]);
		turns_asked = 0;
		see_fails = true;
		loop_turn(&loop);
		assert_true(loop.failed && dones == 0);
		/* at the news, and at the poll */
		assert_int_equal(agains, 2 * i);
		assert_int_equal(turns_asked, i);
		assert_int_equal(told[LOG_remediation_trouble], i == 0 ? 2 : 6);
		assert_int_equal(loop.next_poll, rig_now + MINUTE);
	}
	see_fails = false;
	next_turn();
	assert_int_equal(dones, 1);
	assert_false(loop.failed);
	assert_true(is_away());
}

/* what another gateway found is planned in the same turn, and what it leaves to us is
 * polled at once */
static void
test_news(void **state)
{
	(void)state;
	there_is();
	has_one = false;
	begin(&shared);
	loop_turn(&loop);
	assert_int_equal(polls, 1);
	has_one = true;
	rig_now += 1000;
	loop_turn(&loop);
	assert_int_equal(polls, 1);
	assert_true(is_away());
	is_due = true;
	loop_turn(&loop);
	assert_int_equal(polls, 2);
	/* that it fails is told, and keeps nothing else from being done */
	turn_fails = true;
	told[LOG_remediation_trouble] = 0;
	loop_turn(&loop);
	assert_int_equal(told[LOG_remediation_trouble], 1);
	assert_int_equal(polls, 2);
}

/* nobody is asked without an API, or while another process asks */
static void
test_not_asked(void **state)
{
	struct err err;

	(void)state;
	begin(NULL);
	loop_turn(&loop);
	begin(&plain);
	rig_conf("");		/* api_polling = no */
	loop_turn(&loop);
	rig_conf(API);
	assert_int_equal(state_lock(other, STATE_POLLS, 0, &err), 0);
	loop_turn(&loop);
	assert_int_equal(polls, 0);
	state_unlock(other, STATE_POLLS);
	loop_turn(&loop);
	assert_int_equal(polls, 1);
	/* and not twice in an interval, unless the clock was set back */
	loop_turn(&loop);
	assert_int_equal(polls, 1);
	rig_now -= 48 * HOUR;
	loop_turn(&loop);
	assert_int_equal(polls, 2);
}

/* what is new is planned each minute, and at once when the clock was set back */
static void
test_clock_set_back(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	begin(NULL);
	loop_turn(&loop);
	there_is();
	plan_see(&rem, &message);
	rig_now += MINUTE - 1;
	loop_turn(&loop);
	assert_false(is_away());
	rig_now -= 48 * HOUR;
	loop_turn(&loop);
	assert_true(is_away());
}

/* ---- verdicts that may be none any more ---- */

/* threats - so many messages that something was done about, a day ago */
static void
threats(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		own(str) char *id = mem_format("id-%u", i);
		struct api_message message = SAYS;
		const struct state_action action = { .message = id,
			.recipient = "bob@corp.example", .mid = i + 1,
			.queue_ids = "4Q1", .proof = "", .accepted = START,
			.reason = "", .made = rig_now, .step = STATE_REPORTED };
		struct err err;
		int64_t number;
		bool made;

		message.id = id;
		plan_see(&rem, &message);
		assert_int_equal(state_planned(rem.state, id, "", &err), 0);
		assert_int_equal(state_act(rem.state, &action, &number, &made,
		    &err), 0);
	}
	rig_now += 25 * HOUR;
}

/* one that the service refuses to speak of does not stand before the others */
static void
test_refused(void **state)
{
	(void)state;
	threats(3);
	verdict_result = -1;
	verdict_kind = ERR_LATER;
	for (unsigned i = 1; i <= 2; i++) {
		loop_turn(&loop);
		assert_int_equal(asks, i);
		rig_now += HOUR;
	}
	verdict_kind = ERR_NEVER;
	loop_turn(&loop);
	assert_int_equal(asks, 3);
	assert_int_equal(told[LOG_remediation_trouble], 3);
	/* it was the first: the other two are asked for now */
	verdict_result = 0;
	rig_now += HOUR;
	loop_turn(&loop);
	assert_int_equal(asks, 5);
	rig_now += HOUR;
	loop_turn(&loop);
	assert_int_equal(asks, 5);
}

/* more than a turn asks for: the rest follows in a minute, not in an hour */
static void
test_many(void **state)
{
	(void)state;
	threats(51);
	loop_turn(&loop);
	assert_int_equal(asks, 50);
	assert_int_equal(loop.next_check, rig_now + MINUTE);
	next_turn();
	assert_int_equal(asks, 51);
	assert_int_equal(loop.next_check, rig_now + HOUR);
}

static void
test_check_stops(void **state)
{
	(void)state;
	threats(3);
	stops_at = 2;
	loop_turn(&loop);
	assert_int_equal(asks, 2);
	atomic_store(&stopped, false);
	rig_now += HOUR;
	loop_turn(&loop);
	assert_int_equal(asks, 3);
}

/* that it was asked cannot be noted: that is told, and it is asked again */
static void
test_not_noted(void **state)
{
	(void)state;
	threats(1);
	asked_fails = true;
	loop_turn(&loop);
	assert_int_equal(asks, 1);
	assert_int_equal(told[LOG_remediation_trouble], 1);
	asked_fails = false;
	rig_now += HOUR;
	loop_turn(&loop);
	assert_int_equal(asks, 2);
	assert_int_equal(told[LOG_remediation_trouble], 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_missed), TEST(test_news), TEST(test_not_asked),
		TEST(test_clock_set_back), TEST(test_refused), TEST(test_many),
		TEST(test_check_stops),
		TEST(test_not_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
