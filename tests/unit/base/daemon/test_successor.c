/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * successor: a new process with our socket takes over, or all stays as it was and it is
 * known why
 *
 * WRAP: clock_now chdir dup2 fork recv send sendmsg socketpair waitpid
 */
#include "tests/unit/base/daemon/successor_rig.h"

/* With our options and our socket; the service manager hears whom it has now. */
static void
test_takes_over(void **state)
{
	own(str) char *name = mem_format("@tdc-successor-%d", (int)getpid());
	own(fd) int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char heard[64] = "";
	pid_t pid;

	(void)state;
	memcpy(at.sun_path + 1, name + 1, strlen(name) - 1);
	assert_int_equal(bind(manager, (struct sockaddr *)&at,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
	prepare("ready", (struct daemon){ .foreground = true, .verbose = true });
	unsetenv("WATCHDOG_PID");
	daemon_hush(false);
	assert_called(true);
	assert_takes_over("held-f-v watched");
	daemon_hush(false);
	unsetenv("NOTIFY_SOCKET");
	assert_true(recv(manager, heard, sizeof(heard) - 1, 0) > 0);
	assert_int_equal(sscanf(heard, "MAINPID=%d", &pid), 1);
	assert_true(pid > 0);
}

/* One that is no good, in each way: then another one can be called. */
static void
test_no_good(void **state)
{
	static const struct { const char *mode, *why; } rows[] = {
		{ "refuse", "its spool is away" }, { "die", "it has ended" } };

	(void)state;
	prepare("die", (struct daemon){ .name = NULL });
	for (size_t i = 0; i < 2; i++) {
		struct err err;

		free(conf_file);
		conf_file = scratch_file(dir, "tdc.cf", rows[i].mode);
		assert_called(false);
		assert_int_equal(answer(&err), SUCCESSOR_FAILED);
		assert_string_equal(err.text, rows[i].why);
		assert_int_equal(err.kind, ERR_LATER);
	}
	free(conf_file);
	conf_file = scratch_file(dir, "tdc.cf", "ready");
	assert_called(false);
	assert_takes_over("own");
}

static void
test_not_in_time(void **state)
{
	struct err err;

	(void)state;
	prepare("wait", (struct daemon){ .name = NULL });
	assert_called(false);
	later = 59000;
	assert_int_equal(successor_look(&err), SUCCESSOR_AWAITED);
	later = 60001;
	assert_int_equal(successor_look(&err), SUCCESSOR_FAILED);
	assert_string_equal(err.text, "it is not ready after a minute");
}

/* Where whoever has started us would start another one, and without a starter. */
static void
test_none(void **state)
{
	static const struct daemon rows[] = { { .foreground = true },
		{ .check_only = true }, { .name = NULL } };
	own(str) char *unprepared = mem_format("it could prepare for none: %s: "
	    "restart it", strerror(EMFILE));
	struct err err;

	(void)state;
	assert_true(nth_begin(1, EMFILE));
	for (size_t i = 0; i < 3; i++) {
		nth_arm();
		prepare("ready", rows[i]);
		nth_disarm();
		assert_int_equal(strcmp(nth->name, "socketpair") == 0, i == 2);
		assert_int_equal(successor_call(listener[1], false, &err), -1);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_string_equal(err.text, i == 2 ? unprepared :
		    "it was started in the foreground, and not by systemd: restart it");
		free(conf_file);
	}
	orders = -1;
	conf_file = NULL;
}

/* Rather none than one that is root. */
static void
test_no_user(void **state)
{
	struct err err;

	(void)state;
	prepare("ready", (struct daemon){ .name = NULL });
	successor_drop("nobody of this name");
	if (geteuid() != 0) {		/* nor is the starter */
		assert_called(false);
		assert_takes_over("own");
		return;
	}
	assert_int_equal(successor_call(listener[1], false, &err), -1);
	assert_memory_equal(err.text, "it could prepare for none: ", 27);
}

/* await_in_child - with this at the other end; how it ends */
static int
await_in_child(const char *go, int error)
{
	int fds[2], status;
	char said[8] = "";
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	assert_true(nth_only(error == 0 ? 0 : error == EINTR ? 2 : 1, error));
	pid = fork();
	if (pid == 0) {
		struct nth here = *nth;		/* only our own calls fail */

		nth = &here;
		close(fds[0]);
		nth_arm();
		successor_await(fds[1]);
		_exit(0);
	}
	close(fds[1]);
	if (error != EPIPE) {
		assert_int_equal(recv(fds[0], said, sizeof(said), 0), 5);
		assert_string_equal(said, "READY");
	}
	if (go != NULL)
		assert_int_equal(send(fds[0], go, strlen(go), MSG_NOSIGNAL), strlen(go));
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Whoever is not told to go on never serves beside the old one. */
static void
test_await(void **state)
{
	(void)state;
	assert_int_equal(await_in_child("GO", 0), 0);
	assert_int_equal(await_in_child("GO", EINTR), 0);
	assert_int_equal(await_in_child(NULL, EINTR), EX_TEMPFAIL);
	assert_int_equal(await_in_child(NULL, 0), EX_TEMPFAIL);
	assert_int_equal(await_in_child(NULL, EPIPE), EX_TEMPFAIL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		SUCCESSOR_TEST(test_none),	/* before there is a starter */
		SUCCESSOR_TEST(test_no_user),
		SUCCESSOR_TEST(test_takes_over),
		SUCCESSOR_TEST(test_no_good),
		SUCCESSOR_TEST(test_not_in_time),
		SUCCESSOR_TEST(test_await),
	};

	successor_main(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
