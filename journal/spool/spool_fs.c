/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the file system of a spool does beyond POSIX.
 *
 * These give a file its name and count its links in one transaction of their
 * log, and fsync of the file waits for that: ext4 by the number of the
 * transaction that last changed the inode, XFS by its place in the log, and btrfs
 * logs new names with the inode.  fsync of the directory would wait for the next
 * transaction, which a crowd of writers has begun meanwhile.
 *
 * Without a journal ext4 has no transactions; ext2 and ext3 have the same number
 * as ext4, but none of their names below /sys.  With fast_commit it writes what
 * fsync is asked for to a log of its own, in which such names are missing; no
 * option of the mount tells of it, only that these writes, and those that could
 * not be done so, are counted.  A layer above (overlayfs, eCryptfs, NFS) has a
 * number of its own.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/own.h"
#include "journal/spool/spool_private.h"

/* device_of - what the kernel calls the device of a directory; false: it does
 * not tell */
static bool
device_of(int dirfd, char *out, size_t size)
{
	char path[64];
	struct stat st;
	const char *name;
	ssize_t n;

	if (AGAIN(fstat(dirfd, &st)) == -1)
		return false;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(st.st_dev),
	    minor(st.st_dev));
	n = readlink(path, out, size);
	if (n <= 0 || (size_t)n >= size)
		return false;
	out[n] = '\0';
	name = strrchr(out, '/');
	if (name == NULL)
		return false;
	memmove(out, name + 1, strlen(name));
	return true;
}

/* read_small - a file of the kernel's, as a text; false: it cannot be read */
static bool
read_small(const char *path, char *out, size_t size)
{
	own(fd) int fd = spool_openat(AT_FDCWD, path, O_RDONLY);
	ssize_t n = fd == -1 ? -1 : AGAIN(read(fd, out, size - 1));

	if (n <= 0)
		return false;
	out[n] = '\0';
	return true;
}

/* has_journal - an ext4 with the thread that writes one, and no other log */
static bool
has_journal(int dirfd)
{
	static const char none[] = "fc stats:\n0 commits\n0 ineligible\n";
	char device[256], path[320], task[32], fast[sizeof(none)];

	if (!device_of(dirfd, device, sizeof(device)))
		return false;
	snprintf(path, sizeof(path), "/sys/fs/ext4/%s/journal_task", device);
	/* the pid of a thread, which is 0 in a pid name space; or "<none>" */
	if (!read_small(path, task, sizeof(task)) || task[0] < '0' ||
	    task[0] > '9')
		return false;
	snprintf(path, sizeof(path), "/proc/fs/ext4/%s/fc_info", device);
	return read_small(path, fast, sizeof(fast)) && strcmp(fast, none) == 0;
}

/* spool_fs_commits_names - on fsync of a file, with all else of it */
bool
spool_fs_commits_names(int dirfd)
{
	struct statfs fs;

	if (AGAIN(fstatfs(dirfd, &fs)) == -1)
		return false;
	switch ((unsigned long)fs.f_type) {
	case EXT4_SUPER_MAGIC:
		return has_journal(dirfd);
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
		return true;
	}
	return false;
}
