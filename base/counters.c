/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/counters.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"

#define FILE_NAME "counters"
#define NEW_NAME "counters.new"
#define MAGIC "TDCcnt\n\1"	/* the last byte is the version */

enum { BLOCK = 10000, BOOT_ID = 40, VALUES = 128, SIZE = 4096 };

const struct counter_row counter_rows[COUNTERS] = {
#define COUNTER(name, label, meaning) [COUNT_##name] = { label, meaning },
#include "base/counters_list.h"
#undef COUNTER
};

/*
 * A series of numbers: last was handed out; up to reserved may be without
 * asking; promised is reserved as it is known to be on disk.  promised is
 * raised and synced first, reserved after, so whoever sees a number below
 * reserved can rely on the disk.
 */
struct series {
	_Atomic uint64_t last;
	_Atomic uint64_t reserved;
	_Atomic uint64_t promised;
};

struct page {
	char		 magic[8];
	char		 boot_id[BOOT_ID];
	struct series	 mid, dcid;
	_Atomic uint64_t value[VALUES];
};
_Static_assert(sizeof(struct page) <= SIZE, "the file is one page");
_Static_assert((int)COUNTERS <= (int)VALUES, "each counter has its place");

struct counters {
	int		 fd;
	struct page	*page;
	pthread_mutex_t	 reserving;	/* flock is for other processes */
};

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

static struct page *
map(int fd, int protection)
{
	return mmap(NULL, SIZE, protection, MAP_SHARED, fd, 0);
}

static void
series_start(struct series *series, uint64_t from)
{
	series->last = from;
	series->reserved = from;
	series->promised = from;
}

/* series_resume - after a reboot: go on behind what is known to be reserved */
static void
series_resume(struct series *series)
{
	if (series->last < series->promised)
		series->last = series->promised;
	series->reserved = series->promised;
}

/* prepare - make a new file whole, or take over one of an earlier boot;
 * called with the file locked */
static int
prepare(struct counters *counters, int dirfd, bool is_new, uint64_t floor,
    struct err *err)
{
	struct page *page = counters->page;
	char boot_id[BOOT_ID];
	bool known = read_boot_id(boot_id);

	if (is_new) {
		series_start(&page->mid, floor);
		series_start(&page->dcid, 0);
	} else if (memcmp(page->magic, MAGIC, sizeof(page->magic)) != 0) {
		return err_set(err, ERR_NEVER, "%s: damaged, or of another "
		    "version: move it away to start counting anew", FILE_NAME);
	} else if (!known || memcmp(page->boot_id, boot_id, BOOT_ID) != 0) {
		series_resume(&page->mid);
		series_resume(&page->dcid);
		page->value[COUNT_CONNECTIONS_OUT] = 0;
	} else {
		return 0;
	}
	memcpy(page->boot_id, boot_id, BOOT_ID);
	memcpy(page->magic, MAGIC, sizeof(page->magic));
	if (msync(page, SIZE, MS_SYNC) == -1 || fsync(dirfd) == -1)
		return err_sys(err, "sync %s", FILE_NAME);
	return 0;
}

/* map_locked - map a file that is locked */
static int
map_locked(struct counters *counters, struct err *err)
{
	struct stat st;

	if (fstat(counters->fd, &st) == -1)
		return err_sys(err, "stat %s", FILE_NAME);
	if (st.st_size != SIZE)
		return err_set(err, ERR_NEVER,
		    "%s: damaged (%lld bytes): move it away to start counting "
		    "anew", FILE_NAME, (long long)st.st_size);
	counters->page = map(counters->fd, PROT_READ | PROT_WRITE);
	if (counters->page == MAP_FAILED) {
		counters->page = NULL;
		return err_sys(err, "map %s", FILE_NAME);
	}
	return 0;
}

/*
 * make_file - a new file is made whole under another name, so that an empty
 * one under its own is never taken for new: numbers would begin again.
 */
static int
make_file(struct counters *counters, int dirfd, uint64_t floor,
    struct err *err)
{
	own(fd) int fd = openat(dirfd, NEW_NAME,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd == -1 || flock(fd, LOCK_EX) == -1)
		return err_sys(err, "make %s", FILE_NAME);
	if (faccessat(dirfd, FILE_NAME, F_OK, 0) == 0)
		return 0;	/* somebody was faster, and holds no lock now */
	/* Real blocks: a hole in a mapped file kills on a full disk. */
	errno = posix_fallocate(fd, 0, SIZE);
	if (errno != 0)
		return err_sys(err, "write %s", FILE_NAME);
	counters->fd = fd;
	if (map_locked(counters, err) == -1 ||
	    prepare(counters, dirfd, true, floor, err) == -1) {
		counters->fd = -1;
		return -1;
	}
	munmap(counters->page, SIZE);
	counters->page = NULL;
	counters->fd = -1;
	if (renameat(dirfd, NEW_NAME, dirfd, FILE_NAME) == -1 ||
	    fsync(dirfd) == -1)
		return err_sys(err, "rename %s", NEW_NAME);
	return 0;
}

static int
open_file(struct counters *counters, int dirfd, uint64_t floor,
    struct err *err)
{
	static const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;

	counters->fd = openat(dirfd, FILE_NAME, flags);
	if (counters->fd == -1 && errno == ENOENT) {
		if (make_file(counters, dirfd, floor, err) == -1)
			return -1;
		counters->fd = openat(dirfd, FILE_NAME, flags);
	}
	if (counters->fd == -1)
		return err_sys(err, "open %s", FILE_NAME);
	if (flock(counters->fd, LOCK_EX) == -1)
		return err_sys(err, "lock %s", FILE_NAME);
	if (map_locked(counters, err) == -1 ||
	    prepare(counters, dirfd, false, 0, err) == -1)
		return -1;
	flock(counters->fd, LOCK_UN);
	return 0;
}

/* counters_open - map the file, made when it is not there; new */
int
counters_open(int dirfd, uint64_t floor, struct counters **out,
    struct err *err)
{
	struct counters *counters = mem_new(sizeof(*counters));

	pthread_mutex_init(&counters->reserving, NULL);
	counters->fd = -1;
	if (open_file(counters, dirfd, floor, err) == -1) {
		counters_close(counters);
		return -1;
	}
	*out = counters;
	return 0;
}

/* counters_peek - map it for reading alone; new */
int
counters_peek(int dirfd, struct counters **out, struct err *err)
{
	own(fd) int fd = openat(dirfd, FILE_NAME, O_RDONLY | O_CLOEXEC);
	struct counters *counters;
	struct page *page;
	struct stat st;

	if (fd == -1)
		return err_sys(err, "open %s", FILE_NAME);
	if (fstat(fd, &st) == -1 || st.st_size != SIZE)
		return err_set(err, ERR_NEVER, "%s: damaged", FILE_NAME);
	page = map(fd, PROT_READ);
	if (page == MAP_FAILED)
		return err_sys(err, "map %s", FILE_NAME);
	if (memcmp(page->magic, MAGIC, sizeof(page->magic)) != 0) {
		munmap(page, SIZE);
		return err_set(err, ERR_NEVER,
		    "%s: damaged, or of another version", FILE_NAME);
	}
	counters = mem_new(sizeof(*counters));
	pthread_mutex_init(&counters->reserving, NULL);
	counters->fd = fd_give(&fd);
	counters->page = page;
	*out = counters;
	return 0;
}

/* counters_close - unmap; NULL */
struct counters *
counters_close(struct counters *counters)
{
	if (counters == NULL)
		return NULL;
	if (counters->page != NULL)
		munmap(counters->page, SIZE);
	if (counters->fd != -1)
		close(counters->fd);
	pthread_mutex_destroy(&counters->reserving);
	free(counters);
	return NULL;
}

/* counter_add - count n more */
void
counter_add(struct counters *counters, enum counter which, uint64_t n)
{
	atomic_fetch_add_explicit(&counters->page->value[which], n,
	    memory_order_relaxed);
}

/* counter_take - count n less: those were none */
void
counter_take(struct counters *counters, enum counter which, uint64_t n)
{
	atomic_fetch_sub_explicit(&counters->page->value[which], n,
	    memory_order_relaxed);
}

/* counter_set - for gauges */
void
counter_set(struct counters *counters, enum counter which, uint64_t n)
{
	atomic_store_explicit(&counters->page->value[which], n,
	    memory_order_relaxed);
}

/* counter_get - as it is now */
uint64_t
counter_get(const struct counters *counters, enum counter which)
{
	return atomic_load_explicit(&counters->page->value[which],
	    memory_order_relaxed);
}

/* reserve - make sure that the disk knows of a block that holds id */
static int
reserve(struct counters *counters, struct series *series, uint64_t id,
    struct err *err)
{
	uint64_t upto;

	if (flock(counters->fd, LOCK_EX) == -1)
		return err_sys(err, "lock %s", FILE_NAME);
	if (id > series->reserved) {
		upto = id + BLOCK;
		series->promised = upto;
		if (msync(counters->page, SIZE, MS_SYNC) == -1) {
			err_sys(err, "sync %s", FILE_NAME);
			flock(counters->fd, LOCK_UN);
			return -1;
		}
		series->reserved = upto;
	}
	flock(counters->fd, LOCK_UN);
	return 0;
}

static int
next(struct counters *counters, struct series *series, uint64_t *out,
    struct err *err)
{
	uint64_t id = atomic_fetch_add(&series->last, 1) + 1;
	int result = 0;

	if (id > series->reserved) {
		pthread_mutex_lock(&counters->reserving);
		result = reserve(counters, series, id, err);
		pthread_mutex_unlock(&counters->reserving);
	}
	if (result == 0)
		*out = id;
	return result;
}

/* counters_next_mid - the next MID */
int
counters_next_mid(struct counters *counters, uint64_t *out, struct err *err)
{
	return next(counters, &counters->page->mid, out, err);
}

/* counters_next_dcid - the next DCID */
int
counters_next_dcid(struct counters *counters, uint64_t *out, struct err *err)
{
	return next(counters, &counters->page->dcid, out, err);
}

/* counters_last_mid - the newest MID handed out */
uint64_t
counters_last_mid(const struct counters *counters)
{
	return counters->page->mid.last;
}
