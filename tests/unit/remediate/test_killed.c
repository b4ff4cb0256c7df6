/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kill at any step repeats at most that one, and loses nothing
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain state_step state_intend state_piece_step
 * WRAP: state_forwarded state_act state_planned state_undo state_tick sendmail
 * WRAP: state_piece_purged
 */
#include "tests/unit/remediate/remediate_rig.h"

#include <sys/wait.h>

#include "remediate/sendmail.h"

static const struct mail plain = { .queue_id = "4Q1" };

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
AROUND(int, state_undo, (struct state *s, int64_t action, const char *reason,
    struct err *err), (s, action, reason, err))
AROUND(int, state_tick, (struct state *s, int64_t now, int64_t most,
    int64_t *out, int64_t *lost, struct err *err),
    (s, now, most, out, lost, err))
AROUND(int, state_piece_purged, (struct state *s, const struct state_piece *p,
    enum state_piece_step step, int64_t now, bool *last, struct err *err),
    (s, p, step, now, last, err))
AROUND(int, sendmail, (const struct sendmail *mail, struct err *err),
    (mail, err))

/* die_at - at that point of what is done; false: it came to its end */
static bool
die_at(int n, void (*act)(void))
{
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		points_left = n;
		rig_open_state();
		act();
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
		died = die_at(n, turn);
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

/* ---- undo, purge ---- */

/* fresh - a message of which two pieces were moved; the state is closed */
static void
fresh(void)
{
	const struct api_message message = SAYS;

	rig_down(NULL);
	rig_up(NULL);
	journal(&(struct copy){ .mid = 7, .queue_id = "4Q1" });
	put("bob@corp.example/INBOX/1", &plain);
	put("bob@corp.example/Later/2", &plain);
	say(&message);
	expect(NULL, STATE_DONE, "");
	undo_turn(&rem);
	rem.state = state_close(rem.state);
	store_point = may_die;
}

static void
undo_it(void)
{
	struct todo_list list = one(NULL);
	unsigned count;
	struct err err;

	(void)undo_action(&rem, &list.items[0], "alice", &count, &err);
	todo_drop(&list);
}

static void
all_back(void)
{
	assert_true(is_there("bob@corp.example/INBOX/1"));
	assert_true(is_there("bob@corp.example/Later/2"));
	assert_int_equal(files("store/.quarantine", ""), 0);
	expect(NULL, STATE_RESTORED, "undone by alice");
}

/* either it goes on by itself, or nothing of it was begun */
static void
test_undo_killed(void **state)
{
	unsigned begun = 0;
	bool died = true;
	int n;

	(void)state;
	for (n = 1; died && n < 100; n++) {
		struct todo_list list;
		bool undoing;

		fresh();
		died = die_at(n, undo_it);
		rig_open_state();
		list = one(NULL);
		undoing = *list.items[0].action.undoing != '\0';
		todo_drop(&list);
		turn();			/* which does not take it away again */
		undo_turn(&rem);
		if (undoing || !died) {
			all_back();
			begun++;
			continue;
		}
		if (files("store/.quarantine", "") > 0) {
			assert_int_equal(files("store/.quarantine", ""), 2);
			expect(NULL, STATE_DONE, "");
			undo_it();
		}
		all_back();
	}
	assert_in_range(n, 15, 40);
	assert_in_range(begun, n - 5, n);
}

static void
purge_it(void)
{
	for (int day = 0; day <= 30; day++) {
		rig_now += 24 * HOUR;
		undo_turn(&rem);
	}
}

static void
test_purge_killed(void **state)
{
	bool died = true;
	int n;

	(void)state;
	/* every day has its two points at least */
	for (n = 60; died && n < 160; n++) {
		int64_t before;

		fresh();
		before = rig_now;
		died = die_at(n, purge_it);
		rig_open_state();
		rig_now = before + 30 * 24 * HOUR;
		for (int i = 0; i < 31; i++) {
			rig_now += 24 * HOUR;
			undo_turn(&rem);
		}
		assert_int_equal(files("store/.quarantine", ""), 0);
		assert_int_equal(files("store/bob@corp.example/INBOX", ""), 0);
		expect(NULL, STATE_PURGED, "");
	}
	assert_in_range(n, 65, 120);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed, rig_up, rig_down),
		cmocka_unit_test_setup_teardown(test_undo_killed, rig_up,
		    rig_down),
		cmocka_unit_test_setup_teardown(test_purge_killed, rig_up,
		    rig_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
