/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/apart.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/apart_private.h"

enum { PIPE = 1 << 20 };	/* fewer switches between the two */

struct receiver {
	struct source	*source;
	int		 fd;
	struct buf	 in;
	bool		 locked;	/* the child got as far as reading */
	bool		 ended;
};

/* more - wait for bytes, and take them; 0: no more will come */
static int
more(struct receiver *receiver, int64_t patience, struct err *err)
{
	struct pollfd poll_fd = { .fd = receiver->fd, .events = POLLIN };
	int64_t deadline = clock_now() + patience, left;
	ssize_t n;
	int ready;

	do {
		left = deadline - clock_now();
		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready == -1 && errno == EINTR);
	if (ready == 0) {
		err_set(err, ERR_LATER, receiver->locked ?
		    "%s: reading stands still" :
		    "%s: locked by another program", receiver->source->path);
		err->sys = receiver->locked ? ETIMEDOUT : EWOULDBLOCK;
		return -1;
	}
	do
		n = read(receiver->fd, buf_room(&receiver->in, PIPE), PIPE);
	while (n == -1 && errno == EINTR);
	if (ready == -1 || n == -1)
		return err_sys(err, "read from the reader of %s",
		    receiver->source->path);
	receiver->in.len += (size_t)n;
	return n > 0;
}

/* hand_on - do what one whole frame says */
static int
hand_on(struct receiver *receiver, const struct frame *frame,
    const char *key, struct err *err)
{
	const char *value = key + frame->key_length;
	struct pair pair = { .key = key, .key_length = frame->key_length,
		.value = value, .value_length = frame->value_length };

	switch (frame->kind) {
	case LOCKED:
		receiver->locked = true;
		return 0;
	case PAIR:
		return receiver->source->pair(receiver->source, &pair, err);
	case END:
		receiver->ended = true;
		return 0;
	default:
		memcpy(err, value, sizeof(*err));
		return -1;
	}
}

/* is_sane - a child whose memory a damaged file has overwritten may send
 * anything */
static bool
is_sane(const struct frame *frame)
{
	return frame->kind <= ERROR && frame->key_length <= STRING_MAX &&
	    frame->value_length <= STRING_MAX &&
	    (frame->kind != ERROR || frame->value_length == sizeof(struct err));
}

/* unpack - hand on the frames that are whole */
static int
unpack(struct receiver *receiver, struct err *err)
{
	struct frame frame;
	size_t at = 0, rest;

	while (!receiver->ended &&
	    (rest = receiver->in.len - at) >= sizeof(frame)) {
		const char *bytes = receiver->in.data + at;

		memcpy(&frame, bytes, sizeof(frame));
		if (!is_sane(&frame))
			return err_set(err, ERR_NEVER, "%s: damaged",
			    receiver->source->path);
		rest -= sizeof(frame);
		if (rest < (size_t)frame.key_length + frame.value_length)
			break;
		if (hand_on(receiver, &frame, bytes + sizeof(frame), err) == -1)
			return -1;
		at += sizeof(frame) + frame.key_length + frame.value_length;
	}
	buf_shift(&receiver->in, at);
	return 0;
}

/* bury - the end of the child, whose crash is the file's fault */
static int
bury(pid_t pid, const struct receiver *receiver, struct err *err)
{
	int status = 0;

	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (receiver->ended)
		return 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		return err_set(err, ERR_NEVER, "%s: damaged (reading it ended "
		    "in: %s)", receiver->source->path,
		    strsignal(WTERMSIG(status)));
	return err_set(err, ERR_LATER, "%s: its reader gave up",
	    receiver->source->path);
}

/* receive - hear the child out; -1 also when it fell silent or talks rubbish,
 * and then it may still be alive */
static int
receive(struct receiver *receiver, int64_t patience, struct err *err)
{
	int got = 1;

	while (got == 1 && !receiver->ended) {
		got = more(receiver, patience, err);
		if (got == 1 && unpack(receiver, err) == -1)
			return -1;
	}
	return got == -1 ? -1 : 0;
}

/* spawn_with - start this program anew: no descriptor but fd, no signal
 * ignored or blocked, stdin to stderr nowhere; an errno, or 0 */
static int
spawn_with(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attr,
    char *const argv[], int fd, pid_t *out_pid)
{
	sigset_t set;
	int error = 0;

	for (int i = 0; i < PIPE_FD && error == 0; i++)
		error = posix_spawn_file_actions_addopen(actions, i,
		    "/dev/null", O_RDWR, 0);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, fd, PIPE_FD);
	if (error == 0)
		error = posix_spawn_file_actions_addclosefrom_np(actions,
		    PIPE_FD + 1);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(attr, &set);
	posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return error != 0 ? error : posix_spawn(out_pid, "/proc/self/exe",
	    actions, attr, argv, environ);
}

static int
spawn(const char *reader, const char *path, int fd, pid_t *out_pid,
    struct err *err)
{
	own(str) char *name = mem_text(reader);
	own(str) char *file = mem_text(path);
	char *argv[] = { apart_title, name, file, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	error = spawn_with(&actions, &attr, argv, fd, out_pid);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	errno = error;
	return error == 0 ? 0 : err_sys(err, "start a reader for %s", path);
}

static const char *
reader_name(source_read *read)
{
	const struct apart_reader *row = apart_readers;

	while (row->name != NULL && row->read != read)
		row++;
	return row->name != NULL ? row->name : "none";
}

/* apart_read - read() in a child, its pairs here */
int
apart_read(source_read *read, struct source *source, int64_t patience,
    struct err *err)
{
	own(fd) int in = -1;
	own(fd) int out = -1;
	struct receiver receiver = { .source = source, .in = BUF };
	struct err aftermath;
	int ends[2], result;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_sys(err, "make a pipe");
	receiver.fd = in = ends[0];
	out = ends[1];
	(void)fcntl(out, F_SETPIPE_SZ, PIPE);
	if (spawn(reader_name(read), source->path, out, &pid, err) == -1)
		return -1;
	(void)close(fd_give(&out));
	result = receive(&receiver, patience, err);
	if (result == -1) {
		kill(pid, SIGKILL);
		(void)bury(pid, &receiver, &aftermath);
	} else {
		result = bury(pid, &receiver, err);
	}
	buf_drop(&receiver.in);
	return result;
}
