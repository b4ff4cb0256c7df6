/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns - the records that a mail client asks for
 *
 *	switch (dns_mx(resolver, "example.com", deadline, &list)) ...
 */
#ifndef FORWARD_DNS_H
#define FORWARD_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "forward/net/endpoint.h"
#include "forward/net/resolver.h"

#define DNS_NAME 256		/* a host name and its NUL */

struct dns_mx {
	unsigned	 preference;
	char		 host[DNS_NAME]; /* "": the null MX (RFC 7505) */
};

struct dns_mx_list {
	struct dns_mx	*entries;	/* new with DNS_FOUND, else NULL */
	size_t		 count;
	bool		 secure;	/* validated, also that there are none */
	const char	*why;		/* as struct resolver_answer has it */
};

/* dns_mx - the MX records of a domain, as they come.  Names that no host can
 * have are left out. */
enum dns_status dns_mx(struct resolver *, const char *domain,
	    int64_t deadline, struct dns_mx_list *out);

struct dns_host {
	struct endpoints endpoints;	/* room of the caller's, and a port */
	bool		 secure;	/* all of them were validated */
	char		 canonical[DNS_NAME]; /* after CNAMEs; "": none */
};

/* dns_addresses - add those of a host, of both families.
 *
 * Both are asked for at once (RFC 8305 section 3).  When there are addresses
 * of one, to which there is a way from here, the other is not waited for much
 * longer: DNS_DELAY_AAAA for those of IPv6, DNS_DELAY_A for those of IPv4.
 * The RFC puts IPv6 first and has the same short time for either; but IPv6 is
 * what does not work when only one does, and what comes later than this is not
 * tried at all.  An answer that is late is kept for the next caller. */
#define DNS_DELAY_AAAA 50	/* ms, the RFC's Resolution Delay */
#define DNS_DELAY_A 2000	/* ms */
enum dns_status dns_addresses(struct resolver *, const char *host,
	    int64_t deadline, struct dns_host *, const char **why);

/* dns_texts - the TXT records of a name, added to out: the strings of each
 * joined, with a NUL after; NULs within become '?'. */
enum dns_status dns_texts(struct resolver *, const char *name,
	    int64_t deadline, struct buf *out, const char **why);

/* dns_alias - whether the name itself is a CNAME, and a validated one. */
enum dns_status dns_alias(struct resolver *, const char *host,
	    int64_t deadline, bool *out_secure, const char **why);

#endif
