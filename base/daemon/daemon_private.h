/* SPDX-License-Identifier: BSD-2-Clause */
/* daemon_private - for the files of daemon.h alone */
#ifndef BASE_DAEMON_PRIVATE_H
#define BASE_DAEMON_PRIVATE_H

#include <pwd.h>

#include "base/conf/conf.h"
#include "base/err.h"

/* daemon_user - conf->user, as getpwnam(3) has it. */
int	daemon_user(const struct conf *, const struct passwd **out,
	    struct err *);

/* daemon_become - that user and its groups, who are root, and no core dumps; -1:
 * with errno, and perhaps halfway. */
int	daemon_become(const struct passwd *);

#endif
