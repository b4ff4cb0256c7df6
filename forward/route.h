/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * route - where the copies for an intake domain go
 *
 *	route_parse("[127.0.0.1]:2525", &via, &err);	-- intake_route
 *	route_find(resolver, &via, "example.com", deadline, &route, &failure);
 *	for (i = 0; i < route.count; i++)
 *		... route.targets[i] ...
 *
 * By MX: hosts in order of preference, in random order where that is the
 * same; a domain without MX is its own (RFC 5321 5.1); the null MX takes no
 * mail (RFC 7505).  intake_route in its place: that host, found in /etc/hosts
 * or in DNS, or an address.  Port 465 there means TLS from the first byte
 * (RFC 8314).  An MX that is an address is taken for one.
 *
 * Addresses are tried in this order, ROUTE_TARGETS at most.  What was found on
 * the way there, also in vain, is for who wants to see it.
 */
#ifndef FORWARD_ROUTE_H
#define FORWARD_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forward/net/dns.h"
#include "forward/smtp/failure.h"

#define ROUTE_TARGETS 8
#define ROUTE_MX 8

struct route_via {
	char		 host[DNS_NAME];	/* "": by MX */
	unsigned	 port;
};

struct route_target {
	char		 host[DNS_NAME];	/* as its certificate has it */
	char		 canonical[DNS_NAME];	/* after CNAMEs; "": none */
	bool		 secure;		/* the address was validated */
	struct endpoint address;
};

/* A host of the domain, in the order in which they are tried. */
struct route_mx {
	unsigned	 preference;
	char		 host[DNS_NAME];	/* "": the null MX */
	const char	*why;			/* static: why no address of it
						   is known; NULL: some are, or
						   nobody asked */
};

struct route {
	bool		 wrapped;		/* TLS from the first byte */
	bool		 by_mx;			/* the domain itself says where,
						   not a person */
	bool		 secure;		/* which was validated; true where
						   there are no MX records */
	size_t		 count;
	struct route_target targets[ROUTE_TARGETS];
	bool		 own;			/* it has no MX records */
	int64_t		 answered;		/* clock_now(), when these were
						   known; 0: they are not */
	size_t		 mx_count;		/* may be more than ROUTE_MX */
	struct route_mx	 mx[ROUTE_MX];
};

/* route_parse - "", "host", "host:port", "[host]", "[host]:port"; host may
 * be an address, one of IPv6 in [] only, and loses a dot at its end.  The error
 * does not name the parameter. */
int	route_parse(const char *text, struct route_via *out, struct err *);

/* route_order - sort by preference, equals by chance.  Pure: the chance is
 * in the seed. */
void	route_order(struct dns_mx *, size_t count, uint64_t seed);

/* route_find - at least one target, or -1 and CAUSE_DNS_HARD, CAUSE_DNS_SOFT
 * or CAUSE_OURS, as failure_dns() has it; the type is "MX", or "A" for the
 * host of intake_route.  Then *out has what was known by then, and no target. */
int	route_find(struct resolver *, const struct route_via *,
	    const char *domain, int64_t deadline, struct route *out,
	    struct failure *);

#endif
