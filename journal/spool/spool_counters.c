/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/spool_counters.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/counters/site_counts.h"
#include "base/own.h"
#include "journal/spool/spool_private.h"

/* mid_of - the number that a name begins with, 0 when it is no copy's, or one
 * that nobody ever gave.  The names of damaged files count: their MIDs were
 * given. */
static uint64_t
mid_of(const char *name)
{
	enum { DIGITS = 16 };

	uint64_t mid;

	if (strspn(name, "0123456789abcdef") != DIGITS)
		return 0;
	mid = strtoull(name, NULL, 16);
	return mid < COUNTERS_FLOOR_MOST ? mid : 0;
}

static int
highest_in(const struct spool *spool, const char *place, uint64_t *out,
    struct err *err)
{
	own(fd) int fd = openat(spool_dirfd(spool), place,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	own(dir) DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (dir == NULL)
		return err_sys(err, "open %s", place);
	(void)fd_give(&fd);
	while (errno = 0, (entry = readdir(dir)) != NULL) {
		uint64_t mid = mid_of(entry->d_name);

		if (mid > *out)
			*out = mid;
	}
	return errno != 0 ? err_sys(err, "read %s", place) : 0;
}

/* spool_highest_mid - 0 when nothing is there */
int
spool_highest_mid(const struct spool *spool, uint64_t *out, struct err *err)
{
	uint64_t highest = 0;

	if (highest_in(spool, "ready", &highest, err) == -1)
		return -1;
	/* who may not look there knows the numbers by the file of counters */
	if (highest_in(spool, "failed", &highest, err) == -1 &&
	    (!spool->guest || err->sys != EACCES))
		return -1;
	*out = highest;
	return 0;
}

/* was_used - whoever works on a spool leaves these, once it has counters; an empty
 * lock was set up for a milter that may not make it */
static bool
was_used(const struct spool *spool)
{
	struct stat lock;

	return (fstatat(spool_dirfd(spool), SPOOL_MILTER_LOCK, &lock,
	    AT_SYMLINK_NOFOLLOW) == 0 && lock.st_size > 0) ||
	    faccessat(spool_dirfd(spool), SITE_COUNTS_FILE, F_OK, 0) == 0;
}

/* spool_counters - the counters that belong to a spool; new */
struct counters *
spool_counters(struct spool *spool)
{
	bool used = was_used(spool);
	uint64_t highest = 0;
	struct err ignored;

	if (spool_highest_mid(spool, &highest, &ignored) == -1)
		used = true;
	spool->counters = counters_open(spool_dirfd(spool), highest, used);
	return spool->counters;
}
