/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More than is allowed stops everything, until a person says that it is right
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

/* many - n messages for bob, each with a copy and in the mailbox */
static void
many(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		own(str) char *id = mem_format("<%u@x.example>", i);
		own(str) char *api = mem_format("id-%u", i);
		own(str) char *queue_id = mem_format("4Q%u", i);
		own(str) char *where = mem_format("bob@corp.example/INBOX/%u",
		    i);
		struct api_message message = SAYS;

		message.id = api;
		message.message_id = id;
		journal(&(struct copy){ .mid = i + 1, .queue_id = queue_id,
		    .id = id });
		put(where, &(struct mail){ .queue_id = queue_id, .id = id });
		plan_see(&rem, &message);
	}
}

static void
stops(const char *conf, unsigned n, const char *why)
{
	own(str) char *text = NULL;
	struct err err;

	rig_conf(conf);
	many(n);
	turn();
	assert_true(caps_paused(&rem));
	assert_int_equal(files("store/bob@corp.example/INBOX", ""), n);
	assert_int_equal(state_noted(rem.state, STATE_NOTE_PAUSE, &text,
	    &err), 0);
	assert_non_null(strstr(text, why));
	assert_int_equal(files("", "mail."), 1);
	rig_now += HOUR;
	turn();
	assert_int_equal(store_opens, 0);
	/* a person says that it is right */
	assert_int_equal(caps_resume(&rem, "alice", &err), 0);
	rig_now += 1;
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(files("store/bob@corp.example/INBOX", ""), 0);
}

static void
test_max_poll(void **state)
{
	(void)state;
	stops("remediation_max_poll = 3\n"
	    "remediation_notify = admin@corp.example\n", 4,
	    "4 remediations in one poll");
}

static void
test_max_hour(void **state)
{
	(void)state;
	stops("remediation_max_hour = 3\n"
	    "remediation_notify = admin@corp.example\n", 4,
	    "4 remediations in an hour");
}

static void
test_max_recipient(void **state)
{
	(void)state;
	stops("remediation_max_recipient = 3\n"
	    "remediation_notify = admin@corp.example\n", 4,
	    "4 remediations for bob@corp.example in an hour");
}

static void
test_max_share(void **state)
{
	(void)state;
	stops("remediation_notify = admin@corp.example\n", 11,
	    "11 messages in a day");
	assert_int_equal(caps_share(0, 100), 10);
	assert_int_equal(caps_share(1000, 1), 10);
	assert_int_equal(caps_share(12345, 2), 246);
	assert_int_equal(caps_share(UINT64_MAX, 100), UINT32_MAX);
}

static void
test_under_the_caps(void **state)
{
	(void)state;
	many(10);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(files("store/bob@corp.example/INBOX", ""), 0);
}

/* resumed by a clock that was ahead: that is no leave for a year */
static void
test_resumed_ahead(void **state)
{
	struct err err;

	(void)state;
	rig_conf("remediation_max_hour = 3\n");
	rig_now += 365 * 24 * HOUR;
	assert_int_equal(caps_resume(&rem, "alice", &err), 0);
	rig_now = START;
	many(4);
	turn();
	assert_true(caps_paused(&rem));
	assert_int_equal(files("store/bob@corp.example/INBOX", ""), 4);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_max_poll), TEST(test_max_hour),
		TEST(test_max_recipient), TEST(test_max_share),
		TEST(test_under_the_caps), TEST(test_resumed_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
