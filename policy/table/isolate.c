/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/start/start.h"
#include "policy/table/isolate_private.h"

enum {
	PIPE_SIZE = 1 << 20,	/* bytes; fewer switches between the two */
	SILENCE = 1000,		/* ms; of a child that waits for no lock */
};

struct receiver {
	struct frames	 frames;
	int		 fd;
};

/* read_more - wait for bytes, and take them; 0: no more will come */
static int
read_more(struct receiver *receiver, int64_t patience, struct err *err)
{
	struct frames *frames = &receiver->frames;
	struct pollfd poll_fd = { .fd = receiver->fd, .events = POLLIN };
	int64_t deadline = clock_now() + patience, left;
	ssize_t n;
	int ready;

	do {
		left = deadline - clock_now();
		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready == -1 && errno == EINTR);
	if (ready == 0) {
		if (!frames->locked)
			return source_is_held(frames->source, err);
		err_set(err, ERR_LATER, "%s: reading has stalled",
		    frames->source->path);
		err->sys = ETIMEDOUT;
		return -1;
	}
	n = AGAIN(read(receiver->fd, buf_room(&frames->in, PIPE_SIZE),
	    PIPE_SIZE));
	if (ready == -1 || n == -1)
		return err_sys(err, "read from the reader of %s",
		    frames->source->path);
	frames->in.len += (size_t)n;
	return n > 0;
}

/* reap - wait for the end of the child; a crash is the file's fault */
static int
reap(struct started *started, const struct receiver *receiver, struct err *err)
{
	int status;

	(void)start_wait(started, -1, &status);
	if (receiver->frames.ended)
		return 0;
	if (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		return err_set(err, ERR_NEVER, "%s: damaged (reading it ended "
		    "in: %s)", receiver->frames.source->path,
		    strsignal(WTERMSIG(status)));
	return err_set(err, ERR_LATER, "%s: its reader gave up",
	    receiver->frames.source->path);
}

/* receive - all that the child sends; -1 also when it falls silent or sends
 * nonsense, and then it may still be alive */
static int
receive(struct receiver *receiver, int64_t patience, struct err *err)
{
	int got = 1;

	while (got == 1 && !receiver->frames.ended) {
		got = read_more(receiver, patience, err);
		if (got == 1 && frames_unpack(&receiver->frames, err) == -1)
			return -1;
	}
	return got == -1 ? -1 : 0;
}

static int
spawn(const char *reader, const struct source *source, int fd,
    struct started *out, struct err *err)
{
	own(str) char *name = mem_text(reader);
	own(str) char *file = mem_text(source->path);
	char *argv[] = { isolate_title, name, file,
		source->at_once ? isolate_at_once : isolate_wait, NULL };
	const struct start start = { .what = START_READER, .path = START_SELF,
		.argv = argv, .fds = { -1, -1, -1, fd } };
	int error = start_program(&start, out);

	errno = error;
	return error == 0 ? 0 : err_sys(err, "start a reader for %s", file);
}

static const char *
reader_name(source_read *read)
{
	const struct isolate_reader *row = isolate_readers;

	while (row->name != NULL && row->read != read)
		row++;
	return row->name != NULL ? row->name : "none";
}

/* may_open - for the user on whose behalf we act (base/behalf.h), which the child
 * knows nothing of; all else it finds out itself */
static int
may_open(const char *path, struct err *err)
{
	const int now = setfsuid((uid_t)-1);
	own(fd) int fd = -1;

	/* -1: in a sandbox, whose reader may open what is outside of it */
	if (now == -1 || (uid_t)now == geteuid())
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd != -1 || errno != EACCES ? 0 :
	    err_sys(err, "open database %s", path);
}

/* isolate_read - read() in a child, its pairs here */
int
isolate_read(source_read *read, struct source *source, int64_t patience,
    struct err *err)
{
	own(fd) int in = -1;
	own(fd) int out = -1;
	struct receiver receiver = {
		.frames = { .source = source, .in = BUF } };
	struct err aftermath;
	struct started started;
	int ends[2], result;

	source->at_once = patience == 0;
	if (source->at_once)
		patience = SILENCE;
	if (may_open(source->path, err) == -1)
		return -1;
	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_sys(err, "make a pipe");
	receiver.fd = in = ends[0];
	out = ends[1];
	(void)fcntl(out, F_SETPIPE_SZ, PIPE_SIZE);
	if (spawn(reader_name(read), source, out, &started, err) == -1)
		return -1;
	(void)close(fd_give(&out));
	result = receive(&receiver, patience, err);
	if (result == -1) {
		start_kill(&started);
		(void)reap(&started, &receiver, &aftermath);
	} else {
		result = reap(&started, &receiver, err);
	}
	buf_drop(&receiver.frames.in);
	return result;
}
