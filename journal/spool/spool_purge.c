/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of what was kept. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_private.h"

/* is_kept - the name of a copy in failed/, or of what was no whole one */
static bool
is_kept(const char *name)
{
	struct spool_entry entry;

	return spool_parse(SPOOL_FAILED, name, &entry) ||
	    spool_parse_damaged(name, &entry);
}

/* purge_one - unless it is younger, or gone already */
static int
purge_one(const struct spool *spool, const char *name, int64_t oldest,
    struct err *err)
{
	struct stat st;

	if (AGAIN(fstatat(spool->failed, name, &st, AT_SYMLINK_NOFOLLOW)) == -1)
		return errno == ENOENT ? 0 : err_sys(err, "spool: stat '%s'",
		    name);
	if ((int64_t)st.st_ctim.tv_sec * 1000 >= oldest || S_ISDIR(st.st_mode))
		return 0;
	if (AGAIN(unlinkat(spool->failed, name, 0)) == -1 && errno != ENOENT)
		return err_sys(err, "spool: unlink '%s'", name);
	return 0;
}

/* spool_purge - those that were kept long enough */
int
spool_purge(struct spool *spool, int64_t oldest, struct err *err)
{
	own(dir) DIR *dir = spool_opendir(spool, SPOOL_FAILED);
	const struct dirent *file;
	int result = 0;

	if (dir == NULL)
		return err_sys(err, "spool: open directory");
	while (errno = 0, (file = readdir(dir)) != NULL)
		if (is_kept(file->d_name) &&
		    purge_one(spool, file->d_name, oldest, err) == -1)
			result = -1;
	return errno == 0 ? result : err_sys(err, "spool: read directory");
}
