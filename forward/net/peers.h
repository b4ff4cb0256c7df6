/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peers - a list of intakes, as in Postfix's debug_peer_list
 *
 *	peers_parse("example.com, 192.0.2.0/24", &peers, &err);
 *	if (peers_match(peers, &(struct peer){ .host = "mx.example.com",
 *	    .domain = "example.com", .address = "192.0.2.25" })) ...
 *	peers = peers_free(peers);
 *
 * Elements are separated by blanks or commas: a name, which stands for itself
 * and all names below it, or with a dot in front for these alone; an address or
 * a network, as in net.h; "!" in front excludes.  A name is compared with the
 * intake domain and with the host that its MX or intake_route names, without
 * regard to case.  The first element that matches decides.
 */
#ifndef FORWARD_PEERS_H
#define FORWARD_PEERS_H

#include <stdbool.h>

#include "base/err.h"

struct peers;

/* Whom a connection is for, and whom it is to. */
struct peer {
	const char	*domain;	/* the intake's */
	const char	*host;
	const char	*address;	/* numeric */
};

/* peers_parse - new; "" is nobody.  The error does not name the parameter. */
int	peers_parse(const char *list, struct peers **out, struct err *);
bool	peers_match(const struct peers *, const struct peer *);
struct peers *peers_free(struct peers *);	/* NULL; NULL is fine */

#endif
