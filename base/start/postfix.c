/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/start/postfix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/own.h"
#include "base/start/start.h"

enum { KILL_WAIT = 1000 };		/* ms for a killed one to go */

const char *const start_postconf[] = { "/usr/sbin/postconf",
	"/usr/bin/postconf", "/sbin/postconf", "/bin/postconf", NULL };

/* spawn - wherever it is; false: nowhere */
static bool
spawn(const char *parameter, int out, struct started *started)
{
	char *const argv[] = { (char *)"postconf", (char *)"-c",
	    (char *)POSTFIX_CONFIG, (char *)"-hx", (char *)parameter, NULL };
	char *const environment[] = { (char *)"LC_ALL=C",
	    (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	struct start start = { .what = START_POSTCONF, .argv = argv,
		.environment = environment, .fds = { -1, out, -1, -1 } };
	int error = ENOENT;

	for (size_t i = 0; error != 0 && start_postconf[i] != NULL; i++) {
		start.path = start_postconf[i];
		error = start_program(&start, started);
	}
	return error == 0;
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

/* reap - or kill; one that even then does not go, since a disk has it, is not
 * waited for */
static bool
reap(struct started *started, int64_t deadline)
{
	int64_t left = deadline - clock_now();
	int status;

	if (start_wait(started, left > 0 ? (int)left : 0, &status))
		return WIFEXITED(status) && WEXITSTATUS(status) == 0;
	start_kill(started);
	if (!start_wait(started, KILL_WAIT, &status))
		start_leave(started);
	return false;
}

/* postfix_value - one line */
bool
postfix_value(const char *parameter, char *out, size_t size)
{
	int64_t deadline = clock_now() + POSTFIX_WAIT;
	own(fd) int in = -1, to = -1;
	int fds[2];
	struct started started;
	bool heard, begun;

	/* it would sleep a second before it said so */
	if (access(POSTFIX_CONFIG "/main.cf", R_OK) == -1 ||
	    pipe2(fds, O_CLOEXEC) == -1)
		return false;
	in = fds[0];
	to = fds[1];
	begun = spawn(parameter, to, &started);
	close(fd_give(&to));
	if (!begun)
		return false;
	heard = listen_to(in, deadline, out, size);
	if (!reap(&started, heard ? deadline : clock_now()) || !heard)
		return false;
	out[strcspn(out, "\n")] = '\0';
	return *out != '\0';
}
