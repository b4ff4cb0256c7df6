/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/helpers.h"
#include "base/mem.h"
#include "base/own.h"
#include "journal/footer.h"
#include "journal/spool/spool_private.h"

enum {
	FIRST_HIGH_FD = 1024,
	HELPERS = 256		/* at most, that is at once at the disk */
};

/* open_high - a descriptor that leaves the low numbers to others, once they get
 * fewer */
static int
open_high(int dirfd, const char *name, int flags, mode_t mode)
{
	int fd, high;

	/* a fifo in there would be waited at for ever; a file does not care */
	flags |= O_CLOEXEC | (dirfd == AT_FDCWD ? 0 : O_NOFOLLOW | O_NONBLOCK);
	fd = AGAIN(openat(dirfd, name, flags, mode));
	if (fd < SPOOL_PLENTY_FD || fd >= FIRST_HIGH_FD)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_HIGH_FD);
	if (high == -1)
		return fd;		/* the limit is lower: as it is, then */
	(void)close(fd);
	return high;
}

/* spool_openat - what it makes is for its owner alone */
int
spool_openat(int dirfd, const char *name, int flags)
{
	return open_high(dirfd, name, flags, 0600);
}

/* spool_open_new - the forwarder, if it is another user, reads it, notes why an
 * attempt failed, and cuts it where it cannot be removed */
int
spool_open_new(const struct spool *spool, const char *name, int flags)
{
	struct stat ready;

	/* asked of the directory that is open: by its name, another may be there */
	if (AGAIN(fstat(spool->ready, &ready)) == -1)
		return -1;
	return open_high(spool->ready, name, flags,
	    (ready.st_mode & S_IWGRP) != 0 ? 0660 : 0600);
}

/* spool_open_home - the directory itself */
int
spool_open_home(const char *path, bool *out_guest)
{
	int fd = spool_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);

	*out_guest = fd == -1 && errno == EACCES;
	return *out_guest ? spool_openat(AT_FDCWD, path,
	    O_PATH | O_DIRECTORY) : fd;
}

/* boot_now - a number for this boot; 0 when it cannot be known */
static uint64_t
boot_now(void)
{
	own(fd) int fd = spool_openat(AT_FDCWD,
	    "/proc/sys/kernel/random/boot_id", O_RDONLY);
	char text[64];
	ssize_t n = fd != -1 ? AGAIN(read(fd, text, sizeof(text))) : -1;

	return n > 0 ? footer_sum(0, text, (size_t)n) : 0;
}

static int
open_dir(int dirfd, const char *name, int *out_fd, struct err *err)
{
	*out_fd = spool_openat(dirfd, name, O_RDONLY | O_DIRECTORY);
	return *out_fd != -1 ? 0 : err_sys(err, "spool: open '%s'", name);
}

static int
open_places(struct spool *spool, struct err *err)
{
	if (open_dir(spool->dir, "ready", &spool->ready, err) == -1)
		return -1;
	return open_dir(spool->dir, "failed", &spool->failed, err) == 0 ||
	    (spool->guest && err->sys == EACCES) ? 0 : -1;
}

/* make_places - durable even when nothing was missing: who made it may have
 * died before the sync */
static int
make_places(struct spool *spool, struct err *err)
{
	if (spool_make(spool->dir, "ready", err) == -1 ||
	    spool_make(spool->dir, "failed", err) == -1)
		return -1;
	return spool->guest ? 0 : spool_sync_dir(spool, spool->dir, err);
}

/* open_home - for whatever is to be done */
static int
open_home(struct spool *spool, struct err *err)
{
	spool->dir = spool_open_home(spool->path, &spool->guest);
	return spool->dir != -1 ? 0 : err_sys(err, "spool: open '%s'",
	    spool->path);
}

/* sync_places - for a guest, who cannot sync the directory that they are in */
static int
sync_places(const struct spool *spool, struct err *err)
{
	if (spool->guest && spool->sync && syncfs(spool->ready) == -1)
		return err_sys(err, "spool: sync file system");
	return 0;
}

/* spool_forget_ways - linkat() finds a file without a name by its entry
 * there */
void
spool_forget_ways(struct spool *spool)
{
	spool->hidden_names = access("/proc/self/fd", X_OK) == -1;
	spool->names_commit = false;
	spool->names_synced = 0;
}

/* spool_learn_ways - of the directory that so much was synced in, and not of one
 * that has taken its place since */
void
spool_learn_ways(struct spool *spool)
{
	pthread_mutex_lock(&spool->looking);
	if (spool->names_synced >= SPOOL_FS_SYNCS)
		spool->names_commit = spool_fs_commits_names(spool->ready);
	pthread_mutex_unlock(&spool->looking);
}

static struct spool *
spool_new(const char *path)
{
	struct spool *spool = mem_new(sizeof(*spool));

	spool->dir = spool->ready = spool->failed = -1;
	spool->lock = spool->attend = spool->slot = -1;
	spool->boot = boot_now();
	spool->names = (struct group_sync)GROUP_SYNC;
	spool->helpers = helpers_new(HELPERS);
	spool->path = mem_absolute(path);
	pthread_mutex_init(&spool->looking, NULL);
	spool->looked = clock_now();
	return spool;
}

/* spool_tune - all options but the directory, from now on */
void
spool_tune(struct spool *spool, const struct spool_options *options)
{
	spool->sync = options->sync;
	spool->strict = options->strict;
	spool->min_free_space = options->min_free_space;
	spool->time_limit = options->time_limit;
}

/* spool_open - open the directory for whatever is to be done; new */
int
spool_open(const struct spool_options *options, struct spool **out,
    struct err *err)
{
	struct spool *spool = spool_new(options->directory);

	spool_tune(spool, options);
	if (open_home(spool, err) == -1 || make_places(spool, err) == -1 ||
	    open_places(spool, err) == -1 || sync_places(spool, err) == -1) {
		spool_close(spool);
		return -1;
	}
	spool_forget_ways(spool);
	spool_sweep(spool);
	*out = spool;
	return 0;
}

/* spool_peek - open the directory for reading; new */
int
spool_peek(const char *directory, struct spool **out, struct err *err)
{
	struct spool *spool = spool_new(directory);

	if (open_dir(AT_FDCWD, directory, &spool->dir, err) == -1 ||
	    open_places(spool, err) == -1) {
		spool_close(spool);
		return -1;
	}
	*out = spool;
	return 0;
}

static void
close_fd(int fd)
{
	if (fd != -1)
		(void)close(fd);
}

/* spool_glance - open the directory to look at what is told in it */
int
spool_glance(const char *directory, struct spool **out, struct err *err)
{
	struct spool *spool = spool_new(directory);

	spool->dir = spool_openat(AT_FDCWD, directory, O_PATH | O_DIRECTORY);
	if (spool->dir == -1 || faccessat(spool->dir, ".", X_OK, 0) == -1) {
		err_sys(err, "spool: open '%s'", directory);
		spool_close(spool);
		return -1;
	}
	if (open_places(spool, err) == -1 && err->sys != EACCES) {
		spool_close(spool);
		return -1;
	}
	*out = spool;
	return 0;
}

/* spool_sees_copies - or only what is told */
bool
spool_sees_copies(const struct spool *spool)
{
	return spool->ready != -1 && spool->failed != -1;
}

/* spool_close - the lock goes too */
struct spool *
spool_close(struct spool *spool)
{
	if (spool == NULL)
		return NULL;
	spool->helpers = helpers_free(spool->helpers);
	if (spool->lock != -1)
		(void)AGAIN(ftruncate(spool->lock, 0));
	close_fd(spool->lock);
	close_fd(spool->attend);
	close_fd(spool->failed);
	close_fd(spool->ready);
	close_fd(spool->dir);
	pthread_mutex_destroy(&spool->looking);
	free(spool->path);
	free(spool);
	return NULL;
}

/* spool_dirfd - the spool directory itself; borrowed */
int
spool_dirfd(const struct spool *spool)
{
	return spool->dir;
}

/* spool_readyfd - the directory ready/; borrowed */
int
spool_readyfd(const struct spool *spool)
{
	return spool->ready;
}

/* spool_placefd - the directory of a place; borrowed */
int
spool_placefd(const struct spool *spool, enum spool_place place)
{
	return place == SPOOL_READY ? spool->ready : spool->failed;
}
