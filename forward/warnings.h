/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * warnings - what -n says of a configuration that can be used all the same
 *
 *	warnings_print("tdc-forwarder", settings);
 *	-- tdc-forwarder: warning: tdc.cf:9: helo_name: 'gw' has no dot: ...
 *
 * An address that is not ours, name servers that are not known, a client
 * certificate that expires, a helo_name that intakes may refuse.  DNS is asked
 * for helo_name, for two seconds at most; when it does not answer nothing is
 * said.
 */
#ifndef FORWARD_WARNINGS_H
#define FORWARD_WARNINGS_H

#include "forward/settings.h"

/* warnings_print - one line each on standard error, each beginning with the
 * program's name.  Questions may be left under way (resolver_under_way()). */
void	warnings_print(const char *program, const struct forward_settings *);

/* warnings_idle - why no copies can come, for daemon_idle(); "": they can */
const char *warnings_idle(const struct forward_settings *);

#endif
