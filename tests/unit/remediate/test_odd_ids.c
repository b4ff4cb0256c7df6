/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nobody is safe for the Message-IDs that he gives his message, nor is anybody
 * else in danger for them
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

/* A bad message whose Message-ID cannot be looked for, and a good one that has
 * the same. */
static void
odd(const char *told, const char *id)
{
	struct api_message message = SAYS;
	own(str) char *name = mem_format("id-%s", id);

	message.id = name;
	message.message_id = told;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7", .id = id });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7",
	    .id = id });
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q8",
	    .id = id });
	put("bob@corp.example/Later/1", &(struct mail){ .queue_id = "",
	    .id = id });
	put("bob@corp.example/Later/2", &(struct mail){ .queue_id = "4Q7",
	    .id = id, .by = "mx.elsewhere.example", .time = START - HOUR });
	say(&message);
	expect(NULL, STATE_DONE, "");
	if (is_there("bob@corp.example/INBOX/1"))
		fail_msg("%s stays", id);
	assert_int_equal(files("store/.quarantine", ""), 1);
	assert_true(is_there("bob@corp.example/INBOX/2"));
	assert_true(is_there("bob@corp.example/Later/1"));
	assert_true(is_there("bob@corp.example/Later/2"));
	assert_int_equal(store_searches[0], 0);
}

static void
test_odd(void **state)
{
	static const struct { const char *told, *id; } ids[] = {
		{ "", "" }, { "", "<>" }, { "<>", "<>" }, { "*", "*" },
		{ "1@x", "1@x" }, { "<\xef\xbf\xbd@x>", "<\xe4@x>" },
		{ "<a b@x>", "<a b@x>" }, { "<1@x> <2@x>", "<1@x> <2@x>" },
		{ "", "\"quoted\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		if (i > 0) {
			rig_down(NULL);
			rig_up(NULL);
		}
		odd(ids[i].told, ids[i].id);
	}
}

/* it is found by the second as by the first, and what has that one alone stays */
static void
test_two(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.message_id = "<good@y.example>";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7" });
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q8",
	    .id = "<good@y.example>", .client = "192.0.2.9",
	    .sender = "good@y.example" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7",
	    .more = "Message-ID: <good@y.example>\n" });
	put("bob@corp.example/INBOX/2", &(struct mail){ .queue_id = "4Q8",
	    .id = "<good@y.example>" });
	put("bob@corp.example/Later/1", &(struct mail){ .queue_id = "4Q6" });
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/INBOX/1"));
	assert_true(is_there("bob@corp.example/INBOX/2"));
	assert_true(is_there("bob@corp.example/Later/1"));
	/* the same message under its other name is done */
	message.id = "id-2";
	message.message_id = "<1@x.example>";
	say(&message);
	expect(NULL, STATE_DONE, "");
}

/* the API names a message that this gateway has not journaled, and all else fits
 * one that it has */
static void
test_two_of_another_gateway(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.message_id = "<other@y.example>";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7" });
	say(&message);
	expect(NULL, STATE_DUE, "Message not found in user mailbox");
	assert_true(is_there("bob@corp.example/INBOX/1"));
}

/* somebody on the way to the mailbox has given it another one */
static void
test_changed(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7",
	    .id = "<new@corp.example>" });
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_int_equal(store_searches[0], 1);
	assert_false(is_there("bob@corp.example/INBOX/1"));
}

/* the search that costs more comes only when the other one has proved nothing */
static void
test_searches(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7" });
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_int_equal(store_searches[0], 2);
	assert_int_equal(store_searches[1], 0);
}

static void
test_several_fit(void **state)
{
	struct state_message_query query = { .id = "id-1" };
	struct api_message message = SAYS;
	struct todo_list list;
	struct err err;

	(void)state;
	message.message_id = "";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7", .id = "" });
	journal(&(struct copy){ .mid = 8, .queue_id = "4Q8", .id = "",
	    .accepted = START + MINUTE });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7",
	    .id = "" });
	say(&message);
	rig_now += 2 * PLAN_PATIENCE;
	turn();
	assert_int_equal(store_opens, 0);
	assert_int_equal(todo_messages(rem.state, &query, &list, &err), 0);
	assert_string_equal(list.items[0].message.reason, "more than one "
	    "message that this gateway journaled fits by client, recipient, "
	    "sender and time");
	todo_drop(&list);
}

/* its envelope sender is told as its return path alone */
static void
test_return_path(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	message.message_id = "";
	message.sender = "boss@corp.example";
	message.return_path = "bounce@x.example";
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7", .id = "",
	    .sender = "bounce@x.example" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7",
	    .id = "" });
	say(&message);
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/INBOX/1"));
}

/* one folder out of reach does not protect what is in the others */
static void
test_search_is_cut(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q7" });
	put("bob@corp.example/INBOX/1", &(struct mail){ .queue_id = "4Q7" });
	store_found = MAILBOX_LATER;
	say(&message);
	assert_false(is_there("bob@corp.example/INBOX/1"));
	expect(NULL, STATE_QUARANTINED, "one folder is broken");
	store_found = MAILBOX_DONE;
	put("bob@corp.example/Later/1", &(struct mail){ .queue_id = "4Q7" });
	rig_now += HOUR;
	turn();
	expect(NULL, STATE_DONE, "");
	assert_false(is_there("bob@corp.example/Later/1"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_odd), TEST(test_two),
		TEST(test_two_of_another_gateway), TEST(test_changed),
		TEST(test_searches), TEST(test_several_fit),
		TEST(test_return_path), TEST(test_search_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
