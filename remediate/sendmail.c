/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/sendmail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/libc.h"
#include "base/own.h"

enum { SAID_MAX = 300 };

/* set_up - what it finds open, and how signals are; an errno */
static int
set_up(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr, int in,
    int said)
{
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	if ((error = posix_spawn_file_actions_adddup2(files, in,
	    STDIN_FILENO)) != 0 ||
	    (error = posix_spawn_file_actions_addopen(files, STDOUT_FILENO,
	    "/dev/null", O_WRONLY, 0)) != 0 ||
	    (error = posix_spawn_file_actions_adddup2(files, said,
	    STDERR_FILENO)) != 0 ||
	    (error = posix_spawn_file_actions_addclosefrom_np(files, 3)) != 0 ||
	    (error = posix_spawnattr_setsigmask(attr, &none)) != 0 ||
	    (error = posix_spawnattr_setsigdefault(attr, &all)) != 0)
		return error;
	return posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int
spawn(const struct sendmail *mail, int in, int said, pid_t *out,
    struct err *err)
{
	char *const argv[] = { (char *)"sendmail", (char *)"-i", (char *)"-f",
	    (char *)(*mail->sender != '\0' ? mail->sender : "<>"),
	    (char *)"--", (char *)mail->recipient, NULL };
	char *const environment[] = { (char *)"LC_ALL=C",
	    (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	error = set_up(&files, &attr, in, said);
	if (error == 0)
		error = posix_spawn(out, mail->path, &files, &attr, argv,
		    environment);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	errno = error;
	return error == 0 ? 0 : err_sys(err, "%s", mail->path);
}

/* One that runs: what it is to read, and what it says. */
struct talk {
	int		 to, said;	/* -1: closed */
	const char	*text;
	size_t		 left;
	struct buf	 heard;
	int64_t		 deadline;
};

static void
write_some(struct talk *talk)
{
	ssize_t n = AGAIN(write(talk->to, talk->text, talk->left));

	if (n > 0) {
		talk->text += n;
		talk->left -= (size_t)n;
	}
	/* one that closed its end says why, or it ends badly */
	if (talk->left == 0 || (n == -1 && errno != EAGAIN)) {
		(void)close(talk->to);
		talk->to = -1;
	}
}

static void
read_some(struct talk *talk)
{
	char bytes[256];
	ssize_t n = AGAIN(read(talk->said, bytes, sizeof(bytes)));

	if (n > 0 && talk->heard.len < SAID_MAX)
		buf_bytes(&talk->heard, bytes, (size_t)n);
	if (n <= 0) {
		(void)close(talk->said);
		talk->said = -1;
	}
}

/* converse - until it has closed its end; false: it takes too long */
static bool
converse(struct talk *talk)
{
	while (talk->said != -1) {
		struct pollfd fds[] = { { talk->to, POLLOUT, 0 },
			{ talk->said, POLLIN, 0 } };
		int64_t left = talk->deadline - clock_now();

		if (left <= 0)
			return false;
		if (poll(fds, 2, (int)left) == -1 && errno != EINTR)
			return false;
		if (fds[0].revents != 0)
			write_some(talk);
		if (fds[1].revents != 0)
			read_some(talk);
	}
	return true;
}

/* reap - how it ended; one that takes too long is killed */
static int
reap(pid_t pid, const struct talk *talk, bool whole)
{
	int status = 0;

	while (AGAIN(waitpid(pid, &status, WNOHANG)) == 0) {
		if (!whole || clock_now() >= talk->deadline) {
			(void)kill(pid, SIGKILL);
			(void)AGAIN(waitpid(pid, &status, 0));
			return -1;
		}
		(void)poll(NULL, 0, 5);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* run - from its start to its end */
static int
run(const struct sendmail *mail, struct talk *talk, pid_t pid,
    struct err *err)
{
	bool whole = converse(talk);
	int code = reap(pid, talk, whole);

	talk->heard.data[strcspn(talk->heard.data, "\n")] = '\0';
	if (code == 0 && talk->left == 0)
		return 0;
	if (!whole)
		return err_set(err, ERR_LATER, "%s takes too long",
		    mail->path);
	return err_set(err, ERR_LATER, "%s: %s", mail->path,
	    *talk->heard.data != '\0' ? ESCAPE(talk->heard.data) :
	    code == 0 ? "did not read it all" : "failed");
}

/* sendmail - hand a mail over */
int
sendmail(const struct sendmail *mail, struct err *err)
{
	struct talk talk = { .text = mail->text, .left = mail->length,
	    .heard = BUF, .deadline = clock_now() + SENDMAIL_WAIT };
	int in[2], said[2], result = -1;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) == -1)
		return err_sys(err, "pipe");
	if (pipe2(said, O_CLOEXEC) == -1) {
		(void)close(in[0]);
		(void)close(in[1]);
		return err_sys(err, "pipe");
	}
	talk.to = in[1];
	talk.said = said[0];
	(void)fcntl(talk.to, F_SETFL, O_NONBLOCK);
	if (spawn(mail, in[0], said[1], &pid, err) == 0) {
		(void)close(in[0]);
		(void)close(said[1]);
		result = run(mail, &talk, pid, err);
	} else {
		(void)close(in[0]);
		(void)close(said[1]);
	}
	if (talk.to != -1)
		(void)close(talk.to);
	if (talk.said != -1)
		(void)close(talk.said);
	buf_drop(&talk.heard);
	return result;
}
