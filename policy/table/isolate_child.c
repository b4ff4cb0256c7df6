/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The child of isolate.c: from before main() to _exit().
 */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/own.h"
#include "base/sandbox/sandbox_reader.h"
#include "base/start/start.h"
#include "policy/table/isolate_private.h"

enum { FLUSH = 1 << 16 };	/* written at once */

const struct isolate_reader isolate_readers[] = {
	{ "btree", btree_read },
	{ "cdb", cdb_read_all },
	{ "hash", hash_read },
	{ "lmdb", lmdb_read },
	{ NULL, NULL }
};

char isolate_title[] = START_READER_TITLE;
char isolate_wait[] = "wait", isolate_at_once[] = "at-once";

struct sender {
	struct source	 source;	/* what read() sees */
	int		 fd;
	struct buf	 out;
};

/* flush - write all; end when the parent's end of the pipe is gone */
static void
flush(struct sender *sender)
{
	size_t at = 0;

	while (at < sender->out.len) {
		ssize_t n = AGAIN(write(sender->fd, sender->out.data + at,
		    sender->out.len - at));

		if (n == -1)
			_exit(1);
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
send_pair(struct source *source, const struct source_pair *pair,
    struct err *err)
{
	struct frame frame = { FRAME_PAIR, (uint32_t)pair->key_length,
		(uint32_t)pair->value_length };

	if (pair->key_length > FRAME_TEXT_MAX ||
	    pair->value_length > FRAME_TEXT_MAX)
		return err_set(err, ERR_NEVER, "%s: a key or a value is longer "
		    "than %d bytes", source->path, FRAME_TEXT_MAX);
	put((struct sender *)source, &frame, pair->key, pair->value);
	return 0;
}

static void
send_locked(struct source *source)
{
	struct sender *sender = (struct sender *)source;

	put(sender, &(struct frame){ .kind = FRAME_LOCKED }, "", "");
	flush(sender);
}

/* confine - die with the parent, leave no core file, let a crash be seen as
 * one, write to no file, since libdb repairs what it takes for the end of a
 * damaged one; and reach nothing but this one */
static void
confine(const char *path)
{
	struct rlimit none = { 0 };

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    setrlimit(RLIMIT_FSIZE, &none) == -1)
		_exit(1);
	setrlimit(RLIMIT_CORE, &none);
	sandbox_reader(path);
}

static _Noreturn void
serve(source_read *read, const char *path, bool at_once)
{
	struct sender sender = {
		.source = { .path = path, .at_once = at_once,
		    .pair = send_pair, .locked = send_locked },
		.fd = ISOLATE_FD,
		.out = BUF,
	};
	struct frame frame = { .kind = FRAME_END };
	struct err err = { 0 };

	confine(path);
	if (read(&sender.source, &err) == -1)
		frame = (struct frame){ FRAME_ERROR, 0, sizeof(err) };
	put(&sender, &frame, "", &err);
	flush(&sender);
	_exit(0);
}

/* be_reader - before main(): no program of ours is called as
 * "tdc-table-reader READER PATH WORD" otherwise */
__attribute__((constructor)) static void
be_reader(int argc, char **argv)
{
	if (argc != 4 || strcmp(argv[0], isolate_title) != 0)
		return;
	for (size_t i = 0; isolate_readers[i].name != NULL; i++)
		if (strcmp(argv[1], isolate_readers[i].name) == 0)
			serve(isolate_readers[i].read, argv[2],
			    strcmp(argv[3], isolate_at_once) == 0);
	_exit(1);
}
