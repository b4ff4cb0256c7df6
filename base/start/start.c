/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/start/start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/libc.h"
#include "base/own.h"
#include "base/start/start_wire.h"

static _Atomic int starter = -1;

enum { LOOK = 2 };		/* ms between looks whether a child has ended */

/* ---- by ourselves ---- */

/* set_files - what it finds open; an errno */
static int
set_files(const struct start *start, posix_spawn_file_actions_t *files)
{
	int error = 0, last = START_FDS_MAX - 1;

	for (int i = 0; error == 0 && i < last; i++)
		error = start->fds[i] == -1 ?
		    posix_spawn_file_actions_addopen(files, i, "/dev/null",
		    O_RDWR, 0) :
		    posix_spawn_file_actions_adddup2(files, start->fds[i], i);
	if (error == 0 && start->fds[last] != -1)
		error = posix_spawn_file_actions_adddup2(files,
		    start->fds[last], last);
	/* libraries may have left some open for it */
	return error != 0 ? error : posix_spawn_file_actions_addclosefrom_np(
	    files, start->fds[last] != -1 ? START_FDS_MAX : last);
}

/* set_signals - and a group of its own; an errno */
static int
set_signals(const struct start *start, posix_spawnattr_t *attr)
{
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	error = posix_spawnattr_setsigmask(attr, &none);
	if (error == 0)
		error = posix_spawnattr_setsigdefault(attr, &all);
	if (error == 0)
		error = posix_spawnattr_setpgroup(attr, 0);
	return error != 0 ? error : posix_spawnattr_setflags(attr,
	    (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
	    (start->group ? POSIX_SPAWN_SETPGROUP : 0)));
}

/* by_ourselves - an errno */
static int
by_ourselves(const struct start *start, struct started *out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	error = set_files(start, &files);
	if (error == 0)
		error = set_signals(start, &attr);
	if (error == 0)
		error = posix_spawn(&out->pid, start->path, &files, &attr,
		    start->argv, start->environment != NULL ?
		    start->environment : environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* has_ended - it stays a zombie, so its number is nobody else's */
static bool
has_ended(pid_t pid, int at_once)
{
	siginfo_t info = { 0 };

	return AGAIN(waitid(P_PID, (id_t)pid, &info,
	    WEXITED | WNOWAIT | at_once)) == -1 || info.si_pid == pid;
}

/* ---- by the starter ---- */

/* answer - the next number that it sends; false: there will be none */
static bool
answer(int fd, int *out)
{
	return AGAIN(recv(fd, out, sizeof(*out), 0)) == (ssize_t)sizeof(*out);
}

/* by_starter - an errno */
static int
by_starter(int to, const struct start *start, struct started *out)
{
	own(fd) int ours = -1, theirs = -1;
	int fds[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return errno;
	ours = fds[0];
	theirs = fds[1];
	error = start_wire_send(to, start, theirs);
	(void)close(fd_give(&theirs));
	if (error == 0 && !answer(ours, &error))
		error = EPIPE;
	if (error == 0)
		out->fd = fd_give(&ours);
	return error;
}

/* ---- either way ---- */

/* start_by - whoever does it */
void
start_by(int fd)
{
	starter = fd;
}

/* start_look - and wait until it has */
void
start_look(void)
{
	char *const argv[] = { (char *)"look", NULL };
	const struct start look = { .what = START_NOTHING, .path = "",
		.argv = argv, .fds = START_FDS };
	struct started started = { .fd = -1 };

	if (starter != -1 && by_starter(starter, &look, &started) == 0)
		start_leave(&started);
}

/* start_program - and go on */
int
start_program(const struct start *start, struct started *out)
{
	*out = (struct started){ .fd = -1, .group = start->group };
	return starter == -1 ? by_ourselves(start, out) :
	    by_starter(starter, start, out);
}

/* is_over - within so many ms */
static bool
is_over(const struct started *started, int ms)
{
	struct pollfd fd = { started->fd, POLLIN, 0 };

	if (started->pid == 0)
		return started->fd == -1 || AGAIN(poll(&fd, 1, ms)) != 0;
	if (has_ended(started->pid, WNOHANG))
		return true;
	if (ms != 0)
		(void)poll(NULL, 0, ms);
	return false;
}

/* start_over - look */
bool
start_over(const struct started *started)
{
	return is_over(started, 0);
}

/* start_kill - it still has to be waited for */
void
start_kill(const struct started *started)
{
	if (started->pid != 0)
		(void)kill(started->group ? -started->pid : started->pid,
		    SIGKILL);
	else if (started->fd != -1)
		(void)shutdown(started->fd, SHUT_WR);
}

/* start_wait - and what it has left behind goes, too */
bool
start_wait(struct started *started, int ms, int *out_status)
{
	int64_t until = clock_now() + ms;

	*out_status = -1;
	while (ms != -1 && !is_over(started, LOOK))
		if (clock_now() >= until)
			return false;
	if (ms == -1 && started->pid == 0)
		(void)is_over(started, -1);
	else if (ms == -1)
		(void)has_ended(started->pid, 0);
	if (started->group && started->pid != 0)
		(void)kill(-started->pid, SIGKILL);
	if (started->pid != 0)
		(void)AGAIN(waitpid(started->pid, out_status, 0));
	else if (!answer(started->fd, out_status))
		*out_status = -1;
	start_leave(started);
	return true;
}

/* start_leave - the starter kills what nobody waits for */
void
start_leave(struct started *started)
{
	if (started->fd != -1)
		(void)close(started->fd);
	*started = (struct started){ .fd = -1 };
}
