/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client - a client's name, in the form that access(5) tables have it
 *
 *	puts(client_name("[192.0.2.7]"));	-- unknown
 *
 * For a client without a name Postfix gives a milter "[192.0.2.7]" or
 * "[IPv6:2001:db8::7]"; its own tables see "unknown" then, and so do ours,
 * the report, and tdcctl policy.
 */
#ifndef POLICY_CLIENT_H
#define POLICY_CLIENT_H

/* client_name - the name, or "unknown" where there is none; borrowed. */
const char *client_name(const char *);

#endif
