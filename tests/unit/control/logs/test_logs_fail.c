/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_logs_fail - logs, while each call in turn fails: all lines come, or
 * something says that they do not.  A signal (EINTR) is no failure.
 *
 * WRAP: fcntl fstat memfd_create open pipe2 posix_spawn posix_spawnattr_setsigdefault
 * WRAP: posix_spawn_file_actions_adddup2 posix_spawn_file_actions_addclosefrom_np
 * WRAP: posix_spawnattr_setsigmask pread read stat waitpid write
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/buf.h"
#include "base/own.h"
#include "control/logs/logs.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/scratch.h"

NTH_OPEN
NTH_FCNTL
NTH_CALL(int, fstat, (int fd, struct stat *st), (fd, st), -1)
NTH_CALL(int, stat, (const char *path, struct stat *st), (path, st), -1)
NTH_CALL(int, memfd_create, (const char *name, unsigned flags), (name, flags), -1)
NTH_CALL(int, pipe2, (int *fds, int flags), (fds, flags), -1)
NTH_CALL(int, posix_spawn, (pid_t *pid, const char *path,
    const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr,
    char *const *argv, char *const *envp), (pid, path, files, attr, argv, envp),
    nth->error)
/* these know no other error */
NTH_CALL(int, posix_spawn_file_actions_adddup2, (posix_spawn_file_actions_t *files,
    int from, int to), (files, from, to), ENOMEM)
NTH_CALL(int, posix_spawn_file_actions_addclosefrom_np,
    (posix_spawn_file_actions_t *files, int from), (files, from), ENOMEM)
NTH_CALL(int, posix_spawnattr_setsigmask, (posix_spawnattr_t *attr,
    const sigset_t *set), (attr, set), ENOMEM)
NTH_CALL(int, posix_spawnattr_setsigdefault, (posix_spawnattr_t *attr,
    const sigset_t *set), (attr, set), ENOMEM)
NTH_CALL(ssize_t, pread, (int fd, void *bytes, size_t n, off_t at),
    (fd, bytes, n, at), -1)
NTH_CALL(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n), -1)
NTH_CALL(pid_t, waitpid, (pid_t pid, int *status, int flags),
    (pid, status, flags), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

#define LINE "Nov 26 07:30:01 gw a[1]: x\n"

static unsigned complaints;

static void
complain_of(const char *text)
{
	assert_true(*text != '\0');
	complaints++;
}

static bool
count(void *arg, const struct logline *line)
{
	unsigned *lines = arg;

	assert_string_equal(line->text, "x");
	++*lines;
	return true;
}

/* give_input - a line on standard input, and its end */
static void
give_input(void)
{
	own(fd) int in = -1, to = -1;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	in = fds[0];
	to = fds[1];
	assert_int_equal(write(to, LINE, sizeof(LINE) - 1), sizeof(LINE) - 1);
	assert_int_equal(dup2(in, STDIN_FILENO), STDIN_FILENO);
}

/* try - a log with a packed one beside it; false: no call had to fail */
static bool
try(const char *const *files, size_t file_count, unsigned wanted, unsigned at,
    int error)
{
	static const struct conf conf = { .maillog_file = "",
		.mail_logs_file = "" };
	const struct logs_query query = { .files = files, .count = file_count,
		.rotated = true, .complain = complain_of };
	struct logs_seen seen;
	unsigned lines = 0;
	struct logs *logs;

	give_input();
	assert_true(nth_only(at, error));
	complaints = 0;
	nth_arm();
	logs = logs_open(&conf, &query);
	logs_each(logs, count, &lines);
	nth_disarm();
	seen = *logs_seen(logs);
	logs_close(logs);
	if (lines > wanted || complaints != seen.unread)
		fail_msg("%s (call %u), %s: %u lines, %u complaints", nth->name, at,
		    strerror(error), lines, complaints);
	/* Bytes that are not known to be packed are lines of no form; an older
	 * file may have gone. */
	if (lines < wanted && seen.unread == 0 && seen.other == 0 &&
	    !(error == ENOENT && strcmp(nth->name, "stat") == 0))
		fail_msg("%s (call %u), %s: only %u lines, untold", nth->name, at,
		    strerror(error), lines);
	if (lines < wanted && error == EINTR && (strstr(nth->name, "read") != NULL ||
	    strcmp(nth->name, "write") == 0))
		fail_msg("%s, interrupted: %u lines", nth->name, lines);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;	/* of a wait that had to fail */
	return nth->name[0] != '\0';
}

static void
each_call_fails(void **state)
{
	static const int errors[] = { EIO, ENOENT, EINTR };
	char *dir = scratch_new();
	own(str) char *log = scratch_file(dir, "log", LINE LINE);
	own(str) char *older = scratch_file(dir, "log.1", LINE);
	char gzip[] = "gzip", *const pack[] = { gzip, older, NULL };
	const char *const files[] = { log, "-" };
	int saved = dup(STDIN_FILENO), status;
	pid_t pid;

	(void)state;
	assert_int_equal(posix_spawnp(&pid, "gzip", NULL, NULL, pack, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	for (size_t e = 0; e < sizeof(errors) / sizeof(*errors); e++) {
		unsigned at = 1;

		while (try(files, 2, 4, at, errors[e]))
			at++;
		assert_true(at > 15);
	}
	dup2(saved, STDIN_FILENO);
	close(saved);
	scratch_free(dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
