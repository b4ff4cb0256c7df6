/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * start: whoever runs a program, its status comes back; where none can be run there
 * is nothing to wait for, and nothing stays open
 *
 * WRAP: posix_spawn_file_actions_addopen posix_spawn_file_actions_adddup2
 * WRAP: posix_spawnattr_setsigmask posix_spawnattr_setsigdefault
 * WRAP: posix_spawnattr_setpgroup posix_spawn waitid waitpid
 * WRAP: socketpair sendmsg recv poll
 */
#include "base/start/start.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/own.h"
#include "base/start/start_wire.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/opened.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, posix_spawn_file_actions_addopen, (posix_spawn_file_actions_t *files,
    int fd, const char *path, int flags, mode_t mode), (files, fd, path, flags, mode),
    errno)
NTH_CALL(int, posix_spawn_file_actions_adddup2, (posix_spawn_file_actions_t *files,
    int fd, int to), (files, fd, to), errno)
NTH_CALL(int, posix_spawnattr_setsigmask, (posix_spawnattr_t *attr,
    const sigset_t *set), (attr, set), errno)
NTH_CALL(int, posix_spawnattr_setsigdefault, (posix_spawnattr_t *attr,
    const sigset_t *set), (attr, set), errno)
NTH_CALL(int, posix_spawnattr_setpgroup, (posix_spawnattr_t *attr, pid_t group),
    (attr, group), errno)
NTH_CALL(int, posix_spawn, (pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr,
    char *const *argv, char *const *environment),
    (pid, path, files, attr, argv, environment), errno)
NTH_CALL(int, waitid, (idtype_t type, id_t id, siginfo_t *info, int how),
    (type, id, info, how), -1)
NTH_CALL(pid_t, waitpid, (pid_t pid, int *status, int how), (pid, status, how), -1)
NTH_CALL(int, socketpair, (int family, int type, int protocol, int fds[2]),
    (family, type, protocol, fds), -1)
NTH_CALL(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
    (fd, message, flags), -1)
NTH_CALL(ssize_t, recv, (int fd, void *out, size_t n, int flags), (fd, out, n, flags), -1)
NTH_CALL(int, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1)

static char sh[] = "/bin/sh", option[] = "-c", seven[] = "exit 7", hang[] = "sleep 60";
static char *const exits[] = { sh, option, seven, NULL };
static char *const hangs[] = { sh, option, hang, NULL };

enum { SEVEN = 7 << 8 };		/* as waitpid(2) has it */

static int
tear_down(void **state)
{
	(void)state;
	nth_begin(1, 0);
	return 0;
}

static void
assert_nothing(const struct started *started)
{
	struct started copy = *started;
	int status = 99;

	assert_int_equal(started->pid, 0);
	assert_int_equal(started->fd, -1);
	assert_true(start_over(started));
	start_kill(started);		/* nobody */
	assert_true(start_wait(&copy, 0, &status));
	assert_int_equal(status, -1);
}

/* ---- by ourselves ---- */

/* Each call fails once, with a fourth descriptor for it and without one. */
static void
test_each_call(void **state)
{
	(void)state;
	for (int fourth = -1; fourth < 1; fourth++) {
		struct start start = { .what = START_ALERT, .path = sh, .argv = exits,
			.fds = { -1, 1, -1, fourth }, .group = true };
		int before = opened();
		unsigned at;

		for (at = 1; nth_begin(at, ENOMEM); at++) {
			struct started started;
			int error, status;

			nth_arm();
			error = start_program(&start, &started);
			nth_disarm();
			assert_int_equal(error, nth->name[0] == '\0' ? 0 : ENOMEM);
			if (error != 0) {
				assert_nothing(&started);
				continue;
			}
			assert_true(start_wait(&started, -1, &status));
			assert_int_equal(status, SEVEN);
		}
		/* three or four files, three settings, itself; the next one succeeds */
		assert_int_equal(at, fourth == -1 ? 9 : 10);
		assert_int_equal(opened(), before);
	}
}

/* Signals of others do not end the wait. */
static void
test_interrupted(void **state)
{
	const struct start start = { .what = START_ALERT, .path = sh, .argv = exits,
		.fds = START_FDS };
	unsigned again = 0;

	(void)state;
	for (unsigned at = 1; nth_begin(at, EINTR); at++) {
		struct started started;
		int status;

		assert_int_equal(start_program(&start, &started), 0);
		nth_arm();
		assert_true(start_wait(&started, -1, &status));
		nth_disarm();
		again += nth->name[0] != '\0';
		assert_int_equal(status, SEVEN);
	}
	assert_int_equal(again, 2);	/* waitid, waitpid */
}

/* Somebody else has waited for it: it is over, and nobody knows how. */
static void
test_not_ours(void **state)
{
	const struct start start = { .what = START_ALERT, .path = sh, .argv = exits,
		.fds = START_FDS };
	struct started started;
	int status;

	(void)state;
	assert_int_equal(start_program(&start, &started), 0);
	assert_int_equal(waitpid(started.pid, &status, 0), started.pid);
	assert_true(start_over(&started));
	assert_true(start_wait(&started, 0, &status));
	assert_int_equal(status, -1);
}

/* One of no group is killed alone, and in no time. */
static void
test_kill(void **state)
{
	int64_t began = clock_now();

	(void)state;
	for (int group = 0; group < 2; group++) {
		const struct start start = { .what = START_ALERT, .path = sh,
			.argv = hangs, .fds = START_FDS, .group = group };
		struct started started;
		int status;

		assert_int_equal(start_program(&start, &started), 0);
		assert_false(start_over(&started));
		assert_false(start_wait(&started, 10, &status));
		start_kill(&started);
		assert_true(start_wait(&started, -1, &status));
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		assert_nothing(&started);
	}
	assert_true(clock_now() - began < 30000);
}

/* ---- by the starter ---- */

/* How it answers: that it does not; with an error; that it runs one, which ends with 7
 * at once, or when it is killed; or that, and no more. */
enum how { MUTE, REFUSES, RUNS, WAITS, LEAVES };

static struct { int fd; enum how how; } asked;

static void *
answer(void *unused)
{
	struct start_request request;
	int error = asked.how == REFUSES ? EACCES : 0, status = SEVEN;
	char end;

	(void)unused;
	if (start_wire_receive(asked.fd, &request) != 1)
		return NULL;
	if (asked.how != MUTE)
		(void)send(request.answer, &error, sizeof(error), MSG_NOSIGNAL);
	if (asked.how == WAITS && read(request.answer, &end, 1) == 0)
		status = SIGKILL;
	if (asked.how == RUNS || asked.how == WAITS)
		(void)send(request.answer, &status, sizeof(status), MSG_NOSIGNAL);
	start_wire_drop(&request);
	return NULL;
}

/* by_starter - that answers so; its error, and then how it ends */
static int
by_starter(enum how how, int *out_status)
{
	const struct start start = { .what = START_ALERT, .path = sh, .argv = exits,
		.fds = START_FDS };
	struct started started;
	pthread_t thread;
	int fds[2], error;

	assert_int_equal(__real_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds),
	    0);
	start_by(fds[0]);
	asked.fd = fds[1];
	asked.how = how;
	assert_int_equal(pthread_create(&thread, NULL, answer, NULL), 0);
	nth_arm();
	error = start_program(&start, &started);
	if (error != 0) {
		nth_disarm();
		assert_nothing(&started);
	} else {
		if (how == WAITS) {
			assert_false(start_over(&started));
			assert_false(start_wait(&started, 10, out_status));
			start_kill(&started);
		}
		assert_true(start_wait(&started, -1, out_status));
		nth_disarm();
		assert_nothing(&started);
	}
	start_by(-1);
	close(fds[0]);
	pthread_join(thread, NULL);
	close(fds[1]);
	return error;
}

static void
test_starter(void **state)
{
	int status = 99, before = opened();

	(void)state;
	assert_true(nth_only(0, 0));	/* nothing fails */
	assert_int_equal(by_starter(MUTE, &status), EPIPE);
	assert_int_equal(by_starter(REFUSES, &status), EACCES);
	assert_int_equal(status, 99);
	assert_int_equal(by_starter(RUNS, &status), 0);
	assert_int_equal(status, SEVEN);
	assert_int_equal(by_starter(WAITS, &status), 0);
	assert_int_equal(status, SIGKILL);
	assert_int_equal(by_starter(LEAVES, &status), 0);
	assert_int_equal(status, -1);
	assert_int_equal(opened(), before);
}

/* Each call fails once, or is interrupted: the latter nobody sees. */
static void
test_starter_each_call(void **state)
{
	static const int errors[] = { EMFILE, EINTR };
	int before = opened();
	unsigned interrupted = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned at = 1; nth_begin(at, errors[i]); at++) {
			int status = 99, error = by_starter(RUNS, &status);

			if (strcmp(nth->name, "socketpair") == 0 ||
			    (strcmp(nth->name, "sendmsg") == 0 && errors[i] == EMFILE)) {
				assert_int_equal(error, errors[i]);
			} else if (errors[i] == EINTR || nth->name[0] == '\0') {
				interrupted += nth->name[0] != '\0';
				assert_int_equal(error, 0);
				assert_int_equal(status, SEVEN);
			} else if (error == 0) {
				assert_true(status == -1 || status == SEVEN);
			} else {
				assert_int_equal(error, EPIPE);
			}
			assert_int_equal(opened(), before);
		}
	assert_int_equal(interrupted, 4);	/* sendmsg, recv, poll, recv */
}

/* It is asked to look, and may be away. */
static void
test_look(void **state)
{
	(void)state;
	start_look();			/* there is none */
	for (enum how how = MUTE; how <= LEAVES; how++) {
		int fds[2], before = opened();
		pthread_t thread;

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
		    fds), 0);
		start_by(fds[0]);
		asked.fd = fds[1];
		asked.how = how;
		assert_int_equal(pthread_create(&thread, NULL, answer, NULL), 0);
		start_look();
		start_by(-1);
		close(fds[0]);
		pthread_join(thread, NULL);
		close(fds[1]);
		assert_int_equal(opened(), before);
	}
}

#define START_TEST(f) cmocka_unit_test_teardown(f, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		START_TEST(test_each_call),
		START_TEST(test_interrupted),
		START_TEST(test_not_ours),
		START_TEST(test_kill),
		START_TEST(test_starter),
		START_TEST(test_starter_each_call),
		START_TEST(test_look),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
