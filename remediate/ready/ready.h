/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ready - is all in place on this machine that remediation needs?
 *
 *	const struct ready ready = { .conf = &conf, .sendmail = "/usr/sbin/sendmail",
 *	    .profiles = profiles, .domains = maps };
 *	int code = ready_look(&ready);
 *
 * One line each on standard output: what is right begins with "ok".  Asked as the
 * user who will act; nothing is made or changed, and nobody is asked over the
 * network.
 */
#ifndef REMEDIATE_READY_H
#define REMEDIATE_READY_H

#include "base/conf/conf.h"
#include "remediate/mailbox/profiles.h"
#include "remediate/owner/maps.h"

/* All borrowed. */
struct ready {
	const struct conf *conf;
	const char	*sendmail;	/* its path; "": there is none */
	const struct profiles *profiles;
	const struct maps *domains;	/* remediation_domain_map */
};

/* ready_look - an exit code: EX_OK; EX_CONFIG, something has to be set, made or
 * corrected; EX_NOPERM, this user may not. */
int	ready_look(const struct ready *);

#endif
