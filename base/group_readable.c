/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/group_readable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OURS = 0600, FOR_GROUP = 0640, BITS = 07777 };
/* Whoever may pass through the directory are all the others that there are. */
enum { WRITTEN = 0660, WRITTEN_AND_SEEN = 0664 };

static void
set_mode(int fd, const struct stat *file, mode_t mode)
{
	if ((file->st_mode & BITS) != mode)
		(void)fchmod(fd, mode);
}

/* has_group - a directory that its group may pass through, and nobody else */
static bool
has_group(const struct stat *dir)
{
	return (dir->st_mode & (S_IXGRP | S_IRWXO)) == S_IXGRP;
}

/* give - to that group; -1: the file is its owner's alone */
static int
give(int fd, const struct stat *file, gid_t group, const char *name,
    const char *why, struct err *err)
{
	if (file->st_gid == group || fchown(fd, (uid_t)-1, group) == 0)
		return 0;
	set_mode(fd, file, OURS);
	return err_sys(err, "give %s to group %lu, which may %s", name,
	    (unsigned long)group, why);
}

/* group_readable - or not, as its directory has it */
int
group_readable(int dirfd, int fd, const char *name, struct err *err)
{
	struct stat dir, file;

	if (fstat(dirfd, &dir) == -1 || fstat(fd, &file) == -1)
		return err_sys(err, "look at %s", name);
	if (!has_group(&dir)) {
		set_mode(fd, &file, OURS);
		return 0;
	}
	if (give(fd, &file, dir.st_gid, name, "look at its directory",
	    err) == -1)
		return -1;
	set_mode(fd, &file, FOR_GROUP);
	return 0;
}

/* group_writers - there is one, and it is this */
bool
group_writers(int dirfd, gid_t *out)
{
	struct stat writers;

	if (fstatat(dirfd, GROUP_WRITERS, &writers,
	    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISDIR(writers.st_mode) ||
	    (writers.st_mode & S_IWGRP) == 0)
		return false;
	*out = writers.st_gid;
	return true;
}

/* group_writable - where there is such a group; its owner sees to it */
int
group_writable(int dirfd, int fd, const char *name, struct err *err)
{
	struct stat dir, file;
	gid_t group;

	if (!group_writers(dirfd, &group))
		return group_readable(dirfd, fd, name, err);
	if (fstat(dirfd, &dir) == -1 || fstat(fd, &file) == -1)
		return err_sys(err, "look at %s", name);
	if (file.st_uid != geteuid())
		return 0;
	if (give(fd, &file, group, name, "write to it", err) == -1)
		return -1;
	set_mode(fd, &file, has_group(&dir) ? WRITTEN_AND_SEEN : WRITTEN);
	return 0;
}
