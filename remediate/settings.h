/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * settings - one configuration and what is made of it
 *
 *	if (rem_settings_load(path, &stopped, &settings, &err) == -1)
 *		...			-- FILE:LINE
 *	... settings->conf.remediation_mode, settings->profiles ...
 *	settings = rem_settings_free(settings);
 */
#ifndef REMEDIATE_SETTINGS_H
#define REMEDIATE_SETTINGS_H

#include <stdatomic.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "remediate/mailbox/profiles.h"
#include "remediate/owner/maps.h"

struct settings {
	struct conf	 conf;
	const atomic_bool *stopped;
	struct profile_settings	for_profiles;
	struct profiles	*profiles;
	struct maps	*domains;	/* remediation_domain_map */
	struct maps	*mailboxes;	/* mailbox_maps */
	struct maps	*aliases;	/* Postfix's virtual_alias_maps */
	char		*alias_names;	/* and how it names them */
	char		*aliases_why;	/* what of them cannot be read; NULL */
	char		*origin;	/* Postfix's myorigin; "" */
	char		*gateways;	/* names in "by NAME" of Received: */
	char		*sendmail;	/* path; "" when there is none */
};

/* rem_settings_load - read and check all of it, as the user that will act.  What is
 * wrong in the configuration is ERR_NEVER; what cannot be read is ERR_LATER,
 * and err->sys says why. */
int	 rem_settings_load(const char *path, const atomic_bool *stopped,
	    struct settings **out, struct err *);
struct settings *rem_settings_free(struct settings *);	/* NULL */

/* rem_settings_no_api, rem_settings_idle - the cascade connector, API, polling:
 * what switches the API off, or keeps it from being polled; "": nothing does.
 * rem_settings_are_current - is no table changed since? */
const char *rem_settings_no_api(const struct settings *);
const char *rem_settings_idle(const struct settings *);
bool	 rem_settings_are_current(const struct settings *);

#endif
