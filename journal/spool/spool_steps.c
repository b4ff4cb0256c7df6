/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of the table in spool.h after the accept.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_private.h"

/* spool_make - a directory, unless it is there */
int
spool_make(int dirfd, const char *name, struct err *err)
{
	if (AGAIN(mkdirat(dirfd, name, 0700)) == -1 && errno != EEXIST)
		return err_sys(err, "spool: make '%s'", name);
	return 0;
}

/* spool_sync_dir - names given in it so far survive a power loss */
int
spool_sync_dir(const struct spool *spool, int fd, struct err *err)
{
	if (spool->sync && AGAIN(fsync(fd)) == -1)
		return err_sys(err, "spool: fsync directory");
	return 0;
}

/* move - one rename: 1, 0: the file is gone already, -1 */
static int
move(int from_dir, const char *from, int to_dir, const char *to,
    struct err *err)
{
	if (AGAIN(renameat(from_dir, from, to_dir, to)) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(err, "spool: rename '%s'", from);
}

/* spool_failed_attempt - one more has failed.  What else the entry says stays as
 * it is: others may read it meanwhile */
int
spool_failed_attempt(struct spool *spool, struct spool_entry *entry,
    struct err *err)
{
	struct spool_entry next = *entry;
	char from[SPOOL_NAME], to[SPOOL_NAME];
	int status;

	next.attempts++;
	spool_hint(&next, 0, "");
	status = move(spool->ready, spool_name(SPOOL_READY, entry, from),
	    spool->ready, spool_name(SPOOL_READY, &next, to), err);
	if (status != -1) {
		entry->attempts = next.attempts;
		spool_hint(entry, 0, "");
	}
	return status;
}

/* spool_plain - rename it: what its name told of the intake was not so */
int
spool_plain(struct spool *spool, const struct spool_entry *entry,
    struct err *err)
{
	struct spool_entry plain = *entry;
	char from[SPOOL_NAME], to[SPOOL_NAME];

	spool_hint(&plain, 0, "");
	return move(spool->ready, spool_name(SPOOL_READY, entry, from),
	    spool->ready, spool_name(SPOOL_READY, &plain, to), err);
}

/* spool_remove - delivered, or given up for good */
int
spool_remove(struct spool *spool, enum spool_place place,
    const struct spool_entry *entry, struct err *err)
{
	char name[SPOOL_NAME];

	spool_name(place, entry, name);
	if (AGAIN(unlinkat(spool_placefd(spool, place), name, 0)) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(err, "spool: unlink '%s'", name);
}

/* spool_empty - where a directory cannot be written its files often can */
int
spool_empty(struct spool *spool, const struct spool_entry *entry,
    struct err *err)
{
	char name[SPOOL_NAME];
	own(fd) int fd = spool_openat(spool->ready,
	    spool_name(SPOOL_READY, entry, name), O_WRONLY);

	if (fd == -1 || AGAIN(ftruncate(fd, 0)) == -1)
		return err_sys(err, "spool: empty '%s'", name);
	return 0;
}

/* is_empty - done with, but for its name */
static bool
is_empty(int dirfd, const char *name)
{
	struct stat st;

	return AGAIN(fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW)) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 0;
}

/* spool_delete - the name may change between our looking and our unlinking */
int
spool_delete(struct spool *spool, uint64_t mid, enum spool_place *out,
    struct err *err)
{
	struct spool_entry entry;
	char name[SPOOL_NAME];
	int status;

	while ((status = spool_find(spool, mid, out, &entry, err)) == 1) {
		bool done = is_empty(spool_placefd(spool, *out),
		    spool_name(*out, &entry, name));

		status = spool_remove(spool, *out, &entry, err);
		if (status != 0)
			return done && status == 1 ? 0 : status;
	}
	return status;
}

/* spool_keep - given up, for a person to look at */
int
spool_keep(struct spool *spool, const struct spool_entry *entry,
    unsigned unnamed, struct err *err)
{
	const struct spool_entry kept = { .mid = entry->mid,
	    .attempts = entry->attempts + unnamed };
	char from[SPOOL_NAME], to[SPOOL_NAME];

	return move(spool->ready, spool_name(SPOOL_READY, entry, from),
	    spool->failed, spool_name(SPOOL_FAILED, &kept, to), err);
}

/* spool_requeue - try a kept copy again, with its whole life before it */
int
spool_requeue(struct spool *spool, const struct spool_entry *entry,
    struct err *err)
{
	struct spool_entry fresh = { .mid = entry->mid, .since = clock_wall() };
	char from[SPOOL_NAME], to[SPOOL_NAME];

	return move(spool->failed, spool_name(SPOOL_FAILED, entry, from),
	    spool->ready, spool_name(SPOOL_READY, &fresh, to), err);
}

/* spool_divert - given up at its intake: the alternate one is to have it, with
 * a whole life of its own.  It gets another name than any that it had, also
 * when the clock was set back */
int
spool_divert(struct spool *spool, const struct spool_entry *entry,
    enum spool_why why, struct err *err)
{
	struct spool_entry next = { .mid = entry->mid, .since = clock_wall(),
	    .why = why };
	char from[SPOOL_NAME], to[SPOOL_NAME];

	if (next.since <= entry->since)
		next.since = entry->since + 1;
	return move(spool->ready, spool_name(SPOOL_READY, entry, from),
	    spool->ready, spool_name(SPOOL_READY, &next, to), err);
}

/* spool_damaged - set aside what is no whole copy */
int
spool_damaged(struct spool *spool, const struct spool_entry *entry,
    struct err *err)
{
	struct spool_entry plain = *entry;
	char from[SPOOL_NAME], to[SPOOL_NAME + sizeof(SPOOL_DAMAGED)];

	spool_name(SPOOL_READY, entry, from);
	if (is_empty(spool->ready, from))
		return spool_remove(spool, SPOOL_READY, entry, err) == -1 ?
		    -1 : 0;
	spool_hint(&plain, 0, "");
	strcat(spool_name(SPOOL_READY, &plain, to), SPOOL_DAMAGED);
	return move(spool->ready, from, spool->failed, to, err);
}
