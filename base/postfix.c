/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/postfix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/libc.h"
#include "base/own.h"

enum { KILL_WAIT = 1000 };		/* ms for a killed one to go */

static const char *const places[] = { "/usr/sbin/postconf",
	"/usr/bin/postconf", "/sbin/postconf", "/bin/postconf" };

/* set_up - what it finds open, and how signals are; an errno */
static int
set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, int out)
{
	sigset_t none, all;
	int error = 0;

	sigemptyset(&none);
	sigfillset(&all);
	if ((error = posix_spawn_file_actions_addopen(files, STDIN_FILENO,
	    "/dev/null", O_RDONLY, 0)) != 0 ||
	    (error = posix_spawn_file_actions_adddup2(files, out,
	    STDOUT_FILENO)) != 0 ||
	    (error = posix_spawn_file_actions_addopen(files, STDERR_FILENO,
	    "/dev/null", O_WRONLY, 0)) != 0 ||
	    (error = posix_spawn_file_actions_addclosefrom_np(files, 3)) != 0 ||
	    (error = posix_spawnattr_setsigmask(attr, &none)) != 0 ||
	    (error = posix_spawnattr_setsigdefault(attr, &all)) != 0)
		return error;
	return posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* spawn - wherever it is; -1: nowhere */
static pid_t
spawn(const char *parameter, int out)
{
	char *const argv[] = { (char *)"postconf", (char *)"-c",
	    (char *)POSTFIX_CONFIG, (char *)"-hx", (char *)parameter, NULL };
	char *const environment[] = { (char *)"LC_ALL=C",
	    (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	pid_t pid = -1;
	bool begun = false;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	if (set_up(&files, &attr, out) == 0)
		for (size_t i = 0; !begun &&
		    i < sizeof(places) / sizeof(*places); i++)
			begun = posix_spawn(&pid, places[i], &files, &attr,
			    argv, environment) == 0;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return begun ? pid : -1;
}

/* listen_to - its answer, up to its end; false: it does not fit, or does not
 * come in time */
static bool
listen_to(int fd, int64_t deadline, char *out, size_t size)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	size_t length = 0;
	ssize_t n;

	while (length < size) {
		int64_t left = deadline - clock_now();

		if (left <= 0)
			return false;
		n = poll(&poll_fd, 1, (int)left);
		if (n == -1 && errno != EINTR)
			return false;
		if (n <= 0)
			continue;
		n = AGAIN(read(fd, out + length, size - length));
		if (n == -1)
			return false;
		if (n == 0) {
			out[length] = '\0';
			return true;
		}
		length += (size_t)n;
	}
	return false;
}

/* ended - whether it has, in time, and well */
static bool
ended(pid_t pid, int64_t deadline, bool *out_well)
{
	int status = 0;
	pid_t gone;

	while ((gone = AGAIN(waitpid(pid, &status, WNOHANG))) == 0) {
		if (clock_now() >= deadline)
			return false;
		(void)poll(NULL, 0, 1);
	}
	*out_well = gone == pid && WIFEXITED(status) &&
	    WEXITSTATUS(status) == 0;
	return true;
}

/* reap - or kill; one that even then does not go, since a disk has it, is not
 * waited for */
static bool
reap(pid_t pid, int64_t deadline)
{
	bool well = false;

	if (ended(pid, deadline, &well))
		return well;
	(void)kill(pid, SIGKILL);
	(void)ended(pid, clock_now() + KILL_WAIT, &well);
	return false;
}

/* postfix_value - one line */
bool
postfix_value(const char *parameter, char *out, size_t size)
{
	int64_t deadline = clock_now() + POSTFIX_WAIT;
	own(fd) int in = -1, to = -1;
	int fds[2];
	bool heard;
	pid_t pid;

	/* it would sleep a second before it said so */
	if (access(POSTFIX_CONFIG "/main.cf", R_OK) == -1 ||
	    pipe2(fds, O_CLOEXEC) == -1)
		return false;
	in = fds[0];
	to = fds[1];
	pid = spawn(parameter, to);
	if (pid == -1)
		return false;
	close(fd_give(&to));
	heard = listen_to(in, deadline, out, size);
	if (!reap(pid, heard ? deadline : clock_now()) || !heard)
		return false;
	out[strcspn(out, "\n")] = '\0';
	return *out != '\0';
}
