/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/daemon/successor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/daemon/daemon_private.h"
#include "base/daemon/given.h"
#include "base/libc.h"
#include "base/mem.h"
#include "base/own.h"

enum {
	PATIENCE_MS = 60000,	/* for the new one to be ready */
	ANSWER_S = 30		/* for who needs no time */
};

/* What the new one says, and what it hears. */
#define READY "READY"
#define GO "GO"

static struct {
	int	 orders;	/* to the starter; -1: there is none */
	int	 error;		/* an errno: why there is none */
	pid_t	 starter;
	int	 answers;	/* from the new one; -1: none was called */
	pid_t	 called;
	int64_t	 until;
} ours = { .orders = -1, .answers = -1 };

/* ---- the starter ---- */

/* An order is one octet and two descriptors: whether the socket is held, the
 * socket, and where the new one answers.  The reply is the new one's pid.  Once
 * there is the order to become a user, which is the name alone; the reply is 0. */
enum { NAME_MAX_LENGTH = 256 };

union order_control {
	struct cmsghdr	 header;	/* aligned as one */
	char		 room[CMSG_SPACE(2 * sizeof(int))];
};

/* take_order - a user's name: out_fds are -1; false: there will be no more */
static bool
take_order(int from, char out[NAME_MAX_LENGTH], int out_fds[2])
{
	union order_control control = { .room = { 0 } };
	struct iovec text = { .iov_base = out, .iov_len = NAME_MAX_LENGTH - 1 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t n = AGAIN(recvmsg(from, &message, MSG_CMSG_CLOEXEC));
	const struct cmsghdr *got;

	if (n <= 0)
		return false;
	out[n] = '\0';
	out_fds[0] = out_fds[1] = -1;
	got = CMSG_FIRSTHDR(&message);
	if (got == NULL)
		return *out != '\0';
	if (n != 1 || got->cmsg_type != SCM_RIGHTS ||
	    got->cmsg_len != CMSG_LEN(2 * sizeof(int)))
		return false;
	memcpy(out_fds, CMSG_DATA(got), 2 * sizeof(int));
	return true;
}

/* set_pid - a variable to our own pid; if_set: where there was one */
static void
set_pid(const char *variable, bool if_set)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", (long)getpid());
	if (!if_set || getenv(variable) != NULL)
		setenv(variable, text, 1);
}

/* become - the new one, in the starter's child */
static _Noreturn void
become(const char *path, char *const *argv, bool held, const int fds[2])
{
	static const int changed[] = { SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD };

	for (size_t i = 0; i < sizeof(changed) / sizeof(*changed); i++)
		signal(changed[i], SIG_DFL);
	/* 3 is where orders come from, so the two have higher numbers */
	if (dup2(fds[0], 3) == -1 || dup2(fds[1], 4) == -1)
		_exit(EX_OSERR);
	set_pid("LISTEN_PID", false);
	set_pid("WATCHDOG_PID", true);
	setenv("LISTEN_FDS", "2", 1);
	setenv("LISTEN_FDNAMES", held ? GIVEN_HELD ":" GIVEN_READY :
	    GIVEN_OWN ":" GIVEN_READY, 1);
	execv(path, argv);
	_exit(EX_OSERR);
}

/* settle - a process that only waits: with nothing open but the orders, at 3,
 * and our streams where we stay in the foreground */
static void
settle(int orders, bool foreground)
{
	static const int ignored[] = { SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD };

	/* by which nobody looks for daemons */
	(void)prctl(PR_SET_NAME, "tdc-starter");
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	if (!foreground) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		for (int i = 0; i < 3 && null != -1; i++)
			dup2(null, i);
		(void)setsid();
		if (chdir("/") == -1)
			_exit(EX_OSERR);
	}
	if (orders != 3 && dup2(orders, 3) == -1)
		_exit(EX_OSERR);
	(void)fcntl(3, F_SETFD, FD_CLOEXEC);
	(void)close_range(4, ~0U, 0);
}

/* become_user - what is started from now on is it, too; 0 */
static int
become_user(const char *name)
{
	const struct passwd *user = getpwnam(name);

	return user == NULL ? -1 : daemon_become(user);
}

/* serve_orders - the starter's whole life */
static _Noreturn void
serve_orders(const char *path, char *const *argv)
{
	char text[NAME_MAX_LENGTH];
	int fds[2];

	while (take_order(3, text, fds)) {
		pid_t pid = fds[0] == -1 ? become_user(text) : fork();

		if (fds[0] != -1 && pid == 0)
			become(path, argv, *text != 0, fds);
		for (int i = 0; i < 2 && fds[i] != -1; i++)
			close(fds[i]);
		if (send(3, &pid, sizeof(pid), MSG_NOSIGNAL) == -1)
			break;
	}
	_exit(EX_OK);
}

/* ---- who is to be replaced ---- */

static bool
may_be_replaced(const struct daemon *daemon)
{
	return !daemon->check_only &&
	    (!daemon->foreground || getenv("NOTIFY_SOCKET") != NULL);
}

/* make_way - what the starter executes, and where it hears of it; an errno */
static int
make_way(char path[PATH_MAX], int fds[2])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (n == -1 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    fds) == -1)
		return errno;
	path[n] = '\0';
	return 0;
}

/* successor_prepare - fork the starter */
void
successor_prepare(const struct daemon *daemon)
{
	char path[PATH_MAX];
	char *argv[6] = { mem_text(daemon->name), mem_text("-c"),
		mem_text(daemon->conf_file) };
	int fds[2] = { -1, -1 }, i = 3;

	if (daemon->foreground)
		argv[i++] = mem_text("-f");
	if (daemon->verbose)
		argv[i++] = mem_text("-v");
	ours.error = may_be_replaced(daemon) ? make_way(path, fds) : 0;
	if (may_be_replaced(daemon) && ours.error == 0) {
		ours.starter = fork();
		if (ours.starter == 0) {
			settle(fds[1], daemon->foreground);
			serve_orders(path, argv);
		}
		close(fds[1]);
		ours.orders = fds[0];
	}
	while (i > 0)
		free(argv[--i]);
}

/* ask - the starter; its reply, or -1 */
static pid_t
ask(const struct msghdr *message)
{
	const struct timeval patience = { .tv_sec = ANSWER_S };
	pid_t reply;

	(void)setsockopt(ours.orders, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	if (sendmsg(ours.orders, message, MSG_NOSIGNAL) == -1 ||
	    AGAIN(recv(ours.orders, &reply, sizeof(reply), 0)) != sizeof(reply))
		return -1;
	return reply;
}

/* successor_drop - rather none than one that could be root */
void
successor_drop(const char *user)
{
	struct iovec name = { .iov_base = mem_text(user),
		.iov_len = strlen(user) };
	const struct msghdr message = { .msg_iov = &name, .msg_iovlen = 1 };

	if (ours.orders != -1 && *user != '\0' && geteuid() == 0 &&
	    ask(&message) != 0) {
		close(ours.orders);
		ours.orders = -1;
		ours.error = EPERM;
	}
	free(name.iov_base);
}

/* order - the starter to start one; its pid, or -1 */
static pid_t
order(int socket, bool held, int answers)
{
	const int fds[2] = { socket, answers };
	char octet = held ? 1 : 0;
	union order_control control = { .room = { 0 } };
	struct iovec iov = { .iov_base = &octet, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(header), fds, sizeof(fds));
	return ask(&message);
}

/* successor_call - start it */
int
successor_call(int socket, bool held, struct err *err)
{
	int fds[2];

	if (ours.orders == -1)
		return err_set(err, ERR_NEVER, "%s%s: restart it",
		    ours.error == 0 ? "it was started in the foreground, and "
		    "not by systemd" : "it could prepare for none: ",
		    ours.error == 0 ? "" : strerror(ours.error));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return err_sys(err, "socketpair");
	ours.called = order(socket, held, fds[1]);
	close(fds[1]);
	if (ours.called <= 0) {
		close(fds[0]);
		return err_set(err, ERR_LATER, "it cannot be started");
	}
	ours.answers = fds[0];
	ours.until = clock_now() + PATIENCE_MS;
	return 0;
}

/* failed - and whoever still comes finds nobody, and ends */
static enum successor
failed(struct err *err, const char *why)
{
	close(ours.answers);
	ours.answers = -1;
	err_set(err, ERR_LATER, "%s", why);
	return SUCCESSOR_FAILED;
}

/* successor_look - is it there?  Its answer is READY, or why it is not */
enum successor
successor_look(struct err *err)
{
	char text[sizeof(err->text)];
	ssize_t n = AGAIN(recv(ours.answers, text, sizeof(text) - 1,
	    MSG_DONTWAIT));

	if (n == -1 && errno == EAGAIN)
		return clock_now() < ours.until ? SUCCESSOR_AWAITED :
		    failed(err, "it is not ready after a minute");
	if (n <= 0)
		return failed(err, "it has ended");
	text[n] = '\0';
	return strcmp(text, READY) == 0 ? SUCCESSOR_READY : failed(err, text);
}

/* successor_yield - the starter ends first: then the new one is a child of
 * process 1, which systemd wants of a main process */
pid_t
successor_yield(void)
{
	own(str) char *main_pid = mem_format("MAINPID=%ld",
	    (long)ours.called);
	char none;

	shutdown(ours.orders, SHUT_WR);
	(void)AGAIN(recv(ours.orders, &none, 1, 0));
	(void)AGAIN(waitpid(ours.starter, NULL, 0));
	close(ours.orders);
	ours.orders = -1;
	daemon_notify(main_pid);
	daemon_hush(true);
	(void)send(ours.answers, GO, strlen(GO), MSG_NOSIGNAL);
	close(ours.answers);
	ours.answers = -1;
	return ours.called;
}

/* successor_await - who is replaced reads this, and sends that */
void
successor_await(int ready_fd)
{
	static const struct timeval patience = { .tv_sec = ANSWER_S };
	char go;

	(void)setsockopt(ready_fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	if (send(ready_fd, READY, strlen(READY), MSG_NOSIGNAL) == -1 ||
	    AGAIN(recv(ready_fd, &go, 1, 0)) != 1)
		_exit(EX_TEMPFAIL);
	close(ready_fd);
}

/* successor_refuse - to whoever still asks */
void
successor_refuse(int ready_fd, const char *why)
{
	(void)send(ready_fd, why, strlen(why), MSG_NOSIGNAL);
}
