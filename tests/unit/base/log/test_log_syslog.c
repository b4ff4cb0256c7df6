/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines to the log daemon and to standard output; nobody waits for either
 *
 * WRAP: connect sendmsg
 */
#include "base/log/log_queue.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/base/log/log_rig.h"

static struct arena paths;	/* the log's thread may still read one */
static char *_Atomic daemon_path;

int __real_connect(int, const struct sockaddr *, socklen_t);
int __wrap_connect(int, const struct sockaddr *, socklen_t);
int
__wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	const char *path;

	assert_true(length == sizeof(name));
	assert_string_equal(((const struct sockaddr_un *)address)->sun_path,
	    "/dev/log");
	path = daemon_path;
	if (path == NULL) {
		errno = ENOENT;
		return -1;
	}
	strcpy(name.sun_path, path);
	return __real_connect(fd, (struct sockaddr *)&name, sizeof(name));
}

static _Atomic int refused = -1;	/* by the kernel, so often; -1: none is */

ssize_t __real_sendmsg(int, const struct msghdr *, int);
ssize_t __wrap_sendmsg(int, const struct msghdr *, int);
ssize_t
__wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (refused == -1)
		return __real_sendmsg(fd, message, flags);
	refused++;
	errno = ENOBUFS;
	return -1;
}

static int
daemon_start(int type)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	(void)unlink(daemon_path);
	strcpy(name.sun_path, daemon_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
receive(int fd, char *out, size_t size)
{
	ssize_t n = recv(fd, out, size - 1, 0);

	assert_true(n >= 0);
	out[n] = '\0';
}

/* As syslog(3) would send it; also to a daemon that was started anew, and one
 * that takes a stream. */
static void
test_syslog(void **state)
{
	char *dir = scratch_new(), text[4096];
	int fd, peer;

	(void)state;
	daemon_path = arena_format(&paths, "%s/log", dir);
	fd = daemon_start(SOCK_DGRAM);
	log_rig_open(dir, "syslog_facility = local3\n");
	log_event(finished, 1ULL, "done");
	receive(fd, text, sizeof(text));
	/* 19 * 8 + 6 */
	assert_match(text, "^<158>[A-Z][a-z]{2} [ 0-9][0-9] "
	    "[0-9]{2}:[0-9]{2}:[0-9]{2} prog\\[[0-9]+\\]: TDC: "
	    "Message finished MID 1 done$");
	log_event(fatal, "two\nlines");
	receive(fd, text, sizeof(text));
	assert_match(text, "^<154>.*: TDC: fatal: two lines$");
	close(fd);
	fd = daemon_start(SOCK_DGRAM);
	log_event(finished, 2ULL, "done");
	receive(fd, text, sizeof(text));
	assert_match(text, " MID 2 done$");
	close(fd);
	fd = daemon_start(SOCK_STREAM);
	log_event(finished, 3ULL, "done");
	peer = accept(fd, NULL, NULL);
	receive(peer, text, sizeof(text));
	assert_match(text, "^<158>.* MID 3 done$");
	close(peer);
	close(fd);
	unlink(daemon_path);
	daemon_path = NULL;
	scratch_free(dir);
}

/* One that reads nothing: nobody waits, and nothing that was kept is lost. */
static void
test_syslog_stands(void **state)
{
	char *dir = scratch_new(), text[4096];
	uint64_t before = log_queue_lost(), lost;
	int64_t begin;
	int fd, got = 0;

	(void)state;
	daemon_path = arena_format(&paths, "%s/log", dir);
	fd = daemon_start(SOCK_DGRAM);
	log_rig_open(dir, "");
	assert_true(log_rig_many(MANY) < 2000);
	lost = log_queue_lost() - before;
	assert_in_range(lost, 1, MANY - 1);
	begin = clock_now();
	log_flush();			/* not for ever */
	assert_in_range(clock_now() - begin, 1500, 4000);
	for (;;) {
		receive(fd, text, sizeof(text));
		if (strstr(text, "are missing") != NULL)
			break;
		assert_non_null(strstr(text, "Message finished"));
		got++;
	}
	assert_int_equal(got + (int)lost, MANY);
	close(fd);
	unlink(daemon_path);
	daemon_path = NULL;
	scratch_free(dir);
}

/* The kernel has no room, though the daemon reads all there is: we do not ask
 * again and again, all day, and nothing is lost. */
static void
test_syslog_starved(void **state)
{
	char *dir = scratch_new(), text[4096];
	int fd, tries;

	(void)state;
	daemon_path = arena_format(&paths, "%s/log", dir);
	fd = daemon_start(SOCK_DGRAM);
	log_rig_open(dir, "");
	refused = 0;
	log_event(finished, 1ULL, "done");
	log_flush();
	tries = refused;
	refused = -1;
	assert_in_range(tries, 1, 20);
	receive(fd, text, sizeof(text));
	assert_match(text, " MID 1 done$");
	close(fd);
	unlink(daemon_path);
	daemon_path = NULL;
	scratch_free(dir);
}

/* No log daemon at all: nobody waits, not at the end either, and one that
 * comes gets what was kept. */
static void
test_no_syslog(void **state)
{
	char *dir = scratch_new(), text[4096];
	int64_t begin;
	int fd;

	(void)state;
	log_rig_open(dir, "");
	log_event(finished, 1ULL, "done");
	log_flush();			/* by now it knows */
	begin = clock_now();
	log_flush();
	assert_true(clock_now() - begin < 1000);
	daemon_path = arena_format(&paths, "%s/log", dir);
	fd = daemon_start(SOCK_DGRAM);
	receive(fd, text, sizeof(text));
	assert_match(text, " MID 1 done$");
	close(fd);
	unlink(daemon_path);
	daemon_path = NULL;
	scratch_free(dir);
}

/* /dev/stdout: whatever it is, and only where the program says so */
static void
test_streams(void **state)
{
	char *dir = scratch_new(), text[4096];
	own(str) char *path = scratch_file(dir, "tdc.cf",
	    "user =\nmaillog_file = /dev/stdout\n");
	int before = dup(STDOUT_FILENO), fds[2];
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(conf_load(path, &conf, &err), 0);
	assert_int_equal(log_open("prog", &conf, false, &err), -1);
	assert_non_null(strstr(err.text, "tdc.cf:2: maillog_file: /dev/stdout "
	    "is for a program in the foreground (-f) alone"));
	log_streams();
	fflush(stdout);
	dup2(fds[1], STDOUT_FILENO);
	assert_int_equal(log_open("prog", &conf, false, &err), 0);
	dup2(before, STDOUT_FILENO);
	log_event(finished, 1ULL, "done");
	log_event(finished, 2ULL, "done");
	log_flush();
	/* two lines in one write, or in one each */
	receive(fds[0], text, sizeof(text));
	if (strstr(text, "MID 2") == NULL)
		receive(fds[0], text + strlen(text),
		    sizeof(text) - strlen(text));
	assert_match(text, "^[A-Z][^\n]* prog\\[[0-9]+\\]: TDC: Message "
	    "finished MID 1 done\n[^\n]* MID 2 done\n$");
	conf_drop(&conf);
	log_rig_open(dir, "maillog_file = /dev/null\n");
	close(fds[0]);
	close(fds[1]);
	close(before);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syslog),
		cmocka_unit_test(test_syslog_stands),
		cmocka_unit_test(test_syslog_starved),
		cmocka_unit_test(test_no_syslog),
		cmocka_unit_test(test_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
