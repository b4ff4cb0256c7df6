/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the directories that are open are still those of that name.
 *
 * One that was removed and made again, or that a file system was mounted over,
 * stays open: what is written to it nobody finds.  Then the new one takes the
 * place of the old under the same descriptor, so that nobody has to be told;
 * only a lock, or inotify, holds on to the old one.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_private.h"

enum { LOOK = 1000 };		/* ms */

/* is_same - the directory of that name is the one that is open */
static bool
is_same(int fd, int dirfd, const char *name)
{
	struct stat open, named;

	return AGAIN(fstat(fd, &open)) == 0 && open.st_nlink > 0 &&
	    AGAIN(fstatat(dirfd, name, &named, 0)) == 0 &&
	    open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

/* replace - by what is there now, opened, under the old number */
static int
replace(int fd, int opened, const char *name, struct err *err)
{
	own(fd) int fresh = opened;

	if (fresh == -1 || AGAIN(dup3(fresh, fd, O_CLOEXEC)) == -1) {
		err_sys(err, "open '%s'", name);
		return err_wrap(err, "spool: '%s' was removed or replaced",
		    name);
	}
	return 0;
}

/* look_at_place - ready/ or failed/: 1: replaced */
static int
look_at_place(struct spool *spool, int fd, const char *name, struct err *err)
{
	if (fd == -1 || is_same(fd, spool->dir, name))
		return 0;
	if (spool_make(spool->dir, name, err) == -1)
		return err_wrap(err, "spool: '%s' was removed or replaced",
		    name);
	/* first: nobody who finds the new one may go by what the old one did */
	spool_forget_ways(spool);
	if (replace(fd, spool_openat(spool->dir, name, O_RDONLY | O_DIRECTORY),
	    name, err) == -1)
		return -1;
	(void)spool_sync_dir(spool, spool->dir, err);
	err_set(err, ERR_LATER, "spool: '%s' was removed or replaced: opened "
	    "again", name);
	return 1;
}

/* look_at_home - the spool directory itself; whoever counts in it, or has a
 * lock there, moves */
static int
look_at_home(struct spool *spool, struct err *err)
{
	bool guest;

	if (is_same(spool->dir, AT_FDCWD, spool->path) && !spool->unlocked)
		return 0;
	if (replace(spool->dir, spool_open_home(spool->path, &guest),
	    spool->path, err) == -1)
		return -1;
	spool->guest = guest;
	if (spool->counters != NULL)
		counters_move(spool->counters, spool->dir);
	spool->unlocked = true;
	if (spool_relock(spool, err) == -1)
		return err_wrap(err, "spool: '%s' was removed or replaced",
		    spool->path);
	spool->unlocked = false;
	err_set(err, ERR_LATER, "spool: '%s' was removed or replaced: opened "
	    "again", spool->path);
	return 1;
}

static int
look(struct spool *spool, struct err *err)
{
	struct err places[2];
	int home = look_at_home(spool, err);
	int ready, failed;

	if (home == -1)
		return -1;
	ready = look_at_place(spool, spool->ready, "ready", &places[0]);
	failed = look_at_place(spool, spool->failed, "failed", &places[1]);
	if (ready == -1 || (failed == -1 && home == 0 && ready == 0)) {
		*err = places[ready == -1 ? 0 : 1];
		return -1;
	}
	if (home == 0 && (ready == 1 || failed == 1))
		*err = places[ready == 1 ? 0 : 1];
	return home == 1 || ready == 1 || failed == 1;
}

/* look_and_note - the lock is held */
static int
look_and_note(struct spool *spool, struct err *err)
{
	int status = look(spool, err);

	spool->looked = clock_now();
	if (status == 1) {
		spool->replaced++;
		spool->news = *err;
		spool->has_news = true;
	}
	return status;
}

/* spool_look - see to it that what is open is what is there */
int
spool_look(struct spool *spool, struct err *err)
{
	int status;

	pthread_mutex_lock(&spool->looking);
	status = look_and_note(spool, err);
	pthread_mutex_unlock(&spool->looking);
	return status;
}

static bool
is_due(const struct spool *spool)
{
	return clock_now() - spool->looked >= LOOK;
}

/* spool_look_again - the same, unless it was done a moment ago; a caller that
 * comes meanwhile waits for it */
void
spool_look_again(struct spool *spool)
{
	struct err ignored;

	if (!is_due(spool))
		return;
	pthread_mutex_lock(&spool->looking);
	if (is_due(spool))
		(void)look_and_note(spool, &ignored);
	pthread_mutex_unlock(&spool->looking);
}

/* spool_news - once */
bool
spool_news(struct spool *spool, struct err *out)
{
	bool has_news = atomic_exchange(&spool->has_news, false);

	if (!has_news)
		return false;
	pthread_mutex_lock(&spool->looking);
	*out = spool->news;
	pthread_mutex_unlock(&spool->looking);
	return true;
}
