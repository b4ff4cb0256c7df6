/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "tdc-remediator remediate": what a person may ask for, what came of each recipient,
 * and whoever else wants to act meanwhile
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now log_write nanosleep profiles_chain
 */
#include "tests/unit/remediate/operator/person_rig.h"

#include <stdatomic.h>

#include "remediate/undo.h"
#include "tests/unit/remediate/state/waits.h"

static int
set_up_report(void **state)
{
	set_up(state);
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_REPORT;
	return 0;
}

/* act - what was only reported may be touched from now on */
static void
act(void)
{
	rig_settings.conf.remediation_mode = CONF_REMEDIATE_ACT;
}

/* ---- what may be asked for ---- */

static void
test_done(void **state)
{
	(void)state;
	there_are();
	act();
	assert_int_equal(command("remediate", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: remediated\n"
	    "MID 7 for ann@corp.example: remediated\n");
	assert_int_equal(told[LOG_remediation_begun], 1);	/* one message */
	assert_int_equal(told[LOG_remediation_done], 2);
	assert_int_equal(files("store/.quarantine", ""), 2);
	/* once is enough */
	assert_int_equal(command("remediate", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: left as it is: remediated\n"
	    "MID 7 for ann@corp.example: left as it is: remediated\n");
	assert_int_equal(told[LOG_remediation_begun], 1);
}

static int
show(const char *what)
{
	char *argv[] = { (char *)"remediate", (char *)what, (char *)"-n", NULL };

	return run(3, argv);
}

static void
test_shown(void **state)
{
	(void)state;
	there_is();
	assert_int_equal(show("7"), EX_OK);
	says("MID 7 for bob@corp.example: would be remediated "
	    "(Forward and Delete): verdict phishing, Message-ID "
	    "'<1@x.example>', subject 'bad'\n");
	assert_true(at_inbox());
	assert_int_equal(show("8"), EX_DATAERR);
	complains("remediate: there is no message, batch or MID '8'");
}

/* not what has lost its verdict */
static void
test_withdrawn(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	there_is();
	message.verdict = API_NEUTRAL;
	message.word = "neutral";
	plan_see(&rem, &message);
	act();
	assert_int_equal(command("remediate", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: left as it is: reported (verdict "
	    "withdrawn)\n");
	assert_true(at_inbox());
}

/* nor what somebody is putting back */
static void
test_being_undone(void **state)
{
	struct todo_list list;
	struct err err;

	(void)state;
	there_is();
	list = one(NULL);
	assert_int_equal(state_undo(rem.state, list.items[0].action.id,
	    "undone by bob", &err), 0);
	todo_drop(&list);
	act();
	assert_int_equal(show("id-1"), EX_OK);
	says("MID 7 for bob@corp.example: left as it is: reported\n");
	assert_int_equal(command("remediate", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: left as it is: reported\n");
	assert_true(at_inbox());
}

/* nor when nobody knows which message is meant */
static void
test_same_id(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	act();
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q1" });
	plan_see(&rem, &message);
	rig_now += 2 * PLAN_PATIENCE;
	turn();
	expect(NULL, STATE_FAILED, PLAN_SAME_ID);
	assert_int_equal(command("remediate", "id-1"), EX_OK);
	assert_non_null(strstr(said_out, "left as it is: failed (More than one "
	    "message has this Message-ID)\n"));
	assert_true(at_inbox());
}

/* ---- what came of it ---- */

/* what has failed for good is worse than what is tried again, whichever is first */
static enum mailbox_result results[2];

static enum mailbox_result
in_turn(const char *call)
{
	static unsigned calls;

	return strcmp(call, "open") == 0 ? results[calls++ % 2] : MAILBOX_DONE;
}

static void
test_worst(void **state)
{
	static const char *const bob = "MID 7 for bob@corp.example: ";

	(void)state;
	there_are();
	act();
	store_hook = in_turn;
	results[0] = MAILBOX_UNFINISHED;
	results[1] = MAILBOX_NEVER;
	assert_int_equal(command("remediate", "id-1"), EX_UNAVAILABLE);
	assert_int_equal(strncmp(said_out, bob, strlen(bob)), 0);
	says("MID 7 for bob@corp.example: is tried again by tdc-remediator: the "
	    "store says no\n"
	    "MID 7 for ann@corp.example: failed: the store says no\n");
	results[0] = MAILBOX_NEVER;
	results[1] = MAILBOX_UNFINISHED;
	assert_int_equal(command("remediate", "id-1"), EX_UNAVAILABLE);
	says("MID 7 for bob@corp.example: failed: the store says no\n"
	    "MID 7 for ann@corp.example: is tried again by tdc-remediator: the "
	    "store says no\n");
	results[0] = MAILBOX_UNFINISHED;
	results[1] = MAILBOX_DONE;
	assert_int_equal(command("remediate", "id-1"), EX_TEMPFAIL);
	says("MID 7 for bob@corp.example: is tried again by tdc-remediator: the "
	    "store says no\nMID 7 for ann@corp.example: remediated\n");
	assert_true(at_inbox());
}

/* one that waits for its next time is done at once, in a batch of its own */
static void
test_due_already(void **state)
{
	(void)state;
	act();
	store_result = MAILBOX_UNFINISHED;
	there_is();
	expect(NULL, STATE_DUE, "the store says no");
	assert_int_equal(told[LOG_remediation_begun], 1);
	store_result = MAILBOX_DONE;
	assert_int_equal(command("remediate", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: remediated\n");
	assert_int_equal(told[LOG_remediation_begun], 2);
	assert_false(at_inbox());
}

/* a server that rests is waited for, and there is nothing wrong with this one */
static void
test_rests(void **state)
{
	struct err err;

	(void)state;
	there_is();
	act();
	assert_int_equal(state_note(rem.state, STATE_NOTE_REST "one",
	    "1700000060000", &err), 0);
	assert_int_equal(command("remediate", "id-1"), EX_TEMPFAIL);
	says("MID 7 for bob@corp.example: is tried again by tdc-remediator\n");
	assert_true(at_inbox());
}

/* ---- others ---- */

static unsigned away_then;

static void
looks_and_leaves(void)
{
	away_then = files("store/.quarantine", "");
	waits_no_more();
}

static atomic_bool stopped;
static bool stops;

static enum mailbox_result
somebody_comes(const char *call)
{
	if (strcmp(call, "quarantine") == 0 && queue == -1 && slept == 0) {
		waits();
		atomic_store(&stopped, stops);
	}
	return MAILBOX_DONE;
}

/* between two recipients somebody else may act, and then it goes on */
static void
test_gives_way(void **state)
{
	(void)state;
	there_are();
	act();
	store_hook = somebody_comes;
	when_waiting = looks_and_leaves;
	assert_int_equal(command("remediate", "id-1"), EX_OK);
	says("MID 7 for bob@corp.example: remediated\n"
	    "MID 7 for ann@corp.example: remediated\n");
	assert_int_equal(queue, -1);
	assert_int_equal(away_then, 1);
	assert_int_equal(files("store/.quarantine", ""), 2);
}

/* one who does not come to an end is waited for a minute; the rest is for later */
static void
test_waits_long(void **state)
{
	(void)state;
	there_are();
	act();
	store_hook = somebody_comes;
	assert_int_equal(command("remediate", "id-1"), EX_TEMPFAIL);
	assert_string_equal(said_out, "MID 7 for bob@corp.example: remediated\n");
	assert_non_null(strstr(said_err, "tdc-remediator: remediate: "));
	assert_non_null(strstr(said_err, "another tdc-remediator is at work"));
	assert_true(slept >= MINUTE);
	waits_no_more();
	expect("ann@corp.example", STATE_DUE, "");
	turn();
	expect("ann@corp.example", STATE_DONE, "");
}

static void
test_stopped(void **state)
{
	(void)state;
	there_are();
	act();
	rig_settings.stopped = &stopped;
	stops = true;
	store_hook = somebody_comes;
	assert_int_equal(command("remediate", "id-1"), EX_TEMPFAIL);
	atomic_store(&stopped, false);
	stops = false;
	assert_non_null(strstr(said_err, "remediate: stopped; what is left is "
	    "done by tdc-remediator when it runs\n"));
	waits_no_more();
	expect("ann@corp.example", STATE_DUE, "");
}

static void
test_locked(void **state)
{
	struct err err;

	(void)state;
	there_is();
	act();
	assert_int_equal(state_lock(other, STATE_ACTS, 0, &err), 0);
	assert_int_equal(command("remediate", "id-1"), EX_TEMPFAIL);
	assert_string_equal(said_out, "");
	assert_non_null(strstr(said_err, "another tdc-remediator is at work"));
	state_unlock(other, STATE_ACTS);
	expect(NULL, STATE_REPORTED, "");
	assert_true(at_inbox());
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_report, \
    tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_done), TEST(test_shown), TEST(test_withdrawn),
		TEST(test_being_undone), TEST(test_same_id), TEST(test_worst),
		TEST(test_due_already), TEST(test_rests),
		TEST(test_gives_way), TEST(test_waits_long),
		TEST(test_stopped), TEST(test_locked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
