/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe - whether there is a name server at all
 *
 *	if (!probe_servers("192.0.2.1 2001:db8::1@5353"))
 *		... no server has said SERVFAIL ...
 *
 * libunbound says SERVFAIL both when a name server has said so and when none
 * has answered.  Each is asked for the root's name servers, which every one
 * knows at once or refuses to say; whatever it answers, it is there.
 */
#ifndef FORWARD_PROBE_H
#define FORWARD_PROBE_H

#include <stdbool.h>

#define PROBE_PATIENCE 1000	/* ms */

/* probe_servers - addresses, or address@port, separated by blanks or commas.
 * false: none of them has answered; true also when they could not be asked. */
bool	probe_servers(const char *servers);

#endif
