/* SPDX-License-Identifier: BSD-2-Clause */
/* What we are given: for us alone, by its names, and nobody after us takes it
 * for its own */
#include "base/daemon/given.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/unit/scratch.h"

/* What is in the environment; ours: LISTEN_PID is our pid, whatever pid is. */
struct given_case {
	bool		 ours;
	const char	*pid, *fds, *names;
	unsigned	 want_next;
	int		 want_socket;
	bool		 want_held;
	unsigned	 want_sockets;
	int		 want_ready;
};

static void
put(const char *variable, const char *value)
{
	if (value != NULL)
		setenv(variable, value, 1);
	else
		unsetenv(variable);
}

static int
is_as_wanted(const struct given *given, unsigned next,
    const struct given_case *want)
{
	return next == want->want_next && given->socket == want->want_socket &&
	    given->held == want->want_held &&
	    given->sockets == want->want_sockets &&
	    given->ready == want->want_ready &&
	    getenv("LISTEN_PID") == NULL && getenv("LISTEN_FDS") == NULL &&
	    getenv("LISTEN_FDNAMES") == NULL &&
	    (given->socket == -1 ||
	    ((fcntl(given->socket, F_GETFD) & FD_CLOEXEC) != 0 &&
	    (fcntl(given->socket, F_GETFL) & O_NONBLOCK) != 0));
}

/* take - in a process whose descriptors 3 and 4 are sockets */
static int
take(const struct given_case *in)
{
	char ours[20];
	struct given given;
	int fds[2];
	unsigned next;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1 ||
	    (fds[0] = fcntl(fds[0], F_DUPFD, 20)) == -1 ||
	    (fds[1] = fcntl(fds[1], F_DUPFD, 20)) == -1 ||
	    dup2(fds[0], 3) == -1 || dup2(fds[1], 4) == -1)
		return 2;
	snprintf(ours, sizeof(ours), "%d", (int)getpid());
	put("LISTEN_PID", in->ours ? ours : in->pid);
	put("LISTEN_FDS", in->fds);
	put("LISTEN_FDNAMES", in->names);
	next = given_take(&given);
	return is_as_wanted(&given, next, in) ? 0 : 1;
}

static void
test_take(void **state)
{
	static const struct given_case cases[] = {
		{ false, NULL, NULL, NULL, 3, -1, false, 0, -1 },
		{ true, NULL, "1", NULL, 4, 3, true, 1, -1 },
		{ true, NULL, "1", "tdc-milter.socket", 4, 3, true, 1, -1 },
		{ true, NULL, "2", "a:b", 5, 3, true, 2, -1 },
		{ true, NULL, "2", "tdc-own:tdc-ready", 5, 3, false, 1, 4 },
		{ true, NULL, "2", "tdc-held:tdc-ready", 5, 3, true, 1, 4 },
		{ true, NULL, "2", "tdc-ready:x", 5, 4, true, 1, 3 },
		{ true, NULL, "0", NULL, 3, -1, false, 0, -1 },
		{ true, NULL, NULL, NULL, 3, -1, false, 0, -1 },
		{ true, NULL, "-1", NULL, 3, -1, false, 0, -1 },
		{ true, NULL, "1000000", NULL, 3, -1, false, 0, -1 },
		{ true, NULL, "1x", NULL, 3, -1, false, 0, -1 },
		{ false, "1", "1", NULL, 3, -1, false, 0, -1 },
		{ false, NULL, "1", NULL, 3, -1, false, 0, -1 },
		{ false, "x", "1", NULL, 3, -1, false, 0, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pid_t pid = fork();
		int status;

		assert_int_not_equal(pid, -1);
		if (pid == 0)
			_exit(take(&cases[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status != 0)
			fail_msg("case %zu: %x", i, status);
	}
}

/* Those who wait see the end, and nobody waits for the next one. */
static void
test_show_out(void **state)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr at = { .sa_family = AF_UNIX };
	socklen_t n = sizeof(at.sa_family);
	struct sockaddr_storage name;
	socklen_t room = sizeof(name);
	int clients[3];
	char byte;

	(void)state;
	/* an abstract name of the kernel's choice */
	assert_int_equal(bind(listener, &at, n), 0);
	assert_int_equal(listen(listener, 10), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&name, &room),
	    0);
	for (size_t i = 0; i < 3; i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM, 0);
		assert_int_equal(connect(clients[i], (struct sockaddr *)&name,
		    room), 0);
	}
	given_show_out(listener);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(read(clients[i], &byte, 1), 0);
		close(clients[i]);
	}
	close(listener);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_show_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
