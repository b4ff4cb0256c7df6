/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * endpoint - an IP address and a port: where a connection leads
 *
 *	struct endpoint endpoint;
 *	char text[INET6_ADDRSTRLEN];
 *
 *	if (endpoint_parse("[2001:db8::1]", 25, &endpoint))
 *		puts(endpoint_print(&endpoint, text));
 *
 * And lists of them, in room of the caller's:
 *
 *	struct endpoint room[8];
 *	struct endpoints list = { .list = room, .max = 8, .port = 25 };
 *
 *	endpoints_add(&list, octets, 16);
 *
 * Pure.
 */
#ifndef FORWARD_ENDPOINT_H
#define FORWARD_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct endpoint {
	struct sockaddr_storage sockaddr;
	socklen_t	 length;	/* 0: none */
};

/* endpoint_parse - of an address as people write it: "192.0.2.1",
 * "2001:db8::1", either of them in [], "[IPv6:2001:db8::1]".  false: the text
 * is none of these. */
bool	 endpoint_parse(const char *text, unsigned port, struct endpoint *out);

/* endpoint_make - of an address of 4 or 16 octets; false: it has another
 * length. */
bool	 endpoint_make(const void *octets, size_t, unsigned port,
	    struct endpoint *out);

/* endpoint_print - the address alone, without [].  Returns out. */
char	*endpoint_print(const struct endpoint *, char out[INET6_ADDRSTRLEN]);
unsigned endpoint_port(const struct endpoint *);
bool	 endpoint_equal(const struct endpoint *, const struct endpoint *);

struct endpoints {
	struct endpoint	*list;
	size_t		 count, max;
	unsigned	 port;		/* of those that are added */
};

/* endpoints_add - one more; those over max are left out. */
void	 endpoints_add(struct endpoints *, const void *octets, size_t);
bool	 endpoints_parse(struct endpoints *, const char *text);	/* likewise */

#endif
