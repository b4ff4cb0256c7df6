/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/writing.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"
#include "journal/footer.h"

/* writing_new - nothing on disk yet; new */
struct writing *
writing_new(struct spool *spool)
{
	struct writing *writing = mem_new(sizeof(*writing));

	writing->spool = spool;
	writing->held = (struct buf)BUF;
	buf_room(&writing->held, SUM_PIECE);
	writing->source = (struct spool_file)SPOOL_FILE;
	return writing;
}

/* writing_free - NULL */
struct writing *
writing_free(struct writing *writing)
{
	free(writing->committed);
	free(writing->promises);
	buf_drop(&writing->held);
	free(writing);
	return NULL;
}

/* writing_on_disk - whether there is a file */
bool
writing_on_disk(const struct writing *writing)
{
	return writing->commits > 0 || writing->source.fd != -1;
}

/* let_go - unlocked first: the kernel reports to watchers that a file was
 * closed before it takes the lock away, and they would find it locked */
static void
let_go(int fd)
{
	(void)flock(fd, LOCK_UN);
	(void)close(fd);
}

/* writing_end - readers may have what was committed */
void
writing_end(struct writing *writing)
{
	for (size_t i = 0; i < writing->commits; i++)
		let_go(writing->committed[i]);
	writing->commits = writing->promise_count = 0;
	spool_file_drop(writing->spool, &writing->source);
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

/* writing_stream - one whole piece goes to the source; now and then, whether
 * there is space for so much is asked */
int
writing_stream(struct writing *writing, struct err *err)
{
	struct iovec pieces[2] = { { writing->held.data, writing->held.len } };

	if (writing->streamed % (16 * SUM_PIECE) == 0 &&
	    check_space(writing->spool, err) == -1)
		return -1;
	if (writing->source.fd == -1 &&
	    spool_file_new(writing->spool, &writing->source, err) == -1)
		return -1;
	if (write_whole(writing->source.fd, pieces, err) == -1)
		return -1;
	writing->sum = footer_sum(writing->sum, writing->held.data, writing->held.len);
	writing->streamed += writing->held.len;
	buf_cut(&writing->held, 0);
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
begin_file(struct writing *writing, struct spool_file *out, struct err *err)
{
	struct spool_file file = SPOOL_FILE;

	if (spool_file_new(writing->spool, &file, err) == -1)
		return -1;
	if (copy_pieces(writing->source.fd, writing->streamed, file.fd,
	    err) == -1) {
		spool_file_drop(writing->spool, &file);
		return -1;
	}
	*out = file;
	return 0;
}

/* writing_trailer - envelope and footer */
int
writing_trailer(const struct writing *writing,
    const struct envelope *envelope, struct buf *out, struct err *err)
{
	uint64_t sum = writing->sum;

	envelope_format(envelope, out);
	if (out->len >= SPOOL_JSON_MAX)
		return err_set(err, ERR_NEVER,
		    "spool: envelope of %zu bytes, limit is %zu", out->len,
		    SPOOL_JSON_MAX);
	if (writing->held.len > 0)
		sum = footer_sum(sum, writing->held.data, writing->held.len);
	footer_format(out, writing->spool->boot, sum);
	return 0;
}

/* finish_file - everything after the whole pieces, then the name */
static int
finish_file(struct writing *writing, struct spool_file *file,
    const struct spool_entry *entry, const struct buf *trailer,
    struct err *err)
{
	struct iovec pieces[2] = { { writing->held.data, writing->held.len },
		{ trailer->data, trailer->len } };

	if (write_whole(file->fd, pieces, err) == -1)
		return -1;
	if (spool_file_publish(writing->spool, file, entry, err) == -1)
		return -1;
	writing->promises = mem_grow(writing->promises,
	    writing->promise_count + 1, sizeof(*writing->promises));
	writing->promises[writing->promise_count++] =
	    (struct writing_promise){ *entry, file->fd };
	return 0;
}

/* commit_further - a copy in a file of its own */
static int
commit_further(struct writing *writing, const struct spool_entry *entry,
    const struct buf *trailer, struct err *err)
{
	struct spool_file file;

	if (begin_file(writing, &file, err) == -1)
		return -1;
	if (finish_file(writing, &file, entry, trailer, err) == -1) {
		spool_file_drop(writing->spool, &file);
		return -1;
	}
	writing->committed = mem_grow(writing->committed, writing->commits + 1,
	    sizeof(*writing->committed));
	writing->committed[writing->commits++] = file.fd;
	return 0;
}

/* commit - the first copy of a streamed message is its source; whatever
 * becomes of it, the pieces stay for further ones */
static int
commit(struct writing *writing, const struct spool_entry *entry,
    const struct buf *trailer, struct err *err)
{
	if (writing->source.fd == -1 || writing->source_used)
		return commit_further(writing, entry, trailer, err);
	writing->source_used = true;
	return finish_file(writing, &writing->source, entry, trailer, err);
}

/* writing_commit - when ready/ is replaced between the making of a file and
 * its naming the two may be on different file systems: then once more */
int
writing_commit(struct writing *writing, const struct spool_entry *entry,
    const struct buf *trailer, struct err *err)
{
	const struct spool *spool = writing->spool;
	unsigned replaced = spool->replaced;
	int status;

	if (check_space(spool, err) == -1)
		return -1;
	status = commit(writing, entry, trailer, err);
	if (status == -1 && (replaced != spool->replaced ||
	    err->sys == EXDEV))
		status = commit_further(writing, entry, trailer, err);
	return status;
}

/* writing_take_back - the last n were promised to nobody */
void
writing_take_back(struct writing *writing, size_t n)
{
	for (; n > 0 && writing->promise_count > 0; n--) {
		const struct writing_promise *promise =
		    &writing->promises[--writing->promise_count];

		spool_file_take_back(writing->spool, promise->fd,
		    &promise->entry);
	}
}
