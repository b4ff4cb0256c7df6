/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More than is allowed stops everything, until a person says that it is right
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain
 */
#include "tests/unit/remediate/remediate_rig.h"

/* some - so many messages for a recipient with these numbers, each with a copy and
 * in the mailbox of bob or ann */
static void
some(const char *to, unsigned from, unsigned n)
{
	const char *const boxes[] = { to };

	for (unsigned i = from; i < from + n; i++) {
		own(str) char *id = mem_format("<%u@x.example>", i);
		own(str) char *api = mem_format("id-%u", i);
		own(str) char *queue_id = mem_format("4Q%u", i);
		own(str) char *where = mem_format("%s/INBOX/%u", to, i);
		struct api_message message = SAYS;

		message.id = api;
		message.message_id = id;
		message.mailboxes = boxes;
		journal(&(struct copy){ .mid = i + 1, .queue_id = queue_id,
		    .id = id, .to = to });
		put(where, &(struct mail){ .queue_id = queue_id, .id = id });
		plan_see(&rem, &message);
	}
}

static void
many(unsigned n)
{
	some("bob@corp.example", 0, n);
}

static unsigned
left(const char *who)
{
	own(str) char *dir = mem_format("store/%s@corp.example/INBOX", who);

	return files(dir, "");
}

/* restart - a process that knows what is in the state, and nothing else */
static void
restart(void)
{
	rem.state = state_close(rem.state);
	rem = (struct remediator){ .settings = &rig_settings, .host = "gw",
	    .by = "tdc-remediator", .clock = rig_clock, .failures = BUF };
	rig_open_state();
}

static void
resume(const char *recipient)
{
	struct err err;

	if (pauses_resume(&rem, "alice", recipient, &err) == -1)
		fail_msg("%s", err.text);
}

static void
stands_still(unsigned n, const char *why)
{
	own(str) char *text = NULL;
	struct err err;

	assert_true(caps_paused(&rem));
	assert_int_equal(left("bob"), n);
	assert_int_equal(state_noted(rem.state, STATE_NOTE_PAUSE, &text,
	    &err), 0);
	assert_non_null(strstr(text, why));
}

static void
stops(const char *conf, unsigned n, const char *why)
{
	rig_conf(conf);
	many(n);
	turn();
	stands_still(n, why);
	assert_int_equal(files("", "mail."), 1);
	rig_now += HOUR;
	restart();
	turn();
	assert_int_equal(store_opens, 0);
	/* a person says that it is right */
	resume(NULL);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 0);
}

static void
test_max_poll(void **state)
{
	(void)state;
	stops("remediation_max_poll = 3\n"
	    "remediation_notify = admin@corp.example\n", 4,
	    "4 remediations in one poll");
}

/* three and then three, each poll by itself, are not too many */
static void
test_polls(void **state)
{
	(void)state;
	rig_conf("remediation_max_poll = 3\n");
	many(3);
	turn();
	some("bob@corp.example", 3, 3);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 0);
}

/* killed before anybody counted what was planned */
static void
test_poll_over_a_restart(void **state)
{
	(void)state;
	rig_conf("remediation_max_poll = 3\n");
	turn();
	many(2);
	rem_turn_begin(&rem);
	caps_poll(&rem);
	plan_turn(&rem);
	restart();
	some("bob@corp.example", 2, 2);
	turn();
	stands_still(4, "4 remediations in one poll");
}

/* the same poll, planned little by little since the history is behind */
static void
test_poll_planned_late(void **state)
{
	(void)state;
	rig_conf("remediation_max_poll = 3\n");
	turn();
	many(3);
	turn();
	assert_int_equal(left("bob"), 0);
	some("bob@corp.example", 3, 1);
	rem_turn_begin(&rem);
	plan_turn(&rem);
	caps_check(&rem);
	act_turn(&rem);
	stands_still(1, "4 remediations in one poll");
}

/* a verdict that comes back is as much work as a new one */
static void
test_again_counts(void **state)
{
	struct api_message message = SAYS;

	(void)state;
	rig_conf("remediation_max_hour = 3\n");
	message.id = "id-0";
	message.message_id = "<0@x.example>";
	many(1);
	for (int i = 0; i < 3; i++) {
		rem_turn_begin(&rem);
		plan_turn(&rem);
		message.verdict = API_NEUTRAL;
		message.word = "neutral";
		plan_see(&rem, &message);
		plan_turn(&rem);
		message.verdict = API_PHISHING;
		message.word = "phishing";
		plan_see(&rem, &message);
		rig_now += MINUTE;
	}
	turn();
	stands_still(1, "4 remediations in an hour");
}

static void
test_max_hour(void **state)
{
	(void)state;
	stops("remediation_max_hour = 3\n"
	    "remediation_notify = admin@corp.example\n", 4,
	    "4 remediations in an hour");
}

/* an hour is an hour: what was begun before it is not in it */
static void
test_hours(void **state)
{
	(void)state;
	rig_conf("remediation_max_hour = 3\n");
	for (unsigned i = 0; i < 4; i++) {
		some("bob@corp.example", i, 1);
		turn();
		rig_now += 21 * MINUTE;
	}
	assert_false(caps_paused(&rem));
	some("bob@corp.example", 4, 1);
	turn();
	assert_false(caps_paused(&rem));
	some("bob@corp.example", 5, 1);
	turn();
	stands_still(1, "4 remediations in an hour");
}

/* who floods one mailbox protects nobody else's bad mail */
static void
test_max_recipient(void **state)
{
	own(str) char *why = NULL;
	struct err err;

	(void)state;
	rig_conf("remediation_max_recipient = 3\nremediation_max_poll = 4\n"
	    "remediation_max_hour = 4\n"
	    "remediation_notify = admin@corp.example\n");
	many(30);
	some("ann@corp.example", 30, 2);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 30);
	assert_int_equal(left("ann"), 0);
	assert_int_equal(state_paused(rem.state, "BOB@corp.example", &why,
	    &err), 0);
	assert_string_equal(why, "30 remediations in an hour, and "
	    "remediation_max_recipient is 3");
	assert_int_equal(files("", "mail."), 3);	/* two are forwards */
	/* it stands still over a restart and an hour; the others do not */
	rig_now += HOUR + 1;
	restart();
	some("ann@corp.example", 32, 1);
	some("bob@corp.example", 33, 1);
	turn();
	assert_int_equal(left("bob"), 31);
	assert_int_equal(left("ann"), 0);
	assert_int_equal(files("", "mail."), 4);
	/* a person says that it is right, and that counts for no cap */
	resume("bob@corp.example");
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 0);
	/* and counting begins again */
	some("bob@corp.example", 34, 3);
	turn();
	assert_int_equal(left("bob"), 0);
	some("bob@corp.example", 37, 1);
	turn();
	assert_int_equal(left("bob"), 1);
	/* to resume all resumes each */
	resume(NULL);
	turn();
	assert_int_equal(left("bob"), 0);
}

/* journaled - so many copies of other mail */
static void
journaled(unsigned n)
{
	own(str) char *path = mem_format("%s/history.db", rig_dir);
	const char *to[] = { "bob@corp.example" };
	struct store *store;
	struct err err;

	assert_int_equal(store_open(path, &store, &err), 0);
	assert_int_equal(store_begin(store, &err), 0);
	for (unsigned i = 0; i < n; i++) {
		own(str) char *queue_id = mem_format("4Z%u", i);
		const struct history_row row = { .envelope = { .mid = 1000 + i,
		    .intake = "in@take.example", .sender = "a@x.example",
		    .recipients = to, .recipient_count = 1,
		    .queue_id = queue_id,
		    .message_id = "<o@x.example>", .client_addr = "192.0.2.1",
		    .client_name = "x", .helo = "x", .protocol = "ESMTP",
		    .gateway = "gw", .policy = "p", .accepted = START },
		    .fate = { .verdict = "delivered", .reply = "",
		    .ended = START } };

		assert_int_equal(store_add(store, &row, &err), 0);
	}
	assert_int_equal(store_commit(store, 1, 1, &err), 0);
	store_close(store);
}

static void
test_max_share(void **state)
{
	(void)state;
	stops("remediation_notify = admin@corp.example\n", 11,
	    "11 messages in a day, and remediation_max_share allows 10 (1% of "
	    "11 journaled ones, at least 10)");
	assert_int_equal(caps_share(0, 100), 10);
	assert_int_equal(caps_share(1000, 1), 10);
	assert_int_equal(caps_share(12345, 2), 246);
	assert_int_equal(caps_share(UINT64_MAX, 100), UINT32_MAX);
}

/* 2 percent of 950 and some: 19 may be remediated, and the 20th is too much */
static void
test_share_of_a_day(void **state)
{
	(void)state;
	rig_conf("remediation_max_share = 2\n");
	journaled(950);
	many(19);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 0);
	rig_now += HOUR;
	some("bob@corp.example", 19, 1);
	turn();
	stands_still(1, "20 messages in a day, and remediation_max_share "
	    "allows 19 (2% of 970 journaled ones, at least 10)");
}

static void
test_under_the_caps(void **state)
{
	(void)state;
	many(10);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 0);
}

/* resumed, or begun, by a clock that was ahead: no leave for a year, and no end of
 * stopping */
static void
test_clock_ahead(void **state)
{
	(void)state;
	rig_conf("remediation_max_hour = 3\n");
	rig_now += 365 * 24 * HOUR;
	resume(NULL);
	rig_now = START;
	many(4);
	turn();
	stands_still(4, "4 remediations in an hour");
	resume(NULL);
	rig_now += 24 * HOUR;
	turn();
	assert_int_equal(left("bob"), 0);
	rig_now = START;
	some("bob@corp.example", 4, 3);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 0);
}

/* a database of an older program has no note of what was judged */
static void
test_older_database(void **state)
{
	struct err err;

	(void)state;
	rig_conf("remediation_max_poll = 3\n");
	for (unsigned i = 0; i < 3; i++) {
		some("bob@corp.example", 2 * i, 2);
		turn();
	}
	assert_int_equal(state_note(rem.state, STATE_NOTE_JUDGED, "", &err),
	    0);
	restart();
	rig_now += HOUR + 1;
	some("bob@corp.example", 6, 3);
	turn();
	assert_false(caps_paused(&rem));
	assert_int_equal(left("bob"), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_max_poll), TEST(test_polls),
		TEST(test_poll_over_a_restart), TEST(test_poll_planned_late),
		TEST(test_again_counts), TEST(test_max_hour), TEST(test_hours),
		TEST(test_max_recipient), TEST(test_max_share),
		TEST(test_share_of_a_day), TEST(test_under_the_caps),
		TEST(test_clock_ahead), TEST(test_older_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
