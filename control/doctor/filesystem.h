/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filesystem - what a file system is, as far as what is kept there depends on it
 *
 *	const struct fs_kind *kind = filesystem_kind(0x01021994);
 *
 *	printf("%s %d\n", kind->name, kind->where == FS_MEMORY); -- tmpfs 1
 *
 * By the numbers of linux/magic.h.  Pure.
 */
#ifndef CONTROL_DOCTOR_FILESYSTEM_H
#define CONTROL_DOCTOR_FILESYSTEM_H

enum fs_where {
	FS_DISK,		/* or something that we do not know better */
	FS_MEMORY,		/* gone when the host goes down */
	FS_LAYER,		/* over another one, mostly of a container */
	FS_NETWORK,		/* another host's */
	FS_PROGRAM		/* a program's of this host, or of the one that
				   hosts this one */
};

struct fs_kind {
	long		 type;
	enum fs_where	 where;
	const char	*name;
};

/* filesystem_kind - never NULL; by statfs(2)'s f_type. */
const struct fs_kind *filesystem_kind(long type);

#endif
