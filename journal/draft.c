/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A message on its way into the spool:
 *
 *	source		whole pieces of 64 kB, in a file as soon as there is one
 *	held		what came after the last whole piece
 *
 * The first copy is the source itself, with what is held and the trailer
 * behind it in one writev.  A further copy gets a file of its own, into which
 * the whole pieces are copied.  What a failed commit left behind the pieces
 * does not matter to those.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"
#include "journal/footer.h"
#include "journal/spool.h"
#include "journal/spool_private.h"

#define BROKEN "spool: an earlier write of this message failed"

struct draft {
	struct spool	*spool;
	struct buf	 held;
	uint64_t	 sum;		/* of the whole pieces */
	uint64_t	 streamed;	/* their bytes */
	struct spool_file source;
	bool		 source_used;	/* by a commit, for better or worse */
	bool		 broken;	/* a write failed: bytes are missing */
	int		*committed;	/* descriptors that hold the locks */
	size_t		 commits;
};

/* draft_new - nothing on disk yet */
struct draft *
draft_new(struct spool *spool)
{
	struct draft *draft = mem_new(sizeof(*draft));

	draft->spool = spool;
	draft->held = (struct buf)BUF;
	buf_room(&draft->held, SUM_PIECE);
	draft->source = (struct spool_file)SPOOL_FILE;
	return draft;
}

/* let_go - unlocked first: the kernel tells those who watch that a file was
 * closed before it takes the lock away, and they would find it locked */
static void
let_go(int fd)
{
	(void)flock(fd, LOCK_UN);
	(void)close(fd);
}

/* draft_free - readers may have what was committed */
struct draft *
draft_free(struct draft *draft)
{
	if (draft == NULL)
		return NULL;
	for (size_t i = 0; i < draft->commits; i++)
		let_go(draft->committed[i]);
	free(draft->committed);
	spool_file_drop(draft->spool, &draft->source);
	buf_drop(&draft->held);
	free(draft);
	return NULL;
}

/* write_whole - all of two pieces, however many calls it takes */
static int
write_whole(int fd, struct iovec pieces[2], struct err *err)
{
	int first = 0;

	while (first < 2) {
		ssize_t n = AGAIN(writev(fd, pieces + first, 2 - first));

		if (n == -1)
			return err_sys(err, "spool");
		while (first < 2 && (size_t)n >= pieces[first].iov_len)
			n -= (ssize_t)pieces[first++].iov_len;
		if (first < 2) {
			pieces[first].iov_base =
			    (char *)pieces[first].iov_base + n;
			pieces[first].iov_len -= (size_t)n;
		}
	}
	return 0;
}

/* check_space - leave to others what is theirs */
static int
check_space(const struct spool *spool, struct err *err)
{
	int64_t least = spool->min_free_space;
	struct statvfs fs;

	if (least <= 0)
		return 0;
	if (AGAIN(fstatvfs(spool->ready, &fs)) == -1)
		return err_sys(err, "spool: statvfs");
	if ((uint64_t)fs.f_bavail * fs.f_frsize < (uint64_t)least)
		return err_set(err, ERR_LATER, "spool: less than %lld bytes free",
		    (long long)least);
	return 0;
}

/* stream_held - one whole piece goes to the source; now and then, whether
 * there is space for so much is asked */
static int
stream_held(struct draft *draft, struct err *err)
{
	struct iovec pieces[2] = { { draft->held.data, draft->held.len } };

	if (draft->streamed % (16 * SUM_PIECE) == 0 &&
	    check_space(draft->spool, err) == -1)
		return -1;
	if (draft->source.fd == -1 &&
	    spool_file_new(draft->spool, &draft->source, err) == -1)
		return -1;
	if (write_whole(draft->source.fd, pieces, err) == -1)
		return -1;
	draft->sum = footer_sum(draft->sum, draft->held.data, draft->held.len);
	draft->streamed += draft->held.len;
	buf_cut(&draft->held, 0);
	return 0;
}

/* draft_write - more of the message */
int
draft_write(struct draft *draft, const void *bytes, size_t n, struct err *err)
{
	const char *p = bytes;

	if (draft->broken)
		return err_set(err, ERR_LATER, BROKEN);
	while (n > 0) {
		size_t room = SUM_PIECE - draft->held.len;
		size_t step = n < room ? n : room;

		if (room == 0 && stream_held(draft, err) == -1) {
			draft->broken = true;
			return -1;
		}
		buf_bytes(&draft->held, p, step);
		p += step;
		n -= step;
	}
	return 0;
}

/* copy_by_hand - where the file system cannot */
static int
copy_by_hand(int from, off_t at, off_t end, int to, struct err *err)
{
	own(buf) struct buf piece = BUF;
	char *room = buf_room(&piece, SUM_PIECE);

	while (at < end) {
		size_t want = end - at < (off_t)SUM_PIECE ? (size_t)(end - at) :
		    SUM_PIECE;
		ssize_t n = AGAIN(pread(from, room, want, at));
		struct iovec pieces[2] = { { room, (size_t)n } };

		if (n == -1)
			return err_sys(err, "spool: read");
		if (n == 0)
			return err_set(err, ERR_LATER, "spool: file cut off");
		if (write_whole(to, pieces, err) == -1)
			return -1;
		at += n;
	}
	return 0;
}

/* copy_pieces - the first n bytes of one file to the begin of another */
static int
copy_pieces(int from, uint64_t n, int to, struct err *err)
{
	off_t at = 0, end = (off_t)n;

	while (at < end) {
		ssize_t copied = AGAIN(copy_file_range(from, &at, to, NULL,
		    (size_t)(end - at), 0));

		if (copied <= 0)
			return copy_by_hand(from, at, end, to, err);
	}
	return 0;
}

/* begin_file - one that holds the whole pieces */
static int
begin_file(struct draft *draft, struct spool_file *out, struct err *err)
{
	struct spool_file file = SPOOL_FILE;

	if (spool_file_new(draft->spool, &file, err) == -1)
		return -1;
	if (copy_pieces(draft->source.fd, draft->streamed, file.fd,
	    err) == -1) {
		spool_file_drop(draft->spool, &file);
		return -1;
	}
	*out = file;
	return 0;
}

/* format_trailer - what stands behind the message */
static int
format_trailer(const struct draft *draft, const struct envelope *envelope,
    struct buf *out, struct err *err)
{
	uint64_t sum = draft->sum;

	envelope_format(envelope, out);
	if (out->len >= SPOOL_JSON_MAX)
		return err_set(err, ERR_NEVER,
		    "spool: envelope of %zu bytes, limit is %zu", out->len,
		    SPOOL_JSON_MAX);
	if (draft->held.len > 0)
		sum = footer_sum(sum, draft->held.data, draft->held.len);
	footer_format(out, draft->spool->boot, sum);
	return 0;
}

/* finish_file - everything behind the whole pieces, then the name */
static int
finish_file(struct draft *draft, struct spool_file *file,
    const struct envelope *envelope, struct err *err)
{
	struct spool_entry entry = { .mid = envelope->mid };
	own(buf) struct buf trailer = BUF;
	struct iovec pieces[2];

	if (format_trailer(draft, envelope, &trailer, err) == -1)
		return -1;
	pieces[0] = (struct iovec){ draft->held.data, draft->held.len };
	pieces[1] = (struct iovec){ trailer.data, trailer.len };
	if (write_whole(file->fd, pieces, err) == -1)
		return -1;
	return spool_file_publish(draft->spool, file, &entry, err);
}

/* commit_source - the first copy of a streamed message; whatever becomes of
 * it, the pieces stay for further ones */
static int
commit_source(struct draft *draft, const struct envelope *envelope,
    struct err *err)
{
	draft->source_used = true;
	return finish_file(draft, &draft->source, envelope, err);
}

/* commit_further - a copy in a file of its own */
static int
commit_further(struct draft *draft, const struct envelope *envelope,
    struct err *err)
{
	struct spool_file file;

	if (begin_file(draft, &file, err) == -1)
		return -1;
	if (finish_file(draft, &file, envelope, err) == -1) {
		spool_file_drop(draft->spool, &file);
		return -1;
	}
	draft->committed = mem_grow(draft->committed, draft->commits + 1,
	    sizeof(*draft->committed));
	draft->committed[draft->commits++] = file.fd;
	return 0;
}

/* draft_commit - one durable copy */
int
draft_commit(struct draft *draft, const struct envelope *envelope,
    struct err *err)
{
	if (draft->broken)
		return err_set(err, ERR_LATER, BROKEN);
	if (envelope->mid == 0 || envelope->mid > INT64_MAX)
		return err_set(err, ERR_NEVER, "spool: bad MID");
	if (envelope->length != draft->streamed + draft->held.len)
		return err_set(err, ERR_NEVER,
		    "spool: envelope tells another length than was written");
	if (check_space(draft->spool, err) == -1)
		return -1;
	if (draft->source.fd != -1 && !draft->source_used)
		return commit_source(draft, envelope, err);
	return commit_further(draft, envelope, err);
}
