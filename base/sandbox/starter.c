/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sandbox/starter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/own.h"
#include "base/start/start_wire.h"

enum { REQUESTS = 3 };			/* descriptor */

static char title[] = "tdc-executor";

/* ---- one request ---- */

static void
tell(int fd, int number)
{
	(void)!AGAIN(send(fd, &number, sizeof(number), MSG_NOSIGNAL));
}

static void
on_child(int number)
{
	(void)number;			/* it ends a wait */
}

/* mind - until it has ended; killed when nobody wants to know that any more */
static void
mind(struct started *started, int answer)
{
	struct pollfd fd = { answer, POLLIN, 0 };
	sigset_t none;
	int status;

	sigemptyset(&none);
	while (!start_over(started)) {
		if (ppoll(&fd, 1, NULL, &none) != 1)
			continue;
		start_kill(started);
		fd.fd = -1;
	}
	(void)start_wait(started, -1, &status);
	tell(answer, status);
}

/* serve - in a process of its own */
static _Noreturn void
serve(struct start_request *request)
{
	struct sigaction action = { .sa_handler = on_child };
	int answer = request->answer, error;
	struct started started;
	sigset_t child;

	(void)close(REQUESTS);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL);
	(void)sigaction(SIGCHLD, &action, NULL);
	error = start_program(&request->start, &started);
	request->answer = -1;
	start_wire_drop(request);
	tell(answer, error);
	if (error == 0)
		mind(&started, answer);
	_exit(0);
}

/* ---- all of them ---- */

/* is_allowed - by what the file said, or says now; to know that may take a child
 * of our own, while others are never waited for */
static bool
is_allowed(struct starter_rules *rules, const struct start *start)
{
	bool may;

	(void)signal(SIGCHLD, SIG_DFL);
	may = starter_may(rules, start);
	if (!may) {
		starter_rules_load(rules);
		may = starter_may(rules, start);
	}
	(void)signal(SIGCHLD, SIG_IGN);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	return may;
}

/* heed - one request */
static void
heed(struct starter_rules *rules, struct start_request *request)
{
	if (request->start.what == START_NOTHING) {
		starter_rules_load(rules);
		tell(request->answer, 0);
		return;
	}
	if (!is_allowed(rules, &request->start)) {
		tell(request->answer, EPERM);
		return;
	}
	switch (fork()) {
	case -1:
		tell(request->answer, errno);
		break;
	case 0:
		serve(request);
	}
}

/* settle - nothing that is for the one that asks ends us, but its end does */
static void
settle(void)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
		SIGUSR1, SIGUSR2, SIGPIPE, SIGCHLD };
	sigset_t none;

	(void)prctl(PR_SET_NAME, title);
	(void)prctl(PR_SET_DUMPABLE, 0);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (chdir("/") == -1)
		_exit(1);
}

/* be_starter - before main(): no program of ours is called as
 * "tdc-executor FILE starter" otherwise */
__attribute__((constructor)) static void
be_starter(int argc, char **argv)
{
	struct starter_rules rules = { .conf_file = NULL };
	struct start_request request;
	int got;

	if (argc != 3 || strcmp(argv[0], title) != 0 ||
	    strcmp(argv[2], "starter") != 0)
		return;
	settle();
	rules.conf_file = argv[1];
	starter_rules_load(&rules);
	while ((got = start_wire_receive(REQUESTS, &request)) != 0) {
		if (got == -1)
			continue;
		heed(&rules, &request);
		start_wire_drop(&request);
	}
	_exit(0);
}

/* starter_begin - with nothing of ours but one end of a socket */
int
starter_begin(const char *conf_file, struct err *err)
{
	char *const argv[] = { title, (char *)conf_file, (char *)"starter",
		NULL };
	struct start start = { .what = START_READER, .path = START_SELF,
		.argv = argv, .fds = START_FDS };
	own(fd) int ours = -1, theirs = -1;
	struct started ignored;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return err_sys(err, "socketpair");
	ours = fds[0];
	theirs = start.fds[REQUESTS] = fds[1];
	errno = start_program(&start, &ignored);
	if (errno != 0)
		return err_sys(err, "%s", START_SELF);
	return fd_give(&ours);
}
