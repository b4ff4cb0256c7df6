/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hosts - addresses in /etc/hosts (hosts(5))
 *
 *	hosts_find(HOSTS_FILE, "scanner.lan", &places);
 *
 * Only for the host of intake_route, which a person wrote: an MX host's name
 * is DNS's.  No file is no address.
 */
#ifndef FORWARD_HOSTS_H
#define FORWARD_HOSTS_H

#include "forward/net/dns.h"

#define HOSTS_FILE "/etc/hosts"

void	hosts_find(const char *path, const char *host, struct dns_places *);

/* hosts_literal - the address that text is, if it is one: "192.0.2.1",
 * "2001:db8::1", either of them in [], "[IPv6:2001:db8::1]". */
bool	hosts_literal(const char *text, struct dns_places *);

#endif
