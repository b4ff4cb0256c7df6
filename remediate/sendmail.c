/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/sendmail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/own.h"
#include "base/start/start.h"

enum { SAID_MAX = 300 };

static int
spawn(const struct sendmail *mail, int in, int said, struct started *out,
    struct err *err)
{
	char *const argv[] = { (char *)"sendmail", (char *)"-i", (char *)"-f",
	    (char *)(*mail->sender != '\0' ? mail->sender : "<>"),
	    (char *)"--", (char *)mail->recipient, NULL };
	char *const environment[] = { (char *)"LC_ALL=C",
	    (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	const struct start start = { .what = START_SENDMAIL,
		.path = mail->path, .argv = argv, .environment = environment,
		.fds = { in, -1, said, -1 } };

	errno = start_program(&start, out);
	return errno == 0 ? 0 : err_sys(err, "%s", mail->path);
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
reap(struct started *started, const struct talk *talk, bool whole)
{
	int64_t left = talk->deadline - clock_now();
	int status;

	if (!start_wait(started, whole && left > 0 ? (int)left : 0, &status)) {
		start_kill(started);
		(void)start_wait(started, -1, &status);
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* run - from its start to its end */
static int
run(const struct sendmail *mail, struct talk *talk, struct started *started,
    struct err *err)
{
	bool whole = converse(talk);
	int code = reap(started, talk, whole);

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
	struct started started;

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
	if (spawn(mail, in[0], said[1], &started, err) == 0) {
		(void)close(in[0]);
		(void)close(said[1]);
		result = run(mail, &talk, &started, err);
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
