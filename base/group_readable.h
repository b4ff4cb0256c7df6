/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_readable - files of numbers, for those who watch and may not see mail
 *
 *	if (group_readable(dirfd, fd, "suspended", &err) == -1)
 *		... err says why the group has no access ...
 *
 * Whoever set up the directory decided who that is: when its group may pass
 * through it, and others may not (mode 0710), a file in it belongs to that
 * group, which may read it (0640); else it is for its owner alone (0600).  The
 * user that we are must be a member of the group.
 *
 * A file that programs of two users write belongs to the group of those who may
 * write the directory GROUP_WRITERS in there, if a group may (journal/spool/spool.h).
 * It may write the file, and whoever passes through the directory may read it:
 * these are all the others that there are (0664).
 */
#ifndef BASE_GROUP_READABLE_H
#define BASE_GROUP_READABLE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* group_readable - make it so.  -1: the group has no access to the file; the
 * file is its owner's alone. */
int	group_readable(int dirfd, int fd, const char *name, struct err *);

/* group_writers - false: the files have one user. */
#define GROUP_WRITERS "ready"
bool	group_writers(int dirfd, gid_t *out);

/* group_writable - as group_readable() where there is no such group; a file of
 * another user is left as it is. */
int	group_writable(int dirfd, int fd, const char *name, struct err *);

#endif
