/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of the counters: found, taken over from an earlier boot, or made.
 *
 * Whoever takes it over holds its lock.  Whoever makes it holds that of the new
 * file and looks again, so of several one makes it; it is made whole under
 * another name, so an empty one under its own is taken for new only where it was
 * set up for two users, and no number was ever handed out.  No lock is waited for
 * but at a start, and then not for long.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters/counters_private.h"
#include "base/group_readable.h"
#include "base/own.h"

#define NEW_FILE "counters.new"
#define DAMAGED_FILE "counters.damaged"

enum { LOCK_LOOK = 10 };	/* ms */

enum found { FOUND, ABSENT, BAD, NOT_NOW };

static bool
page_sound(const void *bytes)
{
	return numbers_sound(bytes);
}

/* page_leave - memory reserves nothing */
static void
page_leave(void *bytes)
{
	struct counters_page *page = bytes;

	page->series[MID].reserved = page->series[DCID].reserved = 0;
}

const struct mapped_kind counters_kind = { .name = COUNTERS_FILE,
    .size = SIZE, .sound = page_sound, .leave = page_leave };

/* read_boot_id - what this run of the kernel is called; false: not known,
 * and then no file can be of this boot */
static bool
read_boot_id(char out[BOOT_ID])
{
	own(fd) int fd = open("/proc/sys/kernel/random/boot_id",
	    O_RDONLY | O_CLOEXEC);

	memset(out, 0, BOOT_ID);
	return fd != -1 && read(fd, out, BOOT_ID - 1) > 0;
}

static int
lock(int fd, int patience, struct err *err)
{
	int64_t end = clock_now() + patience;

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(err, "lock %s", COUNTERS_FILE);
		if (clock_now() >= end)
			return err_set(err, ERR_LATER, "%s is locked",
			    COUNTERS_FILE);
		usleep(LOCK_LOOK * 1000);
	}
	return 0;
}

static int
write_page(int fd, const union counters_whole *page, struct err *err)
{
	ssize_t n = pwrite(fd, page, SIZE, 0);

	if (n >= 0 && n < SIZE)
		errno = ENOSPC;
	if (n < SIZE || fsync(fd) == -1)
		return err_sys(err, "write %s", COUNTERS_FILE);
	return 0;
}

/* renew - after a reboot: go on after what is known to be reserved */
static int
renew(union counters_whole *whole, int fd, struct err *err)
{
	struct counters_page *page = &whole->page;
	char boot_id[BOOT_ID];

	if (read_boot_id(boot_id) &&
	    memcmp(page->boot_id, boot_id, BOOT_ID) == 0)
		return 0;
	for (int i = 0; i < SERIES; i++) {
		struct counters_series *numbers = &page->series[i];

		numbers_raise(&numbers->last, numbers->promised);
		numbers->reserved = numbers->promised;
		numbers_seal(page, i, numbers->promised);
	}
	page->value[COUNT_CONNECTIONS_OUT] = 0;
	memcpy(page->boot_id, boot_id, BOOT_ID);
	return write_page(fd, whole, err);
}

/* open_failed - whether that may be otherwise in a moment */
static enum found
open_failed(struct err *err)
{
	int error = errno;

	err_sys(err, "open %s", COUNTERS_FILE);
	if (error == ENOENT)
		return ABSENT;
	return error == EMFILE || error == ENFILE || error == ENOMEM ?
	    NOT_NOW : BAD;
}

/* start - where the numbers of a new file begin */
static uint64_t
start(struct counters *counters, int series, enum found found)
{
	uint64_t floor = series == MID ? counters->floor : 0;
	uint64_t now = numbers_now();

	return (found == ABSENT && !counters->used) || now < floor ? floor :
	    now;
}

/* fill - the page of a new file: the counters go on as they were known last,
 * or as the damaged file has them, if they can be told there */
static void
fill(struct counters *counters, enum found found, union counters_whole *page)
{
	const union counters_whole *known = mapped_before(counters->mapped);
	bool has_magic = memcmp(page->page.magic, COUNTERS_MAGIC,
	    sizeof(page->page.magic)) == 0;

	if (memcmp(known->page.magic, COUNTERS_MAGIC,
	    sizeof(known->page.magic)) == 0)
		*page = *known;
	else if (!has_magic)
		memset(page, 0, SIZE);
	memcpy(page->page.magic, COUNTERS_MAGIC, sizeof(page->page.magic));
	(void)read_boot_id(page->page.boot_id);
	for (int i = 0; i < SERIES; i++) {
		struct counters_series *numbers = &page->page.series[i];

		memset(page->page.seals[i], 0, sizeof(page->page.seals[i]));
		numbers->last = start(counters, i, found);
		numbers->reserved = numbers->promised = numbers->last;
		numbers_seal(&page->page, i, numbers->promised);
	}
}

/* begin - fill a file that was set up empty for those who may not make one in its
 * directory, and that nobody has used: 0; what else is empty is damaged */
static int
begin(struct counters *counters, int fd, union counters_whole *page)
{
	struct stat st;
	struct err ignored;
	gid_t group;

	if (counters->used || !group_writers(counters->dirfd, &group) ||
	    fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    st.st_size != 0)
		return -1;
	fill(counters, ABSENT, page);
	return write_page(fd, page, &ignored);
}

/* find - the file, whole, sound, and of this boot; what could be read of one
 * that is BAD is in the page */
static enum found
find(struct counters *counters, int patience, union counters_whole *page,
    int *out_fd, struct err *err)
{
	own(fd) int fd = openat(counters->dirfd, COUNTERS_FILE,
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	memset(page, 0, SIZE);
	if (fd == -1)
		return open_failed(err);
	if (lock(fd, patience, err) == -1)
		return NOT_NOW;
	if (mapped_look(&counters_kind, fd, page, err) == -1 &&
	    begin(counters, fd, page) == -1)
		return BAD;
	if (renew(page, fd, err) == -1)
		return NOT_NOW;
	(void)flock(fd, LOCK_UN);
	*out_fd = fd_give(&fd);
	return FOUND;
}

/* put - a new file in its place; the one that was there is set aside */
static int
put(struct counters *counters, int fd, enum found found,
    union counters_whole *page, struct err *err)
{
	int dirfd = counters->dirfd;

	if (found == BAD && renameat(dirfd, COUNTERS_FILE, dirfd,
	    DAMAGED_FILE) == -1)
		return err_sys(err, "rename %s", COUNTERS_FILE);
	fill(counters, found, page);
	/* Real blocks: a hole in a mapped file is lost on a full disk. */
	if (ftruncate(fd, SIZE) == -1)
		return err_sys(err, "write %s", COUNTERS_FILE);
	errno = posix_fallocate(fd, 0, SIZE);
	if (errno != 0)
		return err_sys(err, "write %s", COUNTERS_FILE);
	if (write_page(fd, page, err) == -1)
		return -1;
	if (renameat(dirfd, NEW_FILE, dirfd, COUNTERS_FILE) == -1)
		return err_sys(err, "rename %s", NEW_FILE);
	if (fsync(dirfd) == -1)
		return err_sys(err, "sync %s", COUNTERS_FILE);
	return 0;
}

/* tell_made - why it was, unless there never was one */
static void
tell_made(struct counters *counters, enum found found,
    const union counters_whole *page, const struct err *why)
{
	uint64_t last = page->page.series[MID].last;

	if (found == BAD)
		counters_tell(counters, "%s: set aside as %s; MIDs go on from "
		    "%" PRIu64, why->text, DAMAGED_FILE, last);
	else if (counters->used)
		counters_tell(counters, "%s: made again; MIDs go on from "
		    "%" PRIu64, why->text, last);
}

/* make - the file, unless somebody was faster; why: there is none */
static int
make(struct counters *counters, int patience, int *out_fd, struct err *err)
{
	own(fd) int fd = openat(counters->dirfd, NEW_FILE,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	union counters_whole page;
	enum found found;
	struct err why;

	if (fd == -1)
		return err_sys(err, "make %s", COUNTERS_FILE);
	if (lock(fd, patience, err) == -1)
		return -1;
	found = find(counters, patience, &page, out_fd, &why);
	if (found == FOUND)
		return 0;
	if (found == NOT_NOW) {
		*err = why;
		return -1;
	}
	if (put(counters, fd, found, &page, err) == -1)
		return -1;
	tell_made(counters, found, &page, &why);
	(void)flock(fd, LOCK_UN);
	*out_fd = fd_give(&fd);
	return 0;
}

/* carry_over - what was counted in memory meanwhile */
static void
carry_over(struct counters *counters)
{
	const struct counters_page *memory = mapped_memory(counters->mapped);
	const struct counters_page *before = mapped_before(counters->mapped);
	uint64_t more[VALUES];

	for (int i = 0; i < VALUES; i++)
		more[i] = memory->value[i] - before->value[i];
	/* A time of something that happened last is no sum. */
	for (int i = 0; i < VALUES; i++)
		if (i == COUNT_LAST_MESSAGE || i == COUNT_LAST_DELIVERY)
			numbers_raise(&counters->page->value[i],
			    memory->value[i]);
		else if (more[i] != 0)
			atomic_fetch_add(&counters->page->value[i], more[i]);
}

/* share - with whoever may look into the directory */
static void
share(struct counters *counters, int fd)
{
	struct err err;

	if (group_writable(counters->dirfd, fd, COUNTERS_FILE, &err) == -1)
		counters_tell(counters, "%s: add this program's user to it, "
		    "or its members see no status", err.text);
}

/* counters_attach - find the file or make it */
int
counters_attach(struct counters *counters, int patience, struct err *err)
{
	own(fd) int fd = -1;
	union counters_whole page;

	switch (find(counters, patience, &page, &fd, err)) {
	case FOUND:
		break;
	case NOT_NOW:
		return -1;
	case ABSENT:
	case BAD:
		if (make(counters, patience, &fd, err) == -1)
			return -1;
	}
	share(counters, fd);
	if (mapped_attach(counters->mapped, fd, true, err) == -1)
		return -1;
	(void)fd_give(&fd);
	carry_over(counters);
	(void)mapped_keep(counters->mapped, err);
	numbers_raise(&counters->page->series[MID].last, counters->floor);
	counters->attached = counters->used = true;
	counters->attached_at = clock_now();
	return 0;
}
