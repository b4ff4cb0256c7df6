/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who gets in when descriptors run out: nobody waits in the kernel's queue
 *
 * WRAP: accept4
 */
#include "milter/accept.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static int fails;		/* so many times, for want of descriptors */
static int error;

int __real_accept4(int, struct sockaddr *, socklen_t *, int);
int __wrap_accept4(int, struct sockaddr *, socklen_t *, int);
int
__wrap_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	if (fails > 0) {
		fails--;
		errno = error;
		return -1;
	}
	return __real_accept4(fd, address, length, flags);
}

static struct service service;
static struct sockaddr_un name = { .sun_family = AF_UNIX };
static int listener;

static int
set_up(void **state)
{
	char *dir = scratch_new();
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY);

	*state = dir;
	service.counters = counters_open(dirfd, 0, false);
	close(dirfd);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(name.sun_path, sizeof(name.sun_path), "%.90s/sock", dir);
	assert_int_equal(bind(listener, (struct sockaddr *)&name,
	    sizeof(name)), 0);
	assert_int_equal(listen(listener, 5), 0);
	accept_open(&service);
	return 0;
}

static int
tear_down(void **state)
{
	close(listener);
	service.counters = counters_close(service.counters);
	scratch_free(*state);
	return 0;
}

static int
call(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof(name)),
	    0);
	return fd;
}

/* answer - what the listener's accept(2) returns */
static int
answer(void)
{
	struct sockaddr_un peer;
	socklen_t length = sizeof(peer);

	return accept(listener, (struct sockaddr *)&peer, &length);
}

static bool
shown_out(int caller)
{
	char byte;
	ssize_t n = recv(caller, &byte, 1, MSG_DONTWAIT);

	assert_true(n == 0 || (n == -1 && errno == EAGAIN));
	return n == 0;
}

static void
test_let_in(void **state)
{
	int caller = call(), fd = answer();

	(void)state;
	assert_true(fd >= 0);
	assert_false(shown_out(caller));
	assert_int_equal(counter_get(service.counters, COUNT_REFUSED), 0);
	close(fd);
	close(caller);
}

/* No number left: the spare one is used, each time anew. */
static void
test_spare(void **state)
{
	int errors[] = { EMFILE, ENFILE, EMFILE };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		int caller = call();

		fails = 1;
		error = errors[i];
		assert_int_equal(answer(), -1);
		assert_int_equal(errno, EAGAIN);
		assert_true(shown_out(caller));
		assert_int_equal(counter_get(service.counters, COUNT_REFUSED),
		    i + 1);
		close(caller);
	}
}

/* Another error would let libmilter sleep for a second: it is not told. */
static void
test_repeated(void **state)
{
	int errors[] = { ENOMEM, EPERM, ECONNABORTED };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		int caller = call(), fd;

		fails = 3;
		error = errors[i];
		fd = answer();
		assert_true(fd >= 0);
		assert_false(shown_out(caller));
		close(fd);
		close(caller);
	}
	/* ... but that there is nobody any more. */
	fails = 1;
	error = EAGAIN;
	assert_int_equal(answer(), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fails, 0);
}

/* One that lasts ends the process: nobody waits in the queue of a listener that
 * accepts nobody. */
static void
test_lasting(void **state)
{
	int caller = call(), status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		fails = INT_MAX;
		error = ENOMEM;
		answer();
		_exit(EX_OK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EX_OSERR);
	close(answer());
	close(caller);
}

/* The upper half of the numbers is for the files of the spool. */
static void
test_half(void **state)
{
	struct rlimit before, few;
	int caller = call();

	(void)state;
	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = (rlim_t)caller + 5;	/* the next is above half */
	setrlimit(RLIMIT_NOFILE, &few);
	assert_int_equal(answer(), -1);
	assert_int_equal(errno, EAGAIN);
	assert_true(shown_out(caller));
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(counter_get(service.counters, COUNT_REFUSED), 1);
	close(caller);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_let_in),
		TEST(test_spare),
		TEST(test_repeated),
		TEST(test_lasting),
		TEST(test_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
