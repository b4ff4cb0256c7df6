/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An action, when a table or the database does not answer, when some mailboxes of an
 * address are away, and when somebody else was faster
 *
 * NEEDS: REMEDIATION
 * WRAP: log_write profiles_chain history_count maps_find owners_find piece_find
 * WRAP: state_messages state_note state_noted state_piece_step state_pieces
 * WRAP: state_step state_undo todo_find
 */
#include "tests/unit/remediate/actions/fails_by_name.h"

#include <stdatomic.h>

#include "remediate/mailbox/known.h"
#include "remediate/rest.h"

static void
test_delays(void **state)
{
	(void)state;
	assert_int_equal(act_delay(0), MINUTE);
	assert_int_equal(act_delay(1), MINUTE);
	assert_int_equal(act_delay(3), 16 * MINUTE);
	assert_int_equal(act_delay(1000), act_delay(6));
	assert_int_equal(act_pause(1), MINUTE);
	assert_int_equal(act_pause(6), 24 * HOUR);
	assert_int_equal(act_pause(0), 24 * HOUR);
	assert_int_equal(act_pause(7), 24 * HOUR);
}

/* whoever cannot be asked now is asked later, and why is told */
static void
test_asked_later(void **state)
{
	static const struct { const char *name; unsigned n, lines; } rows[] = {
		{ "maps_find", 1, 1 }, { "owners_find", 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *why = mem_format("%s fails", rows[i].name);

		if (i > 0) {
			rig_down(NULL);
			rig_up(NULL);
		}
		there_is();
		fail_at(rows[i].name, rows[i].n);
		turn();
		failed_once();
		expect(NULL, STATE_DUE, why);
		assert_int_equal(told[LOG_remediation_trouble], rows[i].lines);
		assert_true(is_there("bob@corp.example/INBOX/1"));
		later();
		expect(NULL, STATE_DONE, "");
		assert_true(is_away());
	}
}

/* an address that leads to too many mailboxes will do so tomorrow */
static void
test_never_asked(void **state)
{
	(void)state;
	there_is();
	fail_at("owners_find", 1);
	fails_as = ERR_NEVER;
	turn();
	failed_once();
	expect(NULL, STATE_FAILED, "owners_find fails");
	assert_int_equal(told[LOG_remediation_failed], 1);
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* an address without a domain has no profile */
static void
test_no_domain(void **state)
{
	static const char *const bare[] = { "bob" };
	struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1", .to = "bob" });
	message.mailboxes = bare;
	say(&message);
	expect("bob", STATE_FAILED, "No profiles mapped for domain");
	assert_int_equal(told[LOG_remediation_unmapped], 1);
}

/* what somebody is putting back is not done meanwhile, although it was due */
static void
test_being_undone(void **state)
{
	struct todo_list list;
	struct err err;

	(void)state;
	there_is();
	rem_turn_begin(&rem);
	plan_turn(&rem);
	list = one(NULL);
	assert_int_equal(state_undo(rem.state, list.items[0].action.id,
	    "undone by alice", &err), 0);
	act_action(&rem, list.items[0].action.id);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	todo_drop(&list);
	undo_turn(&rem);
	later();
	expect(NULL, STATE_WITHDRAWN, "undone by alice");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* that it has failed cannot be noted: nobody is told, for it comes again */
static void
test_failure_not_noted(void **state)
{
	(void)state;
	rig_domains("nobody");
	there_is();
	fail_at("state_step", 1);
	turn();
	failed_once();
	assert_int_equal(told[LOG_remediation_failed], 0);
	assert_int_equal(told[LOG_remediation_trouble], 1);
	expect(NULL, STATE_DUE, "");
	turn();
	expect(NULL, STATE_FAILED, "No profiles mapped for domain");
	assert_int_equal(told[LOG_remediation_failed], 1);
}

/* ---- a message that the service has moved itself ---- */

static void
moved_by_service(void)
{
	struct api_message message = SAYS;

	message.action = "moved to junk";
	plan_see(&rem, &message);
}

/* whether we had begun cannot be asked: nothing is done or said before it can */
static void
test_elsewhere_unknown(void **state)
{
	(void)state;
	there_is();
	store_result = MAILBOX_UNFINISHED;
	turn();
	store_result = MAILBOX_DONE;
	expect(NULL, STATE_DUE, "the store says no");
	moved_by_service();
	rig_now += 2 * MINUTE;
	fail_at("piece_find", 1);
	turn();
	failed_once();
	assert_int_equal(told[LOG_remediation_elsewhere], 0);
	assert_int_equal(told[LOG_remediation_trouble], 1);
	expect(NULL, STATE_DUE, "the store says no");
	later();
	expect(NULL, STATE_ELSEWHERE, "moved to junk");
	assert_int_equal(told[LOG_remediation_elsewhere], 1);
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* and that it was cannot be noted: it is said when it is */
static void
test_elsewhere_not_noted(void **state)
{
	(void)state;
	there_is();
	store_result = MAILBOX_UNFINISHED;
	turn();
	store_result = MAILBOX_DONE;
	moved_by_service();
	rig_now += 2 * MINUTE;
	fail_at("state_step", 1);
	turn();
	failed_once();
	assert_int_equal(told[LOG_remediation_elsewhere], 0);
	later();
	assert_int_equal(told[LOG_remediation_elsewhere], 1);
	expect(NULL, STATE_ELSEWHERE, "moved to junk");
}

/* after we had begun it is ours to end */
static void
test_begun_before(void **state)
{
	(void)state;
	there_is();
	put("bob@corp.example/Later/2", &plain);
	store_found = MAILBOX_UNFINISHED;
	turn();
	store_found = MAILBOX_DONE;
	assert_int_equal(files("store/.quarantine", ""), 2);
	moved_by_service();
	later();
	expect(NULL, STATE_DONE, "");
	assert_int_equal(told[LOG_remediation_elsewhere], 0);
}

/* ---- several mailboxes ---- */

static void
two_owners(void)
{
	struct err err;

	maps_free(rig_settings.mailboxes);
	assert_int_equal(maps_load("inline:{{bob@corp.example="
	    "ann@corp.example,bob@corp.example}}", &rig_settings.mailboxes,
	    &err), 0);
	put("ann@corp.example/INBOX/1", &plain);
	there_is();
}

static enum mailbox_result first;
static unsigned opens;
static atomic_bool stopped;

static enum mailbox_result
first_only(const char *call)
{
	if (strcmp(call, "open") != 0 || opens++ > 0)
		return MAILBOX_DONE;
	atomic_store(&stopped, first == MAILBOX_DONE);
	return first;
}

/* a server that is away, or refuses us, is not asked for the next mailbox */
static void
test_server_is_away(void **state)
{
	static const enum mailbox_result results[] = { MAILBOX_LATER,
		MAILBOX_LOCKED_OUT, MAILBOX_DONE };

	(void)state;
	rig_settings.stopped = &stopped;
	for (int i = 0; i < 3; i++) {
		if (i > 0) {
			rig_down(NULL);
			rig_up(NULL);
			rig_settings.stopped = &stopped;
		}
		first = results[i];
		opens = 0;
		store_hook = first_only;
		two_owners();
		turn();
		atomic_store(&stopped, false);
		assert_int_equal(opens, 1);
		expect(NULL, STATE_DUE, first == MAILBOX_LATER ?
		    "the store says no" : first == MAILBOX_LOCKED_OUT ?
		    "Authentication error" : "");
		store_hook = NULL;
		assert_true(is_there("bob@corp.example/INBOX/1"));
		later();
		expect(NULL, STATE_DONE, "");
		assert_int_equal(files("store/.quarantine", ""), 2);
	}
}

/* one who has no mailbox there keeps nobody else's from being looked into */
static void
test_one_has_none(void **state)
{
	(void)state;
	first = MAILBOX_NOBODY;
	opens = 0;
	store_hook = first_only;
	two_owners();
	turn();
	assert_int_equal(opens, 2);
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/INBOX/1"));
}

/* ---- profiles that rest, and what is known of them ---- */

static void
test_rests(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(rest_until(&rem, "one"), 0);
	assert_int_equal(state_note(rem.state, STATE_NOTE_REST "one",
	    "who knows", &err), 0);
	assert_int_equal(rest_until(&rem, "one"), 0);
	/* years away: a clock was wrong */
	assert_int_equal(state_note(rem.state, STATE_NOTE_REST "one",
	    "1900000000000", &err), 0);
	assert_int_equal(rest_until(&rem, "one"), 0);
	fail_at("state_note", 1);
	rest_begin(&rem, "one", MAILBOX_LATER, "no answer");
	failed_once();
	/* it cannot be noted, which is told, and that it rests as well */
	assert_int_equal(told[LOG_remediation_trouble], 1);
	assert_int_equal(told[LOG_remediation_rests], 1);
	assert_int_equal(rest_until(&rem, "one"), 0);
	rest_begin(&rem, "one", MAILBOX_LATER, "no answer");
	assert_int_equal(rest_until(&rem, "one"), rig_now + MINUTE);
	fail_at("state_noted", 1);
	assert_int_equal(rest_until(&rem, "one"), 0);
	failed_once();
}

/* who gets in cannot be noted, or read: nobody waits for that */
static void
test_known_not_noted(void **state)
{
	own(str) char *text = NULL;
	struct err err;

	(void)state;
	there_is();
	known_note("one", "ann@corp.example");	/* as a back end does */
	plan_turn(&rem);
	fail_at("state_note", 1);
	act_turn(&rem);
	failed_once();
	assert_int_equal(told[LOG_remediation_trouble], 1);
	expect(NULL, STATE_DONE, "");
	assert_true(is_away());
	assert_int_equal(state_noted(rem.state, STATE_NOTE_KNOWN "one", &text,
	    &err), 0);
	assert_string_equal(text, "");
	known_forget("one", "ann@corp.example");
}

/* what was due when the turn began may be done, or somebody else's, by now */
static void
test_not_due_any_more(void **state)
{
	struct todo_list list;

	(void)state;
	there_is();
	turn();
	list = one(NULL);
	memset(told, 0, sizeof(told));
	act_action(&rem, list.items[0].action.id);
	act_action(&rem, list.items[0].action.id + 1);
	fail_at("todo_find", 1);
	act_action(&rem, list.items[0].action.id);
	failed_once();
	assert_int_equal(told[LOG_remediation_trouble], 1);
	assert_int_equal(told[LOG_remediation_done], 0);
	expect(NULL, STATE_DONE, "");
	assert_true(is_away());
	todo_drop(&list);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_delays), TEST(test_asked_later),
		TEST(test_never_asked), TEST(test_no_domain),
		TEST(test_being_undone), TEST(test_failure_not_noted),
		TEST(test_elsewhere_unknown), TEST(test_elsewhere_not_noted),
		TEST(test_begun_before), TEST(test_server_is_away),
		TEST(test_one_has_none), TEST(test_rests),
		TEST(test_known_not_noted), TEST(test_not_due_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
