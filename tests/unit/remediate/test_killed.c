/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kill at any step repeats at most that one, and loses nothing
 *
 * NEEDS: REMEDIATION
 * WRAP: profiles_chain state_step state_intend state_piece_step
 * WRAP: state_forwarded state_act state_planned sendmail
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed, rig_up, rig_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
