/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/own.h"
#include "journal/footer.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_private.h"

/* What is read first: most envelopes are shorter. */
enum { TAIL = 1024 };

static int
damaged(struct err *err, const char *why)
{
	return err_set(err, ERR_NEVER, "%s", why);
}

/* read_at - n bytes that are there, unless the file is damaged */
static int
read_at(int fd, off_t at, size_t n, char *to, struct err *err)
{
	while (n > 0) {
		ssize_t got = AGAIN(pread(fd, to, n, at));

		if (got == -1)
			return err_sys(err, "spool: read");
		if (got == 0)
			return damaged(err, "cut off");
		to += got;
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

/* open_noatime - open for reading without updating atime, which would cost an
 * inode write for each copy; that is for the owner alone, so who has met a copy
 * of another does not try again */
static int
open_noatime(int dirfd, const char *name)
{
	static atomic_bool refused;
	int flags = O_RDONLY | O_NONBLOCK;
	int fd;

	if (refused)
		return spool_openat(dirfd, name, flags);
	fd = spool_openat(dirfd, name, flags | O_NOATIME);
	if (fd == -1 && errno == EPERM) {
		refused = true;
		fd = spool_openat(dirfd, name, flags);
	}
	return fd;
}

/* failed - whose fault it is, as the err has it */
static enum copy_status
failed(const struct err *err)
{
	return err->kind == ERR_NEVER ? COPY_BAD : COPY_TROUBLE;
}

/* open_locked - as copy_open() */
static enum copy_status
open_locked(const struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, int *out_fd, struct err *err)
{
	char name[SPOOL_NAME];
	own(fd) int fd = open_noatime(spool_placefd(spool, place),
	    spool_name(place, entry, name));

	if (fd == -1 && errno == ENOENT)
		return COPY_GONE;
	if (fd == -1) {
		if (errno == ELOOP)
			damaged(err, "a symbolic link");
		else
			err_sys(err, "spool: open '%s'", name);
		return failed(err);
	}
	if (AGAIN(flock(fd, LOCK_SH | LOCK_NB)) == -1) {
		if (errno == EWOULDBLOCK)
			return COPY_BUSY;
		err_sys(err, "spool: flock");
		return failed(err);
	}
	*out_fd = fd_give(&fd);
	return COPY_OPEN;
}

/* read_tail - the last n bytes of a file of that size, or as many as it has */
static int
read_tail(int fd, off_t size, size_t n, struct buf *out, struct err *err)
{
	if ((uint64_t)size < n)
		n = (size_t)size;
	buf_cut(out, 0);
	if (read_at(fd, size - (off_t)n, n, buf_room(out, n), err) == -1)
		return -1;
	out->len = n;
	return 0;
}

/* find_footer - at the end of what was read */
static int
find_footer(const struct buf *tail, off_t size, struct footer *out,
    struct err *err)
{
	if (tail->len < FOOTER_SIZE ||
	    !footer_parse(tail->data + tail->len - FOOTER_SIZE, out))
		return damaged(err, "no footer");
	if (out->json_size == 0 || out->json_size > SPOOL_JSON_MAX ||
	    out->json_size > size - FOOTER_SIZE)
		return damaged(err, "footer tells a wrong size");
	return 0;
}

/* read_trailer - footer and envelope, and whether all of it fits together;
 * tail is the end of the file, and left so */
static int
read_trailer(struct copy *copy, off_t size, struct buf *tail,
    struct footer *out, struct err *err)
{
	off_t length;
	const char *json, *line;
	size_t whole;

	if (find_footer(tail, size, out, err) == -1)
		return -1;
	whole = out->json_size + FOOTER_SIZE;
	if (whole > tail->len &&
	    read_tail(copy->fd, size, whole, tail, err) == -1)
		return -1;
	length = size - (off_t)whole;
	json = tail->data + tail->len - whole;
	line = json + out->json_size;
	if (!footer_fits(out, line, json))
		return damaged(err, "checksum of the envelope is wrong");
	if (envelope_parse(json, out->json_size, &copy->arena,
	    &copy->envelope, err) == -1)
		return -1;
	if (copy->envelope.length != (uint64_t)length)
		return damaged(err, "message is not as long as it was");
	if (copy->envelope.mid != copy->entry.mid)
		return damaged(err, "name of another copy");
	return 0;
}

/* since - when it was accepted or requeued, by the time of day that it is now:
 * within one boot there is a better clock, for the time of day may have been set
 * since, by years when a machine has no clock of its own */
static int64_t
since(const struct copy *copy)
{
	if (copy->entry.since != 0)
		return copy->entry.since;
	if (copy->other_boot || copy->envelope.booted <= 0 ||
	    copy->envelope.booted > clock_boot())
		return copy->envelope.accepted;
	return clock_wall() - (clock_boot() - copy->envelope.booted);
}

/* load - all of struct copy but what is there already; a file of up to small
 * bytes is kept */
static int
load(const struct spool *spool, struct copy *copy, const struct stat *st,
    size_t small, struct err *err)
{
	bool keep = (uint64_t)st->st_size <= small;
	own(buf) struct buf tail = BUF;
	struct footer footer;

	if (!S_ISREG(st->st_mode))
		return damaged(err, "not a file");
	if (read_tail(copy->fd, st->st_size, keep ? small : TAIL, &tail,
	    err) == -1 ||
	    read_trailer(copy, st->st_size, &tail, &footer, err) == -1)
		return -1;
	if (keep) {
		copy->small = tail;
		tail = (struct buf)BUF;
	}
	copy->sum = footer.message_sum;
	copy->touched = (int64_t)st->st_ctim.tv_sec * 1000 +
	    st->st_ctim.tv_nsec / 1000000;
	copy->other_boot = footer.boot == 0 || footer.boot != spool->boot;
	copy->since = since(copy);
	return 0;
}

/* open_copy - all but the message is whole */
static enum copy_status
open_copy(const struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, size_t small, struct copy *out,
    struct err *err)
{
	struct copy copy = { .entry = *entry, .fd = -1, .small = BUF };
	enum copy_status status;
	struct stat st;

	status = open_locked(spool, place, entry, &copy.fd, err);
	if (status != COPY_OPEN)
		return status;
	if (AGAIN(fstat(copy.fd, &st)) == -1) {
		err_sys(err, "spool: stat");
		status = failed(err);
	} else if (st.st_nlink == 0) {	/* gone between our opening and lock */
		status = COPY_GONE;
	} else if (load(spool, &copy, &st, small, err) == -1) {
		status = failed(err);
	}
	if (status != COPY_OPEN) {
		copy_close(&copy);
		return status;
	}
	*out = copy;
	return COPY_OPEN;
}

/* copy_peek - for the envelope's sake */
enum copy_status
copy_peek(const struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, struct copy *out, struct err *err)
{
	return open_copy(spool, place, entry, 0, out, err);
}

/* copy_open - a whole copy, or none */
enum copy_status
copy_open(const struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, struct copy *out, struct err *err)
{
	struct copy copy;
	enum copy_status status = open_copy(spool, place, entry, COPY_SMALL,
	    &copy, err);

	if (status != COPY_OPEN)
		return status;
	if (copy.other_boot && copy_verify(&copy, err) == -1) {
		copy_close(&copy);
		return failed(err);
	}
	*out = copy;
	return COPY_OPEN;
}

/* copy_close - as before copy_open() */
void
copy_close(struct copy *copy)
{
	if (copy->fd != -1)
		(void)close(copy->fd);
	arena_drop(&copy->arena);
	buf_drop(&copy->small);
	*copy = (struct copy){ .fd = -1, .small = BUF };
}

/* copy_read - from memory, if it is there */
int
copy_read(const struct copy *copy, uint64_t at, char *to, size_t n,
    struct err *err)
{
	if (at > copy->envelope.length || n > copy->envelope.length - at)
		return err_set(err, ERR_NEVER, "read beyond the message");
	if (copy->small.len == 0)
		return read_at(copy->fd, (off_t)at, n, to, err);
	memcpy(to, copy->small.data + at, n);
	return 0;
}

/* copy_verify - is the message what was written? */
int
copy_verify(const struct copy *copy, struct err *err)
{
	own(buf) struct buf piece = BUF;
	char *room = buf_room(&piece, SUM_PIECE);
	uint64_t length = copy->envelope.length, sum = 0;
	size_t n;

	for (uint64_t at = 0; at < length; at += n) {
		n = length - at < SUM_PIECE ? (size_t)(length - at) : SUM_PIECE;
		if (copy_read(copy, at, room, n, err) == -1)
			return -1;
		sum = footer_sum(sum, room, n);
	}
	if (sum != copy->sum)
		return damaged(err, "checksum of the message is wrong");
	return 0;
}
