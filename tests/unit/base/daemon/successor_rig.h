/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * successor_rig - a program that is replaced by itself: who is executed does what the
 * first word of its configuration says
 *
 *	prepare("ready", (struct daemon){ .foreground = true });
 *	assert_called(false);
 *	assert_takes_over("own-f");
 *
 * For tests that have clock_now chdir dup2 fork recv send sendmsg socketpair waitpid in
 * their WRAP line, and whose main() calls successor_main() first.
 */
#ifndef TESTS_SUCCESSOR_RIG_H
#define TESTS_SUCCESSOR_RIG_H

#include "base/daemon/successor.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(pid_t, fork, (void), (), -1)
NTH_CALL(ssize_t, recv, (int fd, void *out, size_t n, int flags), (fd, out, n, flags), -1)
NTH_CALL(ssize_t, send, (int fd, const void *bytes, size_t n, int flags),
    (fd, bytes, n, flags), -1)
NTH_CALL(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
    (fd, message, flags), -1)
NTH_CALL(int, socketpair, (int family, int type, int protocol, int fds[2]),
    (family, type, protocol, fds), -1)
NTH_CALL(pid_t, waitpid, (pid_t pid, int *status, int how), (pid, status, how), -1)

static bool no_chdir;			/* in a starter that is prepared then */
static int no_dup2 = -1;		/* to that number, in it and who comes of it */

int __real_chdir(const char *);
int __wrap_chdir(const char *);
int
__wrap_chdir(const char *path)
{
	return no_chdir ? -1 : __real_chdir(path);
}

int __real_dup2(int, int);
int __wrap_dup2(int, int);
int
__wrap_dup2(int fd, int to)
{
	return to == no_dup2 ? -1 : __real_dup2(fd, to);
}

static int64_t later;			/* ms that have passed for us alone */

int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);
int64_t
__wrap_clock_now(void)
{
	return __real_clock_now() + later;
}

/* ---- the new one ---- */

static inline int
be_successor(const char *conf_file, const char *flags)
{
	own(fd) int fd = open(conf_file, O_RDONLY | O_CLOEXEC);
	char mode[16] = "", said[64];
	struct given given;
	bool watched;

	if (read(fd, mode, sizeof(mode) - 1) <= 0 || given_take(&given) != 5)
		return 1;
	if (strcmp(mode, "refuse") == 0)
		successor_refuse(given.ready, "its spool is away");
	if (strcmp(mode, "wait") == 0)
		(void)recv(given.ready, said, 1, 0);
	if (strcmp(mode, "ready") != 0)
		return 1;
	successor_await(given.ready);
	snprintf(said, sizeof(said), "%ld", (long)getpid());
	watched = getenv("WATCHDOG_PID") != NULL &&
	    strcmp(getenv("WATCHDOG_PID"), said) == 0;
	snprintf(said, sizeof(said), "%ld %s%s%s", (long)getpid(), given.held ? "held" :
	    "own", flags, watched ? " watched" : "");
	return send(given.socket, said, strlen(said), 0) == -1;
}

/* ---- the old one ---- */

static char *dir, *conf_file;
static int orders;			/* our end of the way to the starter */
static int listener[2];			/* what is lent, and where we hear of it */

static inline int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, listener),
	    0);
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	nth_begin(1, 0);
	later = 0;
	close(orders);			/* the starter ends */
	close(listener[0]);
	close(listener[1]);
	free(conf_file);
	conf_file = NULL;
	scratch_free(dir);
	return 0;
}

/* prepare - one that will do so */
static inline void
prepare(const char *mode, struct daemon daemon)
{
	conf_file = scratch_file(dir, "tdc.cf", mode);
	daemon.name = "prog";
	daemon.conf_file = conf_file;
	orders = dup(0);		/* the number that is free */
	close(orders);
	successor_prepare(&daemon);
}

static inline void
assert_called(bool held)
{
	struct err err;

	if (successor_call(listener[1], held, &err) == -1)
		fail_msg("%s", err.text);
}

/* answer - what comes of it, however long it takes */
static inline enum successor
answer(struct err *err)
{
	const int64_t until = __real_clock_now() + 30000;
	enum successor now;

	while ((now = successor_look(err)) == SUCCESSOR_AWAITED &&
	    __real_clock_now() < until)
		usleep(1000);
	return now;
}

static inline void
assert_takes_over(const char *how)
{
	own(str) char *want = NULL;
	char said[64] = "";
	struct err err = { .text = "" };
	pid_t pid;

	if (answer(&err) != SUCCESSOR_READY)
		fail_msg("%s", err.text);
	pid = successor_yield();
	assert_true(recv(listener[0], said, sizeof(said) - 1, 0) > 0);
	want = mem_format("%ld %s", (long)pid, how);
	assert_string_equal(said, want);
}

#define SUCCESSOR_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* successor_main - if it is the new one that we are, its end */
static inline void
successor_main(int argc, char **argv)
{
	own(str) char *flags = NULL;

	if (argc < 3)
		return;
	flags = mem_format("%s%s", argc > 3 ? argv[3] : "", argc > 4 ? argv[4] : "");
	exit(be_successor(argv[2], flags));
}

#endif
