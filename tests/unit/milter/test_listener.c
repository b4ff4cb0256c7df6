/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A socket that was opened for us is taken when it is the one of milter_socket, and
 * what is wrong with one is said
 *
 * WRAP: dup3 eventfd getsockname open setgroups
 */
#include "milter/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/own.h"
#include "milter/callbacks.h"
#include "milter/socket.h"
#include "tests/unit/failing.h"
#include "tests/unit/scratch.h"
#include "tests/unit/variadic.h"

/* What fails does so in the child that opens. */
FAILS(int, dup3, (int fd, int to, int flags), (fd, to, flags), -1)
FAILS(int, eventfd, (unsigned n, int flags), (n, flags), -1)
FAILS(int, getsockname, (int fd, struct sockaddr *name, socklen_t *n), (fd, name, n), -1)
FAILS(int, setgroups, (size_t n, const gid_t *groups), (n, groups), -1)

static const char *replaced;		/* a path, by a file that is another's */

int	__real_open(const char *, int, ...);

/* replace - it, whose turn it is to be opened; that never fails */
static bool
replace(const char *name)
{
	if (replaced != NULL && strcmp(name, replaced) == 0) {
		(void)unlink(name);
		close(__real_open(name, O_WRONLY | O_CREAT, 0600));
	}
	return false;
}

WRAP_OPEN(replace(name))

static struct service service;
static struct err *told;
static char *dir;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	failing = replaced = NULL;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_free(dir);
	return 0;
}

static void
load(struct conf *conf, const char *lines)
{
	own(str) char *cf = scratch_file(dir, "tdc.cf", lines);
	struct err err;

	if (conf_load(cf, conf, &err) == -1)
		fail_msg("%s", err.text);
}

static bool
is_same(int one, int other)
{
	struct stat a, b;

	return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_ino == b.st_ino;
}

/* take - a socket, in a child, since libmilter opens one; its exit code: 0, 1 for a no
 * that may pass, 2 for one that does not, 3 when it took another, as *told says */
static int
take(const char *lines, const struct given *given)
{
	struct conf conf;
	int status;
	pid_t pid;

	load(&conf, lines);
	memset(told, 0, sizeof(*told));
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		alarm(20);
		if (callbacks_register(&service, true) == -1)
			_exit(4);
		status = socket_open(&conf, given, told);
		if (status == -1)
			_exit(told->kind == ERR_NEVER ? 2 : 1);
		_exit(given->socket == -1 ||
		    is_same(listener_fd(), given->socket) ? 0 : 3);
	}
	conf_drop(&conf);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

union name {
	struct sockaddr		any;
	struct sockaddr_un	local;
	struct sockaddr_in	four;
	struct sockaddr_in6	six;
};

/* listening - at any port of that address, which is told; -1: there is no such family */
static int
listening(int family, const char *address, int *out_port)
{
	union name name = { .any.sa_family = (sa_family_t)family };
	socklen_t n = family == AF_INET ? sizeof(name.four) : sizeof(name.six);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(family, address, family == AF_INET ? (void *)&name.four.sin_addr :
	    (void *)&name.six.sin6_addr);
	if (fd == -1)
		return -1;
	if (bind(fd, &name.any, n) == -1) {
		close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, &name.any, &n), 0);
	*out_port = ntohs(family == AF_INET ? name.four.sin_port :
	    name.six.sin6_port);
	return fd;
}

static int
listening_unix(const char *path)
{
	union name name = { .local.sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(name.local.sun_path, sizeof(name.local.sun_path), "%.100s", path);
	assert_int_equal(bind(fd, &name.any, sizeof(name.local)), 0);
	assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static const char wrong[] = "is not the socket that was opened for us: "
    "ListenStream of tdc-milter.socket has to be the same";

/* takes - the given one when milter_socket names it; else it is said what is wrong */
static void
takes(int fd, const char *socket_name, bool right)
{
	own(str) char *lines = mem_format("user =\nmilter_socket = %s\n", socket_name);
	const struct given given = { .socket = fd, .sockets = 1, .ready = -1 };
	int code = take(lines, &given);

	if (code != (right ? 0 : 2))
		fail_msg("%s: %d, %s", socket_name, code, told->text);
	if (!right && strstr(told->text, wrong) == NULL)
		fail_msg("%s: %s", socket_name, told->text);
}

static void
test_unix(void **state)
{
	own(str) char *path = mem_format("%s/sock", dir);
	own(str) char *other = mem_format("%s/other", dir);
	own(str) char *lines = mem_format("user =\nmilter_socket = %s\n", path);
	int port, fd = listening_unix(path);
	int inet = listening(AF_INET, "127.0.0.1", &port);
	const struct given two = { .socket = fd, .sockets = 2, .ready = -1 };
	const struct given held = { .socket = fd, .sockets = 1, .held = true,
		.ready = -1 };

	(void)state;
	takes(fd, path, true);
	takes(fd, other, false);
	takes(inet, path, false);
	takes(fd, "inet:8891@127.0.0.1", false);
	assert_int_equal(take(lines, &held), 0);
	assert_int_equal(take(lines, &two), 2);
	assert_non_null(strstr(told->text, "is one socket, and more were opened for "
	    "us: tdc-milter.socket may have one ListenStream"));
	assert_int_equal(access(path, F_OK), 0);
	close(inet);
	close(fd);
}

/* inet - a socket at that address, and names of milter_socket that are not it */
static void
inet(int family, const char *address, const char *type, const char *other)
{
	int port, fd = listening(family, address, &port);
	own(str) char *same = NULL, *next = NULL, *elsewhere = NULL;

	if (fd == -1)
		skip();				/* this host has none */
	same = mem_format("%s:%d@%s", type, port, address);
	next = mem_format("%s:%d@%s", type, port == 65535 ? 1 : port + 1, address);
	elsewhere = mem_format("%s:%d@%s", type, port, other);
	takes(fd, same, true);
	takes(fd, next, false);
	takes(fd, elsewhere, false);
	close(fd);
}

static void
test_inet(void **state)
{
	(void)state;
	inet(AF_INET, "127.0.0.1", "inet", "127.0.0.2");
}

static void
test_inet6(void **state)
{
	(void)state;
	inet(AF_INET6, "::1", "inet6", "::2");
}

/* What the kernel refuses may pass, and is told as it says it. */
static void
test_refused(void **state)
{
	static const char *const calls[] = { "getsockname", "dup3", "eventfd" };
	own(str) char *path = mem_format("%s/sock", dir);
	own(str) char *lines = mem_format("user =\nmilter_socket = %s\n", path);
	int fd = listening_unix(path);
	const struct given given = { .socket = fd, .sockets = 1, .ready = -1 };

	(void)state;
	failing_with = ENFILE;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		failing = calls[i];
		assert_int_equal(take(lines, &given), 1);
		if (strstr(told->text, "Too many open files in system") == NULL)
			fail_msg("%s: %s", calls[i], told->text);
	}
	close(fd);
}

/* A name that is another's by the time that we look is not given away. */
static void
test_replaced(void **state)
{
	own(str) char *path = mem_format("%s/sock", dir);
	own(str) char *lines = mem_format("user =\nmilter_socket = %s\n", path);
	const struct given none = { .socket = -1, .ready = -1 };

	(void)state;
	replaced = path;
	assert_int_equal(take(lines, &none), 1);
	assert_non_null(strstr(told->text, "/sock was replaced while it was opened"));
}

/* What has no name is not opened, and lets nobody in. */
static void
test_no_name(void **state)
{
	static const char lines[] = "user =\nmilter_socket = inet:no@127.0.0.1\n";
	const struct given none = { .socket = -1, .ready = -1 };
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(take(lines, &none), 2);
	assert_non_null(strstr(told->text, "has no port from 1 to 65535"));
	load(&conf, lines);
	assert_false(socket_exposed(&conf, &err));
	conf_drop(&conf);
}

/* A directory of the later user: without its groups nothing is made there. */
static void
test_groups(void **state)
{
	own(str) char *lines = mem_format("user = nobody\nmilter_socket = %s/sock\n",
	    dir);
	own(str) char *path = mem_format("%s/sock", dir);
	const struct given none = { .socket = -1, .ready = -1 };

	(void)state;
	if (geteuid() != 0)
		skip();			/* nobody else makes one for another */
	assert_int_equal(chown(dir, 65534, 65534), 0);
	failing = "setgroups";
	failing_with = EPERM;
	assert_int_equal(take(lines, &none), 1);
	assert_non_null(strstr(told->text, "groups of user nobody: Operation not "
	    "permitted"));
	assert_int_equal(access(path, F_OK), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unix),
		TEST(test_inet),
		TEST(test_inet6),
		TEST(test_refused),
		TEST(test_replaced),
		TEST(test_no_name),
		TEST(test_groups),
	};

	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
