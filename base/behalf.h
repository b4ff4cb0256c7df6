/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * behalf - what root does for the user that it will become
 *
 *	if (behalf_safe(path, user))
 *		... as root, then give it to the user ...
 *	else if (behalf_begin(&behalf, user, &err) == 0) {
 *		... as the user ...
 *		behalf_end(&behalf);
 *	}
 *
 * Where the user may change a directory on the way to a file, a link may lead
 * root to any other file of the system, at any moment.  There root must be no
 * more than the user is.
 */
#ifndef BASE_BEHALF_H
#define BASE_BEHALF_H

#include <pwd.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* behalf_safe - the directories that lead to an absolute path are root's, and
 * this user may change none of them. */
bool	behalf_safe(const char *path, const struct passwd *);

/* behalf_has_group - it has that group, or so many that we had better say
 * yes. */
bool	behalf_has_group(const struct passwd *, gid_t);

/* behalf_begin - files are used as the user and its groups would, until
 * behalf_end(); by this thread, while there is no other. */
struct behalf { gid_t groups[64]; int count; };
int	behalf_begin(struct behalf *, const struct passwd *, struct err *);
void	behalf_end(const struct behalf *);

#endif
