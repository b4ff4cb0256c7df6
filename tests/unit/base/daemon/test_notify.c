/* SPDX-License-Identifier: BSD-2-Clause */
/* The service manager hears each state as one datagram, by either name */
#include "base/daemon/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

/* listen_at - a manager's socket; '@' starts an abstract name */
static int
listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t n = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(n <= sizeof(at.sun_path));
	memcpy(at.sun_path, name, n);
	if (*name == '@')
		at.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&at,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)), 0);
	return fd;
}

static void
hears(int fd, const char *state)
{
	char heard[64];
	ssize_t n = recv(fd, heard, sizeof(heard), 0);

	assert_int_equal(n, strlen(state));
	assert_memory_equal(heard, state, n);
}

static void
test_send(void **state)
{
	own(str) char *dir = scratch_new(), *path = mem_format("%s/notify", dir);
	own(str) char *abstract = mem_format("@tdc-test-%d", (int)getpid());
	const char *names[] = { path, abstract };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		own(fd) int fd = listen_at(names[i]);

		assert_int_equal(setenv("NOTIFY_SOCKET", names[i], 1), 0);
		notify_send("READY=1");
		notify_send("STOPPING=1");
		hears(fd, "READY=1");
		hears(fd, "STOPPING=1");
		assert_int_equal(recv(fd, &(char){ 0 }, 1, 0), -1);
	}
	scratch_free(str_give(&dir));
}

/* Nobody there, or a name that is none: no signal, and nothing else. */
static void
test_send_nowhere(void **state)
{
	char longest[200];
	const char *names[] = { "/nonexistent/notify", "", "/", "@", "notify",
	    longest };

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(setenv("NOTIFY_SOCKET", names[i], 1), 0);
		notify_send("READY=1");
	}
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	notify_send("READY=1");
}

static void
test_watchdog(void **state)
{
	char ours[20];
	const struct {
		const char	*usec, *pid;
		uint64_t	 want;
	} cases[] = {
		{ "400000", NULL, 400000 },
		{ "400000", ours, 400000 },
		{ "400000", "1", 0 },
		{ "400000", "x", 0 },
		{ "400000", "", 0 },
		{ NULL, ours, 0 },
		{ "", NULL, 0 },
		{ "-1", NULL, 0 },
		{ "5s", NULL, 0 },
		{ "99999999999999999999999", NULL, 0 },
		{ "0", NULL, 0 },
	};

	(void)state;
	snprintf(ours, sizeof(ours), "%d", (int)getpid());
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsetenv("WATCHDOG_USEC");
		unsetenv("WATCHDOG_PID");
		if (cases[i].usec != NULL)
			setenv("WATCHDOG_USEC", cases[i].usec, 1);
		if (cases[i].pid != NULL)
			setenv("WATCHDOG_PID", cases[i].pid, 1);
		if (notify_watchdog() != cases[i].want)
			fail_msg("case %zu: %ju", i,
			    (uintmax_t)notify_watchdog());
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_send_nowhere),
		cmocka_unit_test(test_watchdog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
