/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each thing that the database is asked fails, one after the other: no message is
 * lost by that, nothing is told that is not so, and all of it is done in the end
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain sqlite3_errcode sqlite3_errmsg sqlite3_exec
 * WRAP: sqlite3_open_v2 sqlite3_prepare_v2 sqlite3_prepare_v3 sqlite3_step
 */
#include "tests/unit/remediate/fails_rig.h"

#include "tests/unit/nth_sqlite.h"

/* ---- what else there may be ---- */

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
hear_of_service(void)
{
	struct api_message message = SAYS;

	message.action = "moved to junk";
	plan_see(&rem, &message);
	turn();
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
	{ "purge", moved_long_ago, purge, is_purged },
	{ "moved by the service", there_is_one, hear_of_service,
	    is_elsewhere },
};

static bool
try(const struct scenario *scenario, unsigned at, int error)
{
	assert_true(nth_only(at, error));
	rig_up(NULL);
	scenario->prepare();
	snprintf(about, sizeof(about), "%s, call %u: %s", scenario->name, at,
	    sqlite3_errstr(error));
	memset(told, 0, sizeof(told));
	nth_arm();
	scenario->act();
	nth_disarm();
	nth_sqlite_failed = false;
	/* at no time it is nowhere, or only there where nobody knows of it */
	MUST(at_inbox() || away() == 1 || scenario->act == purge);
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
