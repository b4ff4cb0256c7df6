/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several messages have one Message-ID, and what is done is for the one that is
 * meant
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

static const struct mail plain = { .queue_id = "4Q1" };

static void
test_ambiguous(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2" });
	put("bob@corp.example/INBOX/1", &plain);
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q2" });
	say(&message);
	assert_int_equal(files("store/.quarantine", ""), 0);
	rig_now += 2 * PLAN_PATIENCE;
	turn();
	expect(NULL, STATE_FAILED,
	    "More than one message has this Message-ID");
	assert_int_equal(files("store/.quarantine", ""), 0);
}

static void
test_client_decides(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.client = "192.0.2.2";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2",
	    .client = "192.0.2.2" });
	put("bob@corp.example/INBOX/1", &plain);
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q2" });
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_false(is_there("bob@corp.example/INBOX/2"));
}

/* a bad message that came by another way has the Message-ID of a good one of
 * ours, which is the only one that we know */
static void
test_another_client(void **state)
{
	struct state_message_query query = { .id = "id-1" };
	struct api_message message = SAYS;
	struct todo_list list;
	struct err err;

	(void)state;
	message.client = "192.0.2.66";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	rig_now += 2 * PLAN_PATIENCE;
	turn();
	assert_int_equal(store_opens, 0);
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_int_equal(todo_messages(rem.state, &query, &list, &err), 0);
	assert_string_equal(list.items[0].message.reason, "what this gateway "
	    "journaled with its Message-ID came from another client");
	todo_drop(&list);
}

/* and the same client may be written in another way; but it must be told */
static void
test_same_client(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.client = "::ffff:192.0.2.1";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	say(&message);
	expect(NULL, STATE_DONE, "");
	message.id = "id-2";
	message.message_id = "<2@x.example>";
	message.client = "unknown";
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2",
	    .id = "<2@x.example>" });
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q2",
	    .id = "<2@x.example>" });
	say(&message);
	assert_true(is_there("bob@corp.example/INBOX/2"));
}

/* what was ambiguous is not any more */
static void
test_both_are_named_at_last(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2" });
	put("bob@corp.example/INBOX/1", &plain);
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q2" });
	say(&message);
	rig_now += 2 * PLAN_PATIENCE;
	turn();
	expect(NULL, STATE_FAILED,
	    "More than one message has this Message-ID");
	message.id = "id-2";
	say(&message);
	assert_int_equal(files("store/.quarantine", ""), 2);
}

static void
test_both_are_named(void **state)
{
	struct api_message message = SAYS, other = SAYS;

	(void)state;
	other.id = "id-2";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q2" });
	put("bob@corp.example/INBOX/1", &plain);
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q2" });
	plan_see(&rem, &message);
	plan_see(&rem, &other);
	turn();
	expect(NULL, STATE_DONE, "");
	assert_int_equal(files("store/.quarantine", ""), 2);
	assert_int_equal(files("", "mail."), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_ambiguous), TEST(test_client_decides),
		TEST(test_both_are_named), TEST(test_another_client),
		TEST(test_same_client), TEST(test_both_are_named_at_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
