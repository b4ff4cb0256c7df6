/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listeners_rig - a spool with listeners, and a thread that looks for them when a test
 * wants it to
 *
 *	LISTENERS_TEST(test_x)			-- and first_look() for the group
 *	int fd = listener("4711");
 *	say("one\n", "two\n");
 *	assert_string_equal(hear(fd), "one\ntwo\n");
 *
 * For tests that have sleep socket sendmsg poll fstat fstatat fdopendir in their WRAP
 * line.
 */
#ifndef TESTS_LISTENERS_RIG_H
#define TESTS_LISTENERS_RIG_H

#include "base/log/log_listeners.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "base/own.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_CALL(int, socket, (int family, int type, int protocol), (family, type, protocol), -1)
NTH_CALL(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags),
    (fd, message, flags), -1)
NTH_CALL(int, poll, (struct pollfd *fds, nfds_t n, int ms), (fds, n, ms), -1)
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, fstatat, (int dir, const char *name, struct stat *st, int flags),
    (dir, name, st, flags), -1)
NTH_CALL(DIR *, fdopendir, (int fd), (fd), NULL)

/* ---- the thread that looks, when we want it ---- */

static sem_t go, looked;
static bool anybody;

unsigned __wrap_sleep(unsigned);
unsigned
__wrap_sleep(unsigned seconds)
{
	(void)seconds;
	while (sem_wait(&go) == -1)
		;
	return 0;
}

static inline void
news(bool any)
{
	anybody = any;
	sem_post(&looked);
}

/* look - around, once; whether anybody listens */
static inline bool
look(void)
{
	struct timespec soon;

	sem_post(&go);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec += 30;
	assert_int_equal(sem_timedwait(&looked, &soon), 0);
	return anybody;
}

/* ---- listeners ---- */

static char *spool, *monitor;

static inline int
set_up(void **state)
{
	(void)state;
	spool = scratch_new();
	monitor = mem_format("%s/monitor", spool);
	assert_int_equal(mkdir(monitor, 0700), 0);
	log_listeners_watch(spool, "prog", news);
	return look() ? -1 : mkdir(monitor, 0700);
}

static inline int
tear_down(void **state)
{
	(void)state;
	nth_begin(1, 0);
	scratch_free(spool);
	assert_false(look());
	free(monitor);
	return 0;
}

/* first_look - is at once, and before there is a thread; "" is no spool */
static inline int
first_look(void **state)
{
	(void)state;
	sem_init(&go, 0, 0);
	sem_init(&looked, 0, 0);
	log_listeners_watch("", "none", news);
	assert_int_equal(sem_trywait(&looked), -1);
	log_listeners_watch("/nonexistent", "prog", news);
	assert_int_equal(sem_trywait(&looked), 0);
	assert_false(anybody);
	return 0;
}

/* listen_as - a socket of that name */
static inline int
listen_as(const char *name)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int dir = open(monitor, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/%s", dir, name);
	(void)unlinkat(dir, name, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(dir);
	return fd;
}

/* hear - the next datagram; "": there is none */
static inline const char *
hear(int fd)
{
	static char text[LOG_LISTENERS_BYTES + 1];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static inline void
assert_hears(int fd, const char *words)
{
	const char *text = hear(fd);

	if (*text == '\0' || strstr(text, words) == NULL)
		fail_msg("'%s' is not in '%.300s'", words, text);
}

/* listener - one that is heard, and has had the greeting */
static inline int
listener(const char *name)
{
	int fd = listen_as(name);

	assert_true(look());
	assert_hears(fd, "\"program\":\"prog\",\"event\":\"monitored\",\"pid\":");
	return fd;
}

static inline size_t
say(const char *first, const char *second)
{
	const struct iovec parts[2] = { { (char *)first, strlen(first) },
		{ (char *)second, strlen(second) } };

	return log_listeners_write(parts);
}

/* has - a name in the directory */
static inline bool
has(const char *name)
{
	own(str) char *path = mem_format("%s/%s", monitor, name);

	return access(path, F_OK) == 0;
}

#define LISTENERS_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
