/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * settings - one configuration and what is made of it
 *
 *	if (settings_load(path, &stopped, &settings, &err) == -1)
 *		...			-- FILE:LINE
 *	... settings->conf.remediation_mode, settings->profiles ...
 *	settings = settings_free(settings);
 */
#ifndef REMEDIATE_SETTINGS_H
#define REMEDIATE_SETTINGS_H

#include <stdatomic.h>

#include "base/conf/conf.h"
#include "base/err.h"

struct settings {
	struct conf	 conf;
	const atomic_bool *stopped;
};

/* settings_load - read and check all of it, as the user that will act.  What is
 * wrong in the configuration is ERR_NEVER; what cannot be read is ERR_LATER,
 * and err->sys says why. */
int	 settings_load(const char *path, const atomic_bool *stopped,
	    struct settings **out, struct err *);
struct settings *settings_free(struct settings *);	/* NULL */

#endif
