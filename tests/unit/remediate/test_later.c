/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes later: the message itself, or what the API tells of it, another
 * mailbox, its client, what the service did itself
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

#include "remediate/proof/proof.h"

static const struct mail plain = { .queue_id = "4Q1" };
static const char *const both[] = { "bob@corp.example", "ann@corp.example" };

static void
begin(const struct api_message *message)
{
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1",
	    .to2 = "ann@corp.example" });
	put("bob@corp.example/INBOX/1", &plain);
	put("ann@corp.example/INBOX/1", &plain);
	say(message);
}

/* ---- the message ---- */

/* told as failed after the attempts, and looked for until it cannot come any more */
static void
test_not_found(void **state)
{
	static const int64_t pauses[] = { MINUTE, 5 * MINUTE, 30 * MINUTE,
		2 * HOUR, 6 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR,
		24 * HOUR, 24 * HOUR };
	static const char reason[] = "Message not found in user mailbox";
	const struct api_message message = SAYS;
	const unsigned count = sizeof(pauses) / sizeof(*pauses);

	(void)state;
	rig_conf("remediation_notify = admin@corp.example\n");
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	say(&message);
	for (unsigned i = 0; i < count; i++) {
		expect(NULL, i < 2 ? STATE_DUE : STATE_FAILED, reason);
		rig_now += pauses[i] - 1;
		turn();				/* not due */
		assert_int_equal(store_opens, i + 1);
		rig_now++;
		turn();
		assert_int_equal(store_opens, i + 2);
	}
	/* the last time when a mail store may still get it */
	rig_now = START + PROOF_ARRIVAL;
	turn();
	assert_int_equal(store_opens, count + 2);
	rig_now += 30 * 24 * HOUR;
	turn();
	assert_int_equal(store_opens, count + 2);
	expect(NULL, STATE_FAILED, reason);
	assert_int_equal(files("", "mail."), 1);	/* people hear of it once */
}

static void
test_it_comes_late(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	say(&message);
	put("bob@corp.example/INBOX/1", &plain);
	rig_now += MINUTE;
	turn();
	expect(NULL, STATE_DONE, "");
	assert_int_equal(files("store/.quarantine", ""), 1);
}

/* a mail that waited in a queue for days */
static void
test_it_comes_after_days(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	say(&message);
	for (int i = 0; i < 3 * 24 * 60; i++) {
		rig_now += MINUTE;
		turn();
	}
	expect(NULL, STATE_FAILED, "Message not found in user mailbox");
	put("bob@corp.example/INBOX/1", &plain);
	store_result = MAILBOX_LATER;	/* what keeps us from looking costs none */
	for (int i = 0; i < 24 * 60; i++) {
		rig_now += MINUTE;
		turn();
	}
	expect(NULL, STATE_FAILED, "Message not found in user mailbox");
	store_result = MAILBOX_DONE;
	for (int i = 0; i < 24 * 60 + 2; i++) {
		rig_now += MINUTE;
		turn();
	}
	expect(NULL, STATE_DONE, "");
	assert_int_equal(files("store/.quarantine", ""), 1);
}

/* nobody looks for it any more when the verdict is withdrawn, or a person says so */
static void
test_not_found_and_undone(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	say(&message);
	rig_now += MINUTE;
	turn();
	rig_now += 5 * MINUTE;
	turn();
	expect(NULL, STATE_FAILED, "Message not found in user mailbox");
	message.verdict = API_NEUTRAL;
	say(&message);
	expect(NULL, STATE_WITHDRAWN, UNDO_WITHDRAWN);
	put("bob@corp.example/INBOX/1", &plain);
	rig_now += 24 * HOUR;
	turn();
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(store_opens, 3);
	/* it is one again, and all begins anew */
	message.verdict = API_PHISHING;
	say(&message);
	expect(NULL, STATE_DONE, "");
}

/* ---- mailboxes, client ---- */

static void
test_mailbox(void **state)
{
	struct api_message message = SAYS;
	struct todo_list list;

	(void)state;
	begin(&message);
	expect(NULL, STATE_DONE, "");
	assert_true(is_there("ann@corp.example/INBOX/1"));
	rig_now += 5 * HOUR;
	message.mailboxes = both;
	message.mailbox_count = 2;
	say(&message);
	expect("ann@corp.example", STATE_DONE, "");
	assert_false(is_there("ann@corp.example/INBOX/1"));
	assert_int_equal(files("", "mail."), 1);	/* one for the message */
	/* what was done is left alone, and nothing is done twice */
	list = one("bob@corp.example");
	assert_int_equal(list.items[0].action.changed, START);
	todo_drop(&list);
	say(&message);
	message.mailboxes = bob_alone;	/* an answer that has not all */
	message.mailbox_count = 1;
	say(&message);
	list = one("ann@corp.example");
	assert_non_null(strstr(list.items[0].message.mailboxes, "ann@"));
	assert_true(list.items[0].message.planned);
	todo_drop(&list);
	assert_int_equal(files("store/.quarantine", ""), 2);
}

/* what a person has undone stays so when another mailbox is named */
static void
test_mailbox_after_undo(void **state)
{
	struct api_message message = SAYS;
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	begin(&message);
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), 0);
	todo_drop(&list);
	message.mailboxes = both;
	message.mailbox_count = 2;
	say(&message);
	expect("bob@corp.example", STATE_RESTORED, "undone by alice");
	expect("ann@corp.example", STATE_DONE, "");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

static void
test_client(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.client = "192.0.2.77";	/* of the gateway, it turns out */
	begin(&message);
	assert_int_equal(store_opens, 0);
	rig_now += 2 * PLAN_PATIENCE;
	turn();				/* given up */
	message.client = "192.0.2.1";
	say(&message);
	expect(NULL, STATE_DONE, "");
}

/* another gateway may have one with that Message-ID, and this one be the good one */
static void
test_no_client(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.client = "";
	begin(&message);
	assert_int_equal(store_opens, 0);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	message.client = "192.0.2.1";
	say(&message);
	expect(NULL, STATE_DONE, "");
}

/* ---- what the service did ---- */

static void
must_have_begun(unsigned n)
{
	unsigned count;
	struct err err;

	assert_int_equal(state_begun(rem.state, &(struct state_begun){ 0, 0 },
	    &count, &err), 0);
	assert_int_equal(count, n);
}

static void
test_moved_already(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.action = "move trash";
	begin(&message);
	expect(NULL, STATE_ELSEWHERE, "move trash");
	must_have_begun(0);
	rig_now += HOUR;
	turn();
	assert_int_equal(store_opens, 0);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(files("", "mail."), 0);
}

/* while ours waits */
static void
test_moved_before_us(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	store_result = MAILBOX_LATER;
	begin(&message);
	store_result = MAILBOX_DONE;
	message.action = "quarantine";
	rig_now += MINUTE;
	say(&message);
	expect(NULL, STATE_ELSEWHERE, "quarantine");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* what we have begun comes to its end, and what is done stays so */
static void
test_moved_after_us(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	begin(&message);
	message.action = "move trash";
	say(&message);
	expect(NULL, STATE_DONE, "");
}

static void
test_words(void **state)
{
	static const char *const moved[] = { "move trash", "Move Junk", "move",
		"moved", "delete", "deleted", "quarantine", "trash" };
	static const char *const not[] = { "", "none", "move inbox",
		"Moved Inbox", "noAction", "allow", "remove nothing" };

	(void)state;
	for (size_t i = 0; i < sizeof(moved) / sizeof(*moved); i++)
		assert_true(api_has_moved(moved[i]));
	for (size_t i = 0; i < sizeof(not) / sizeof(*not); i++)
		assert_false(api_has_moved(not[i]));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_not_found), TEST(test_it_comes_late),
		TEST(test_it_comes_after_days),
		TEST(test_not_found_and_undone),
		TEST(test_mailbox), TEST(test_mailbox_after_undo),
		TEST(test_client), TEST(test_no_client),
		TEST(test_moved_already),
		TEST(test_moved_before_us), TEST(test_moved_after_us),
		TEST(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
