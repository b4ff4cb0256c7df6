/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What fails is tried again, rests, stops or is undone; and a kill at any step
 * repeats at most that one
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain state_step state_intend state_piece_step
 * WRAP: state_forwarded state_act state_planned sendmail
 */
#include "tests/unit/remediate/remediate_rig.h"

#include <sys/wait.h>

#include "remediate/rest.h"
#include "remediate/sendmail.h"

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
test_not_found(void **state)
{
	const struct api_message message = SAYS;

	(void)state;
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	say(&message);
	expect(NULL, STATE_DUE, "Message not found in user mailbox");
	turn();				/* not due */
	assert_int_equal(store_opens, 1);
	rig_now += MINUTE;
	turn();
	assert_int_equal(store_opens, 2);
	rig_now += 4 * MINUTE;
	turn();
	expect(NULL, STATE_FAILED, "Message not found in user mailbox");
	rig_now += HOUR;
	turn();
	assert_int_equal(store_opens, 3);
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

/* ---- caps ---- */

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

static void
test_purge(void **state)
{
	struct todo_list list;
	struct err err;
	unsigned count;

	(void)state;
	begin();
	rig_now += rig_settings.conf.remediation_quarantine - MINUTE;
	undo_purge(&rem);
	assert_int_equal(files("store/.quarantine", ""), 1);
	rig_now += 2 * MINUTE;
	undo_purge(&rem);
	assert_int_equal(files("store/.quarantine", ""), 0);
	expect(NULL, STATE_PURGED, "");
	list = one(NULL);
	assert_int_equal(undo_action(&rem, &list.items[0], "alice", &count,
	    &err), 0);
	assert_int_equal(count, 0);
	todo_drop(&list);
	expect(NULL, STATE_PURGED, "");
}

static void
test_purge_at_once(void **state)
{
	(void)state;
	rig_conf("remediation_quarantine = 0\n");
	begin();
	expect(NULL, STATE_DONE, "");
	assert_int_equal(files("store/.quarantine", ""), 0);
	undo_purge(&rem);
}

/* ---- killed ---- */

static int points_left = -1;

static void
may_die(void)
{
	if (points_left > 0 && --points_left == 0)
		raise(SIGKILL);
}

#define AROUND(type, name, parameters, arguments) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type \
	__wrap_##name parameters \
	{ \
		type result; \
	\
		may_die(); \
		result = __real_##name arguments; \
		may_die(); \
		return result; \
	}
AROUND(int, state_step, (struct state *s, const struct state_event *e,
    struct err *err), (s, e, err))
AROUND(int, state_intend, (struct state *s, const struct state_piece *p,
    int64_t *out, struct err *err), (s, p, out, err))
AROUND(int, state_piece_step, (struct state *s, int64_t piece,
    enum state_piece_step step, const char *handle, struct err *err),
    (s, piece, step, handle, err))
AROUND(int, state_forwarded, (struct state *s, const char *message,
    int64_t now, struct err *err), (s, message, now, err))
AROUND(int, state_act, (struct state *s, const struct state_action *a,
    int64_t *id, bool *made, struct err *err), (s, a, id, made, err))
AROUND(int, state_planned, (struct state *s, const char *message,
    const char *reason, struct err *err), (s, message, reason, err))
AROUND(int, sendmail, (const struct sendmail *mail, struct err *err),
    (mail, err))

/* die_at - a turn that is killed at that point; false: it came to its end */
static bool
die_at(int n)
{
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		points_left = n;
		rig_open_state();
		turn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return true;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	return false;
}

static void
test_killed(void **state)
{
	const struct api_message message = SAYS;
	unsigned twice = 0;
	int n;

	(void)state;
	store_point = may_die;
	for (n = 1; n < 100; n++) {
		struct todo_list list;
		struct err err;
		unsigned count, mails;
		bool died;

		if (n > 1) {
			rig_down(NULL);
			rig_up(NULL);
			store_point = may_die;
		}
		journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
		put("bob@corp.example/INBOX/1", &plain);
		put("bob@corp.example/Later/2", &plain);
		plan_see(&rem, &message);
		rem.state = state_close(rem.state);
		died = die_at(n);
		rig_open_state();
		turn();
		expect(NULL, STATE_DONE, "");
		assert_int_equal(files("store/bob@corp.example/INBOX", ""), 0);
		assert_int_equal(files("store/bob@corp.example/Later", ""), 0);
		assert_int_equal(files("store/.quarantine", ""), 2);
		mails = files("", "mail.");
		assert_in_range(mails, 1, 2);
		twice += mails - 1;
		/* and all of it can still be undone */
		list = one(NULL);
		assert_int_equal(undo_action(&rem, &list.items[0], "alice",
		    &count, &err), 0);
		assert_int_equal(count, 2);
		todo_drop(&list);
		assert_true(is_there("bob@corp.example/INBOX/1"));
		assert_true(is_there("bob@corp.example/Later/2"));
		if (!died)
			break;
	}
	assert_in_range(n, 20, 60);	/* there were that many points */
	assert_in_range(twice, 1, 2);	/* only between sending and noting */
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		TEST(test_not_found), TEST(test_it_comes_late),
		TEST(test_it_moves_away), TEST(test_sendmail_refuses),
		TEST(test_no_mailbox), TEST(test_no_profile),
		TEST(test_chain), TEST(test_locked_out),
		TEST(test_locked_out_for_good), TEST(test_rest_is_no_attempt),
		TEST(test_max_poll), TEST(test_max_hour),
		TEST(test_max_recipient), TEST(test_max_share),
		TEST(test_under_the_caps), TEST(test_undo),
		TEST(test_undo_before), TEST(test_withdrawn),
		TEST(test_purge), TEST(test_purge_at_once),
		TEST(test_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
