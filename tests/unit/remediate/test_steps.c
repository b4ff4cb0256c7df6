/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What fails is tried again, rests, or is undone
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

#include "remediate/rest.h"

static const struct mail plain = { .queue_id = "4Q1" };

static void
begin(void)
{
	const struct api_message message = SAYS;

	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
}

/* ---- again ---- */

static void
test_it_moves_away(void **state)
{
	(void)state;
	store_vanishes = true;
	begin();
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/Later/moved"));
	assert_int_equal(files("store/.quarantine", ""), 1);
}

static void
test_sendmail_refuses(void **state)
{
	own(str) char *refuse = scratch_file(rig_dir, "refuse", "");
	struct todo_list list;

	(void)state;
	begin();
	assert_true(is_there("bob@corp.example/INBOX/1"));
	list = one(NULL);
	assert_int_equal(list.items[0].action.step, STATE_DUE);
	assert_non_null(strstr(list.items[0].action.reason,
	    "/sendmail: queue is full"));
	todo_drop(&list);
	assert_int_equal(unlink(refuse), 0);
	rig_now += MINUTE;
	turn();
	expect(NULL, STATE_DONE, "");
}

static void
test_no_mailbox(void **state)
{
	static const char *const other[] = { "eve@corp.example" };
	struct api_message message = SAYS;

	(void)state;
	message.mailboxes = other;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1",
	    .to = "eve@corp.example" });
	say(&message);
	expect(NULL, STATE_FAILED, "Invalid Mailbox");
}

static void
test_no_profile(void **state)
{
	(void)state;
	rig_domains("nothing");
	begin();
	expect(NULL, STATE_FAILED, "No profiles mapped for domain");
	assert_int_equal(store_opens, 0);
}

static void
test_chain(void **state)
{
	struct todo_list list;

	(void)state;
	rig_domains("both");
	begin();
	expect(NULL, STATE_DONE, "");
	list = one(NULL);
	assert_string_equal(list.items[0].action.profile, "two");
	todo_drop(&list);
}

/* one mail tells of a message, however many got it */
static void
test_forwarded_once(void **state)
{
	static const char *const both[] = { "bob@corp.example",
		"ann@corp.example" };
	struct api_message message = SAYS;

	(void)state;
	rig_settings.conf.remediation_action = CONF_REMEDIATE_FORWARD;
	message.mailboxes = both;
	message.mailbox_count = 2;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1",
	    .to2 = "ann@corp.example" });
	put("bob@corp.example/INBOX/1", &plain);
	put("ann@corp.example/INBOX/1", &plain);
	say(&message);
	expect("bob@corp.example", STATE_DONE, "");
	expect("ann@corp.example", STATE_DONE, "");
	assert_int_equal(files("", "mail."), 1);
	assert_int_equal(store_opens, 1);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_true(is_there("ann@corp.example/INBOX/1"));
}

/* whose mailboxes are meant cannot be told, nor will it be later */
static void
test_alias_nowhere(void **state)
{
	struct err err;

	(void)state;
	maps_free(rig_settings.aliases);
	assert_int_equal(maps_load("inline:{bob@corp.example=carl@corp.example, "
	    "carl@corp.example=bob@corp.example}", &rig_settings.aliases,
	    &err), 0);
	begin();
	expect(NULL, STATE_FAILED,
	    "bob@corp.example: virtual aliases lead nowhere");
	assert_int_equal(store_opens, 0);
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* ---- resting ---- */

static void
test_locked_out(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	store_result = MAILBOX_LOCKED_OUT;
	begin();
	expect(NULL, STATE_DUE, "Authentication error");
	assert_int_equal(store_opens, 1);
	/* neither it nor another one asks again for a quarter of an hour */
	for (int i = 0; i < 14; i++) {
		rig_now += MINUTE;
		say(&message);
	}
	assert_int_equal(store_opens, 1);
	rig_now += 2 * MINUTE;
	turn();
	assert_int_equal(store_opens, 2);
	store_result = MAILBOX_DONE;
	rig_now += 16 * MINUTE;
	turn();
	expect(NULL, STATE_DONE, "");
}

static void
test_locked_out_for_good(void **state)
{
	(void)state;
	store_result = MAILBOX_LOCKED_OUT;
	begin();
	for (int i = 0; i < 120; i++) {
		rig_now += MINUTE;
		turn();
	}
	expect(NULL, STATE_FAILED, "Authentication error");
	assert_int_equal(store_opens, 3);
}

static void
test_rest_is_no_attempt(void **state)
{
	struct todo_list list;

	(void)state;
	rest_begin(&rem, "one", MAILBOX_LATER, "down");
	begin();
	list = one(NULL);
	assert_int_equal(list.items[0].action.attempts, 0);
	todo_drop(&list);
	assert_int_equal(store_opens, 0);
	rig_now += 2 * MINUTE;
	turn();
	expect(NULL, STATE_DONE, "");
}

/* ---- undone ---- */

static void
test_undo(void **state)
{
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	begin();
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), 0);
	assert_int_equal(count, 1);
	todo_drop(&list);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	expect(NULL, STATE_RESTORED, "undone by alice");
	/* the same verdict, or another one, does not take it away again */
	{
		struct api_message message = SAYS;

		say(&message);
		message.verdict = API_MALICIOUS;
		say(&message);
	}
	expect(NULL, STATE_RESTORED, "undone by alice");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

static void
test_undo_before(void **state)
{
	const struct api_message message = SAYS;
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	plan_see(&rem, &message);
	rem_turn_begin(&rem);
	plan_turn(&rem);
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), 0);
	todo_drop(&list);
	turn();
	expect(NULL, STATE_WITHDRAWN, "undone by alice");
	assert_true(is_there("bob@corp.example/INBOX/1"));
	/* another verdict is no reason to do it after all */
	{
		struct api_message other = SAYS;

		other.verdict = API_MALICIOUS;
		say(&other);
	}
	expect(NULL, STATE_WITHDRAWN, "undone by alice");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

static void
test_withdrawn(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	begin();
	message.verdict = API_NEUTRAL;
	message.word = "neutral";
	say(&message);			/* reported, and no more */
	expect(NULL, STATE_DONE, "");
	message.verdict = API_PHISHING;
	say(&message);
	rig_conf("remediation_restore = yes\n");
	message.verdict = API_NEUTRAL;
	say(&message);
	expect(NULL, STATE_RESTORED, UNDO_WITHDRAWN);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	message.verdict = API_PHISHING;
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/INBOX/1"));
}

/* half_done - as a crash leaves it: something was moved, and not all was seen */
static void
half_done(enum state_step step)
{
	struct state_event event = { .at = rig_now, .step = STATE_DUE,
		.text = "" };
	struct todo_list list;
	struct err err;

	begin();
	list = one(NULL);
	event.action = list.items[0].action.id;
	todo_drop(&list);
	assert_int_equal(state_step(rem.state, &event, &err), 0);
	event.step = step;
	assert_int_equal(state_step(rem.state, &event, &err), 0);
	put("bob@corp.example/Later/2", &plain);
}

static void
test_withdrawn_halfway(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	half_done(STATE_QUARANTINED);
	message.verdict = API_NEUTRAL;
	say(&message);			/* no more is moved */
	expect(NULL, STATE_WITHDRAWN, UNDO_WITHDRAWN);
	assert_true(is_there("bob@corp.example/Later/2"));
	assert_false(is_there("bob@corp.example/INBOX/1"));
}

static void
test_withdrawn_halfway_restores(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	half_done(STATE_DUE);
	rig_conf("remediation_restore = yes\n");
	message.verdict = API_NEUTRAL;
	say(&message);
	expect(NULL, STATE_RESTORED, UNDO_WITHDRAWN);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_true(is_there("bob@corp.example/Later/2"));
}

/* nothing is done of it meanwhile, either */
static void
test_withdrawn_and_no_store(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	half_done(STATE_DUE);
	rig_conf("remediation_restore = yes\n");
	rest_begin(&rem, "one", MAILBOX_LATER, "down");
	message.verdict = API_NEUTRAL;
	say(&message);
	rig_now += 2 * MINUTE;
	rem_turn_begin(&rem);
	act_turn(&rem);
	expect(NULL, STATE_DUE, "");
	assert_true(is_there("bob@corp.example/Later/2"));
	turn();
	expect(NULL, STATE_RESTORED, UNDO_WITHDRAWN);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_it_moves_away), TEST(test_sendmail_refuses),
		TEST(test_no_mailbox), TEST(test_no_profile),
		TEST(test_chain), TEST(test_forwarded_once),
		TEST(test_alias_nowhere), TEST(test_locked_out),
		TEST(test_locked_out_for_good), TEST(test_rest_is_no_attempt),
		TEST(test_undo),
		TEST(test_undo_before), TEST(test_withdrawn),
		TEST(test_withdrawn_halfway),
		TEST(test_withdrawn_halfway_restores),
		TEST(test_withdrawn_and_no_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
