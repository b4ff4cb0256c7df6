/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults - run a program whose system calls fail when they are told to
 *
 *	mkfifo in out
 *	faults in out COMMAND... &
 *	exec 3<>in 4<>out
 *	echo start >&3; read answer <&4
 *
 * The kernel asks us about each system call of the program, its threads and its
 * children (seccomp_unotify(2)), so that none is missed, whoever makes it: libc,
 * the dynamic loader or a library.  What we do not let fail is carried out as
 * ever.  The program need not be built for that, and may have filters of its own.
 *
 * Commands, one a line, each with one line as its answer:
 *
 *	start			the program, when none runs: "started PID"
 *	fail CALL[,CALL...] ERROR SKIP N
 *				from now on, skip so many calls of these numbers,
 *				then N of them fail with that errno (N 0: all that
 *				come); replaces what was before: "ok"
 *	hits			"hits N": so many of them have failed so far
 *	mend			the same, and nothing fails any more
 *	calls			"calls CALL:N ...", made since the last time
 *	state			"running", "exit CODE", "signal NUMBER" or "none"
 *	kill NUMBER		a signal for the program: "ok"
 *	quit			end, and the program by SIGKILL: no answer
 *
 * Some fail as the kernel has it: close(2) closes, whatever it returns; brk(2) has
 * no errors, and returns what the break still is; of futex(2) only waiting fails,
 * for waking has no way to.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "tests/tools/faults_calls.h"

#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

static int in, out;
static char **command;
static pid_t pid;			/* 0: there was none yet */
static bool ended;
static int status;
static int listener = -1;		/* of the program that runs */

static _Noreturn void
die(const char *what)
{
	perror(what);
	if (pid > 0 && !ended)
		kill(pid, SIGKILL);
	(void)dprintf(out, "cannot %s\n", what);
	exit(EX_OSERR);
}

static void
answer(const char *text)
{
	if (dprintf(out, "%s\n", text) < 0)
		die("answer");
}

/* ---- the program ---- */

/* become - the program; from the filter on each call waits for our parent, so it
 * learns by memory which descriptor to fetch */
static _Noreturn void
become(_Atomic int *number)
{
	int fd;

	close(in);
	close(out);
	fd = calls_ask();
	*number = fd == -1 ? -errno : fd;
	if (fd != -1)
		execv(command[0], command);
	_exit(127);
}

/* fetch - the descriptor, once it is there */
static int
fetch(_Atomic int *number)
{
	own(fd) int process = (int)syscall(SYS_pidfd_open, pid, 0);
	__u64 flags = SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;
	int fd;

	while (*number == 0)
		usleep(100);
	if (*number < 0) {
		errno = -*number;
		die("seccomp");
	}
	fd = (int)syscall(SYS_pidfd_getfd, process, *number, 0);
	if (fd == -1)
		die("pidfd_getfd");
	/* Faster, where the kernel can. */
	(void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, flags);
	return fd;
}

static void
start(void)
{
	_Atomic int *number = mmap(NULL, sizeof(*number), PROT_READ |
	    PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char text[32];

	if (number == MAP_FAILED)
		die("mmap");
	*number = 0;
	if (listener != -1)
		close(listener);
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0)
		become(number);
	ended = false;
	listener = fetch(number);
	munmap((void *)number, sizeof(*number));
	snprintf(text, sizeof(text), "started %d", (int)pid);
	answer(text);
}

/* look - has it ended? */
static void
look(void)
{
	if (pid > 0 && !ended && waitpid(pid, &status, WNOHANG) == pid)
		ended = true;
}

/* ---- commands ---- */

static void
tell_calls(void)
{
	own(buf) struct buf text = BUF;

	buf_text(&text, "calls");
	for (int i = 0; i < CALLS; i++)
		if (made[i] > 0)
			buf_format(&text, " %d:%lu", i, made[i]);
	memset(made, 0, sizeof(made));
	answer(text.data);
}

static void
tell_state(void)
{
	char text[32] = "running";

	if (pid == 0)
		strcpy(text, "none");
	else if (ended && WIFEXITED(status))
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(status));
	else if (ended)
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	answer(text);
}

/* set_calls - "1,2,3"; false: they are none */
static bool
set_calls(char *list)
{
	char *rest = list;

	memset(rule.calls, 0, sizeof(rule.calls));
	for (char *one; (one = strsep(&rest, ",")) != NULL; ) {
		int call = atoi(one);

		if (*one < '0' || *one > '9' || call >= CALLS)
			return false;
		rule.calls[call] = true;
	}
	return true;
}

static void
set_rule(const char *line)
{
	unsigned long skip, count;
	char calls[128];
	int error;

	if (sscanf(line, "fail %127s %d %lu %lu", calls, &error, &skip,
	    &count) != 4 || !set_calls(calls)) {
		answer("bad rule");
		return;
	}
	rule.error = error;
	rule.skip = skip;
	rule.left = count;
	rule.endless = count == 0;
	rule.hits = 0;
	answer("ok");
}

static void
tell_hits(void)
{
	char text[32];

	snprintf(text, sizeof(text), "hits %lu", rule.hits);
	answer(text);
}

static void
send_signal(const char *line)
{
	if (pid > 0 && !ended)
		(void)kill(pid, atoi(line + strlen("kill ")));
	answer("ok");
}

static void
quit(void)
{
	if (pid > 0 && !ended)
		(void)kill(pid, SIGKILL);
	exit(0);
}

static void
obey(const char *line)
{
	if (strcmp(line, "start") == 0)
		start();
	else if (strncmp(line, "fail ", 5) == 0)
		set_rule(line);
	else if (strcmp(line, "hits") == 0)
		tell_hits();
	else if (strcmp(line, "mend") == 0) {
		memset(rule.calls, 0, sizeof(rule.calls));
		tell_hits();
	}
	else if (strcmp(line, "calls") == 0)
		tell_calls();
	else if (strcmp(line, "state") == 0)
		tell_state();
	else if (strncmp(line, "kill ", 5) == 0)
		send_signal(line);
	else if (strcmp(line, "quit") == 0)
		quit();
	else
		answer("what?");
}

/* heed_command - a whole line at once: it is written so */
static void
heed_command(void)
{
	char line[256];
	ssize_t n = read(in, line, sizeof(line) - 1);

	if (n <= 0)
		die("read");
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	look();
	obey(line);
}

static void
on_term(int unused)
{
	(void)unused;
	if (pid > 0 && !ended)
		(void)kill(pid, SIGKILL);
	_exit(0);
}

int
main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: faults IN OUT COMMAND...\n");
		return EX_USAGE;
	}
	signal(SIGTERM, on_term);
	command = argv + 3;
	in = open(argv[1], O_RDWR | O_CLOEXEC);
	out = open(argv[2], O_RDWR | O_CLOEXEC);
	if (in == -1 || out == -1)
		die(argv[1]);
	for (;;) {
		struct pollfd fds[] = { { in, POLLIN, 0 },
		    { listener, POLLIN, 0 } };

		/* the end of the program is seen by those who ask */
		if (poll(fds, 2, -1) == -1 && errno != EINTR)
			die("poll");
		if ((fds[1].revents & POLLIN) != 0)
			calls_heed(listener);
		else if (fds[1].revents != 0) {
			close(listener);	/* all of it has ended */
			listener = -1;
		}
		if ((fds[0].revents & POLLIN) != 0)
			heed_command();
	}
}
