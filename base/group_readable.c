/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/group_readable.h"

#include <sys/stat.h>
#include <unistd.h>

enum { OURS = 0600, FOR_GROUP = 0640, BITS = 07777 };

static void
set_mode(int fd, const struct stat *file, mode_t mode)
{
	if ((file->st_mode & BITS) != mode)
		(void)fchmod(fd, mode);
}

/* group_readable - or not, as its directory has it */
int
group_readable(int dirfd, int fd, const char *name, struct err *err)
{
	struct stat dir, file;

	if (fstat(dirfd, &dir) == -1 || fstat(fd, &file) == -1)
		return err_sys(err, "look at %s", name);
	if ((dir.st_mode & (S_IXGRP | S_IRWXO)) != S_IXGRP) {
		set_mode(fd, &file, OURS);
		return 0;
	}
	if (file.st_gid != dir.st_gid && fchown(fd, (uid_t)-1,
	    dir.st_gid) == -1) {
		set_mode(fd, &file, OURS);
		return err_sys(err, "give %s to group %lu, which may look at "
		    "its directory", name, (unsigned long)dir.st_gid);
	}
	set_mode(fd, &file, FOR_GROUP);
	return 0;
}
