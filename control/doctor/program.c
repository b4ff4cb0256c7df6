/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/doctor/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/mem.h"

enum {
	MOST = 1 << 20,		/* bytes that are read */
	WORDS = 16
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

/* spawn - it alone in a group, with this standard output; 0, or an errno */
static int
spawn(const char *path, const char *const *words, bool both, int out_fd,
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
	posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
	if (both)
		posix_spawn_file_actions_adddup2(&actions, out_fd,
		    STDERR_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
		    "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	result = posix_spawn(out_pid, path, &actions, &attributes, argv,
	    environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	return result;
}

/* read_all - until its end; false: the time is over, or it is too much */
static bool
read_all(int fd, int64_t until, struct buf *out)
{
	size_t before = out->len;

	for (;;) {
		struct pollfd pollfd = { fd, POLLIN, 0 };
		int64_t left = until - clock_now();
		char bytes[4096];
		ssize_t n;

		if (left <= 0 || out->len - before > MOST)
			return false;
		if (poll(&pollfd, 1, (int)left) < 1)
			continue;
		n = AGAIN(read(fd, bytes, sizeof(bytes)));
		if (n <= 0)
			return n == 0;
		buf_bytes(out, bytes, (size_t)n);
	}
}

/* program_run - to its end */
int
program_run(const char *const *argv, int seconds, bool both, struct buf *out,
    struct err *err)
{
	int64_t until = clock_now() + (int64_t)seconds * 1000;
	own(str) char *path = find(argv[0]);
	int fds[2], status, failed;
	bool in_time;
	pid_t pid;

	if (path == NULL)
		return err_set(err, ERR_LATER, "%s(1) not found", argv[0]);
	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_sys(err, "pipe");
	failed = spawn(path, argv, both, fds[1], &pid);
	close(fds[1]);
	if (failed != 0) {
		close(fds[0]);
		return err_set(err, ERR_LATER, "%s: %s", path,
		    strerror(failed));
	}
	in_time = read_all(fds[0], until, out);
	close(fds[0]);
	if (!in_time)
		(void)kill(-pid, SIGKILL);
	if (AGAIN(waitpid(pid, &status, 0)) == -1)
		return err_sys(err, "%s", path);
	if (!in_time)
		return err_set(err, ERR_LATER, "%s %s: no answer in %d seconds",
		    path, argv[1], seconds);
	return status == 0 ? 0 : err_set(err, ERR_LATER, "%s %s fails", path,
	    argv[1]);
}
