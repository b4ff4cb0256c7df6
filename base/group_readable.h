/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_readable - files of numbers, for those who watch and may not see mail
 *
 *	if (group_readable(dirfd, fd, "counters", &err) == -1)
 *		... err says why the group has no access ...
 *
 * Whoever set up the directory decided who that is: when its group may pass
 * through it, and others may not (mode 0710), a file in it belongs to that
 * group, which may read it (0640); else it is for its owner alone (0600).  The
 * user that we are must be a member of the group.
 */
#ifndef BASE_GROUP_READABLE_H
#define BASE_GROUP_READABLE_H

#include "base/err.h"

/* group_readable - make it so.  -1: the group has no access to the file; the
 * file is its owner's alone. */
int	group_readable(int dirfd, int fd, const char *name, struct err *);

#endif
