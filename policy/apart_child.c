/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The child of apart.c: from before main() to _exit().
 */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/again.h"
#include "base/buf.h"
#include "base/own.h"
#include "policy/apart_private.h"

enum { FLUSH = 1 << 16 };	/* written at once */

const struct apart_reader apart_readers[] = {
	{ "btree", btree_read },
	{ "cdb", cdb_read_all },
	{ "hash", hash_read },
	{ "lmdb", lmdb_read },
	{ NULL, NULL }
};

char apart_title[] = "tdc-table-reader";
char apart_waits[] = "wait", apart_hurries[] = "at-once";

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

/* confine - no life without the parent, no core file, a crash that is seen as
 * one, and no write to any file: libdb mends what it takes for the end of a
 * damaged one */
static void
confine(void)
{
	struct rlimit none = { 0 };

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 ||
	    setrlimit(RLIMIT_FSIZE, &none) == -1)
		_exit(1);
	setrlimit(RLIMIT_CORE, &none);
}

static _Noreturn void
serve(source_read *read, const char *path, bool at_once)
{
	struct sender sender = {
		.source = { .path = path, .at_once = at_once,
		    .pair = send_pair, .locked = send_locked },
		.fd = PIPE_FD,
		.out = BUF,
	};
	struct frame frame = { .kind = END };
	struct err err = { 0 };

	confine();
	if (read(&sender.source, &err) == -1)
		frame = (struct frame){ ERROR, 0, sizeof(err) };
	put(&sender, &frame, "", &err);
	flush(&sender);
	_exit(0);
}

/* be_reader - before main(): "tdc-table-reader READER PATH WORD" is never a
 * program's own command line */
__attribute__((constructor)) static void
be_reader(int argc, char **argv)
{
	if (argc != 4 || strcmp(argv[0], apart_title) != 0)
		return;
	for (const struct apart_reader *r = apart_readers; r->name != NULL; r++)
		if (strcmp(argv[1], r->name) == 0)
			serve(r->read, argv[2],
			    strcmp(argv[3], apart_hurries) == 0);
	_exit(1);
}
