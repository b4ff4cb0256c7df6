/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns - the records that a mail client asks for
 *
 *	switch (dns_mx(resolver, "example.com", deadline, &list, &count,
 *	    &why)) ...
 */
#ifndef FORWARD_DNS_H
#define FORWARD_DNS_H

#include <stddef.h>
#include <stdint.h>

#include "forward/conn.h"
#include "forward/resolver.h"

#define DNS_NAME 256		/* a host name and its NUL */

struct dns_mx {
	unsigned	 preference;
	char		 host[DNS_NAME]; /* "": the null MX (RFC 7505) */
};

/* dns_mx - the MX records of a domain, as they come; new array in *out.
 * Names that no host can have are left out. */
enum dns_status dns_mx(struct resolver *, const char *domain,
	    int64_t deadline, struct dns_mx **out, size_t *out_count,
	    const char **why);

/* Addresses, added to a list of the caller's; those over max are left. */
struct dns_places {
	struct conn_address *list;
	size_t		 count, max;
	unsigned	 port;		/* for all of them */
};
void	dns_add_address(struct dns_places *, const void *octets, size_t);

/* dns_addresses - those of a host, of both families. */
enum dns_status dns_addresses(struct resolver *, const char *host,
	    int64_t deadline, struct dns_places *, const char **why);

#endif
