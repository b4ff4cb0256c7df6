/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * successor: whatever fails in us or in the starter, there is a new process that takes
 * over, or none
 *
 * WRAP: clock_now chdir dup2 fork recv send sendmsg socketpair waitpid
 */
#include "tests/unit/base/daemon/successor_rig.h"

/* assert_none_or_one - it cannot be started, or takes over */
static void
assert_none_or_one(int status, const struct err *err)
{
	if (status == 0) {
		assert_takes_over("own");
		return;
	}
	if (strcmp(nth->name, "socketpair") == 0)
		assert_memory_equal(err->text, "socketpair: ", 12);
	else
		assert_string_equal(err->text, "it cannot be started");
	assert_int_equal(err->kind, ERR_LATER);
	close(orders);
}

/* Each call fails once, in us or, beside us, in the starter; for the answer of that we
 * wait again after a signal. */
static void
test_each_call(void **state)
{
	static const int errors[] = { EMFILE, EINTR };
	unsigned failed = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = 1; nth_begin(at, errors[i]); at++) {
			struct err err;
			int status;

			prepare("ready", (struct daemon){ .name = NULL });
			nth_arm();
			status = successor_call(listener[1], false, &err);
			nth_disarm();
			failed += status == -1;
			if (strcmp(nth->name, "recv") == 0)
				assert_int_equal(status, errors[i] == EINTR ? 0 : -1);
			assert_none_or_one(status, &err);
			orders = -1;
			free(conf_file);
		}
	conf_file = NULL;
	/* Two processes share the turns: at least socketpair, twice, and of EMFILE what
	 * comes after that in each. */
	assert_true(failed >= 4);
}

/* Whether it is ready cannot be heard: it is not. */
static void
test_cannot_hear(void **state)
{
	struct err err;

	(void)state;
	prepare("wait", (struct daemon){ .name = NULL });
	assert_called(false);
	assert_true(nth_begin(1, EIO));
	nth_arm();
	assert_int_equal(successor_look(&err), SUCCESSOR_FAILED);
	nth_disarm();
	assert_string_equal(err.text, "it has ended");
}

/* What fails before there is an order, and after it. */
static void
test_starter_fails(void **state)
{
	struct err err;

	(void)state;
	for (int i = 0; i < 3; i++) {
		no_chdir = i == 0;
		no_dup2 = i == 0 ? -1 : i + 2;
		prepare("ready", (struct daemon){ .name = NULL });
		no_chdir = false;
		no_dup2 = -1;
		if (i < 2) {
			assert_int_equal(successor_call(listener[1], false, &err), -1);
			assert_string_equal(err.text, "it cannot be started");
		} else {
			assert_called(false);
			assert_int_equal(answer(&err), SUCCESSOR_FAILED);
			assert_string_equal(err.text, "it has ended");
		}
		close(orders);
		orders = -1;
		free(conf_file);
	}
	conf_file = NULL;
}

/* Signals change nothing. */
static void
test_interrupted(void **state)
{
	static const char *const calls[] = { "recv", "waitpid" };
	unsigned seen[2] = { 0 };

	(void)state;
	for (unsigned at = 1; nth_begin(at, EINTR); at++) {
		struct err err;
		char said[64];

		prepare("ready", (struct daemon){ .name = NULL });
		assert_called(false);
		nth_arm();
		assert_int_equal(answer(&err), SUCCESSOR_READY);
		nth_disarm();
		seen[0] += strcmp(nth->name, calls[0]) == 0;
		nth_arm();
		assert_true(successor_yield() > 0);
		nth_disarm();
		for (int i = 0; i < 2; i++)
			seen[i] += strcmp(nth->name, calls[i]) == 0;
		/* but for the one that says so */
		if (strcmp(nth->name, "send") != 0)
			assert_true(recv(listener[0], said, sizeof(said), 0) > 0);
		orders = -1;
		free(conf_file);
		if (seen[0] > 0 && seen[1] > 0)
			break;
	}
	conf_file = NULL;
	assert_true(seen[0] > 0 && seen[1] > 0);
}

/* What is no order: the starter ends, and starts nobody with what it has not got. */
static void
test_no_order(void **state)
{
	union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control;
	struct iovec octet = { .iov_base = (char[]){ 0 }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &octet, .msg_iovlen = 1 };
	struct err err;
	char end;

	(void)state;
	for (int i = 0; i < 2; i++) {
		prepare("ready", (struct daemon){ .name = NULL });
		if (i == 1) {		/* one descriptor alone */
			message.msg_control = &control;
			message.msg_controllen = sizeof(control);
			control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS,
				.cmsg_len = CMSG_LEN(sizeof(int)) };
			memcpy(CMSG_DATA(&control.header), &listener[1], sizeof(int));
		}
		assert_int_equal(sendmsg(orders, &message, MSG_NOSIGNAL), 1);
		assert_int_equal(recv(orders, &end, 1, 0), 0);
		assert_int_equal(successor_call(listener[1], false, &err), -1);
		assert_string_equal(err.text, "it cannot be started");
		close(orders);
		orders = -1;
		free(conf_file);
	}
	conf_file = NULL;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SUCCESSOR_TEST(test_each_call),
		SUCCESSOR_TEST(test_cannot_hear),
		SUCCESSOR_TEST(test_starter_fails),
		SUCCESSOR_TEST(test_interrupted),
		SUCCESSOR_TEST(test_no_order),
	};

	successor_main(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
