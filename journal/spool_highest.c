/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool_highest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

/* mid_of - the number that a name begins with, 0 when it is no copy's.  The
 * names of damaged files count: their MIDs were given. */
static uint64_t
mid_of(const char *name)
{
	enum { DIGITS = 16 };

	if (strspn(name, "0123456789abcdef") != DIGITS)
		return 0;
	return strtoull(name, NULL, 16);
}

static int
highest_in(const struct spool *spool, const char *place, uint64_t *out,
    struct err *err)
{
	int fd = openat(spool_dirfd(spool), place,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	own(dir) DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (dir == NULL) {
		err_sys(err, "open %s", place);
		if (fd != -1)
			close(fd);
		return -1;
	}
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

	if (highest_in(spool, "ready", &highest, err) == -1 ||
	    highest_in(spool, "failed", &highest, err) == -1)
		return -1;
	*out = highest;
	return 0;
}

/* spool_counters - the counters that belong to a spool; new */
int
spool_counters(const struct spool *spool, struct counters **out,
    struct err *err)
{
	uint64_t highest;

	if (spool_highest_mid(spool, &highest, err) == -1)
		return -1;
	return counters_open(spool_dirfd(spool), highest, out, err);
}
