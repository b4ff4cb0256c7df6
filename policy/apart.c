/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/apart.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/own.h"

/*
 * What goes through the pipe: a frame, then key and value (PAIR) or a struct
 * err (ERROR).  END or ERROR is the last; a pipe that ends without was the
 * child's crash.
 */
enum frame_kind { LOCKED, PAIR, END, ERROR };

struct frame {
	uint32_t	kind;
	uint32_t	key_length;
	uint32_t	value_length;
};

enum {
	PIPE = 1 << 20,			/* fewer switches between the two */
	FLUSH = 1 << 16,		/* the child writes as much at once */
	STRING_MAX = 1 << 20,		/* of one key or value */
};

/* ---- the child ---- */

struct sender {
	struct source	 source;	/* what read() sees */
	int		 fd;
	struct buf	 out;
};

/* flush - write all; the parent's end is gone: so are we */
static void
flush(struct sender *sender)
{
	size_t at = 0;

	while (at < sender->out.len) {
		ssize_t n = write(sender->fd, sender->out.data + at,
		    sender->out.len - at);

		if (n == -1 && errno != EINTR)
			_exit(1);
		if (n > 0)
			at += (size_t)n;
	}
	buf_cut(&sender->out, 0);
}

static void
put(struct sender *sender, const struct frame *frame, const void *key,
    const void *value)
{
	buf_bytes(&sender->out, frame, sizeof(*frame));
	buf_bytes(&sender->out, key, frame->key_length);
	buf_bytes(&sender->out, value, frame->value_length);
	if (sender->out.len >= FLUSH)
		flush(sender);
}

static int
send_pair(struct source *source, const struct pair *pair, struct err *err)
{
	struct frame frame = { PAIR, (uint32_t)pair->key_length,
		(uint32_t)pair->value_length };

	if (pair->key_length > STRING_MAX || pair->value_length > STRING_MAX)
		return err_set(err, ERR_NEVER, "%s: a key or a value is longer "
		    "than %d bytes", source->path, STRING_MAX);
	put((struct sender *)source, &frame, pair->key, pair->value);
	return 0;
}

static void
send_locked(struct source *source)
{
	struct sender *sender = (struct sender *)source;

	put(sender, &(struct frame){ .kind = LOCKED }, "", "");
	flush(sender);
}

/* detach - keep nothing of the parent's: no descriptor but fd, which becomes
 * 3, no signal handler, no word on its stderr, no core file.  No life without
 * it either: it may have died before the prctl.  And no write to any file:
 * libdb mends what it takes for the end of a damaged one. */
static int
detach(pid_t parent, int fd)
{
	struct rlimit none = { 0 };
	sigset_t set;
	int null;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent ||
	    dup2(fd, 3) == -1)
		_exit(1);
	close_range(4, ~0U, 0);
	null = open("/dev/null", O_RDWR);
	for (int i = 0; i < 3 && null != -1; i++)
		dup2(null, i);
	if (setrlimit(RLIMIT_FSIZE, &none) == -1)
		_exit(1);
	setrlimit(RLIMIT_CORE, &none);
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return 3;
}

static _Noreturn void
child(source_read *read, const struct source *source, pid_t parent, int fd)
{
	struct sender sender = {
		.source = { .path = source->path, .pair = send_pair,
		    .locked = send_locked },
		.fd = detach(parent, fd),
		.out = BUF,
	};
	struct frame frame = { .kind = END };
	struct err err = { 0 };

	if (read(&sender.source, &err) == -1)
		frame = (struct frame){ ERROR, 0, sizeof(err) };
	put(&sender, &frame, "", &err);
	flush(&sender);
	_exit(0);
}

/* ---- the parent ---- */

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
	return err_set(err, ERR_LATER, "%s: its reader was killed",
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
	pid_t self = getpid(), pid;

	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_sys(err, "make a pipe");
	receiver.fd = in = ends[0];
	out = ends[1];
	(void)fcntl(out, F_SETPIPE_SZ, PIPE);
	pid = fork();
	if (pid == -1)
		return err_sys(err, "fork a reader");
	if (pid == 0)
		child(read, source, self, out);
	own_fd(&out);
	out = -1;
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
