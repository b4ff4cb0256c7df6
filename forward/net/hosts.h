/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hosts - addresses in /etc/hosts (hosts(5))
 *
 *	hosts_find(HOSTS_FILE, "scanner.lan", &endpoints);
 *
 * Only for the host of intake_route, which a person wrote: an MX host's name
 * is DNS's.  No file is no address.
 */
#ifndef FORWARD_HOSTS_H
#define FORWARD_HOSTS_H

#include "forward/net/endpoint.h"

#define HOSTS_FILE "/etc/hosts"

/* hosts_find - add the addresses of a host. */
void	hosts_find(const char *path, const char *host, struct endpoints *);

#endif
