/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/mem.h"

enum {
	MOST = 1 << 20,		/* bytes that are read */
	WORDS = 16
};

/* What it starts with. */
struct start {
	int		 out;
	bool		 both;		/* standard error, too */
	sigset_t	 mask;
};

/* find - the program; new; NULL: it is nowhere */
static char *
find(const char *name)
{
	const char *given = getenv("PATH");
	own(str) char *path = mem_format("%s:/usr/sbin:/sbin:/usr/local/sbin",
	    given != NULL ? given : "");
	char *rest = path, *dir;

	while ((dir = strsep(&rest, ":")) != NULL) {
		char *file = mem_format("%s/%s", dir, name);

		if (*dir == '/' && access(file, X_OK) == 0)
			return file;
		free(file);
	}
	return NULL;
}

/* spawn - it alone in a group, with this standard output and signal mask; 0, or
 * an errno */
static int
spawn(const char *path, const char *const *words, const struct start *start,
    pid_t *out_pid)
{
	char *argv[WORDS + 1] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int result;

	for (size_t i = 0; i < WORDS && words[i] != NULL; i++)
		argv[i] = mem_text(words[i]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, start->out, STDOUT_FILENO);
	if (start->both)
		posix_spawn_file_actions_adddup2(&actions, start->out,
		    STDERR_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
		    "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &start->mask);
	result = posix_spawn(out_pid, path, &actions, &attributes, argv,
	    environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	return result;
}

/* await - its end, by SIGCHLD, which is blocked; false: the time is over */
static bool
await(pid_t pid, int64_t until, int *out_status)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		pid_t ended = AGAIN(waitpid(pid, out_status, WNOHANG));
		int64_t left = until - clock_now();
		const struct timespec time = clock_timespec(left);

		if (ended != 0)
			return ended == pid;
		if (left <= 0)
			return false;
		(void)sigtimedwait(&child, NULL, &time);
	}
}

/* run - with SIGCHLD blocked */
static int
run(const char *path, const char *const *argv, int seconds,
    const struct start *start, struct err *err)
{
	int64_t until = clock_now() + (int64_t)seconds * 1000;
	int status = 0, failed;
	pid_t pid;

	failed = spawn(path, argv, start, &pid);
	if (failed != 0)
		return err_set(err, ERR_LATER, "%s: %s", path,
		    strerror(failed));
	if (!await(pid, until, &status)) {
		(void)kill(-pid, SIGKILL);
		(void)AGAIN(waitpid(pid, &status, 0));
		return err_set(err, ERR_LATER, "%s %s: no answer in %d seconds",
		    path, argv[1], seconds);
	}
	return status == 0 ? 0 : err_set(err, ERR_LATER, "%s %s fails", path,
	    argv[1]);
}

/* take - what it printed; where it writes, if it does still, stays */
static int
take(int fd, struct buf *out)
{
	char bytes[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = AGAIN(pread(fd, bytes, sizeof(bytes), at))) > 0 &&
	    at < MOST) {
		buf_bytes(out, bytes, (size_t)n);
		at += n;
	}
	return n == 0 ? 0 : -1;
}

/* program_run - to its end.  What it prints goes to a file: postfix reload
 * leaves a postsuper behind that looks at the whole queue, and a pipe would not
 * end before that does. */
int
program_run(const char *const *argv, int seconds, bool both, struct buf *out,
    struct err *err)
{
	own(str) char *path = find(argv[0]);
	own(fd) int fd = memfd_create(argv[0], MFD_CLOEXEC);
	struct start start = { .out = fd, .both = both };
	sigset_t child;
	int result;

	if (path == NULL)
		return err_set(err, ERR_LATER, "%s(1) not found", argv[0]);
	if (fd == -1)
		return err_sys(err, "memfd_create");
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child, &start.mask);
	result = run(path, argv, seconds, &start, err);
	pthread_sigmask(SIG_SETMASK, &start.mask, NULL);
	if (take(fd, out) == -1)
		return err_set(err, ERR_LATER, "%s %s prints too much", path,
		    argv[1]);
	return result;
}
