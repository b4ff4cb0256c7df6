/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client - who brought a message, and the client's name as access(5) has it
 *
 *	struct client client = { "192.0.2.7", client_name("[192.0.2.7]"), "mx" };
 *
 *	puts(client_name("[192.0.2.7]"));	-- unknown
 *
 * For a client without a name Postfix gives a milter "[192.0.2.7]" or
 * "[IPv6:2001:db8::7]"; its own tables see "unknown" then, and so do ours,
 * the report, and tdcctl policy.
 */
#ifndef POLICY_CLIENT_CLIENT_H
#define POLICY_CLIENT_CLIENT_H

/* Texts are borrowed; "": not known. */
struct client {
	const char	*address;	/* "192.0.2.7", "2001:db8::7" */
	const char	*name;		/* that the server found for it */
	const char	*helo;		/* as the client calls itself */
};

/* client_name - the name, or "unknown" where there is none; borrowed. */
const char *client_name(const char *);

#endif
