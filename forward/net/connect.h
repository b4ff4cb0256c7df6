/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * connect - the two ends of a connection, and how one comes to be
 *
 *	if (connect_start(&to, &source, &fd, &ends, &err) == 0 &&
 *	    ... wait until fd is writable ... &&
 *	    connect_finish(&to, fd, &ends, &err) == 0)
 *		... fd is connected ...
 *
 * None of these waits.  err is as conn.h has it; connect_shortage() says
 * whether it is our shortage rather than the network's fault.
 */
#ifndef FORWARD_CONNECT_H
#define FORWARD_CONNECT_H

#include <stdbool.h>

#include "base/err.h"
#include "forward/net/conn.h"
#include "forward/net/endpoint.h"

/* Where our side of a connection shall be; length 0: as the system has it. */
struct connect_source {
	struct endpoint in;
	struct endpoint in6;
};

/* connect_start - source may be NULL; *out_fd becomes writable when it is
 * decided.  *out_ends is filled in also on -1, which leaves no descriptor. */
int	connect_start(const struct endpoint *to,
	    const struct connect_source *, int *out_fd,
	    struct conn_ends *out_ends, struct err *);

/* connect_possible - there is a route to that address, and an address of ours
 * to use it: no promise.  Sends nothing. */
bool	connect_possible(const struct endpoint *);

/* connect_finish - how it was decided; fd stays the caller's. */
int	connect_finish(const struct endpoint *to, int fd,
	    struct conn_ends *out_ends, struct err *);

/* connect_shortage - we lack descriptors, memory, ports, or the address of
 * source_address: no other peer would do better. */
bool	connect_shortage(const struct err *);

/* ---- source_address ---- */

/* connect_source_parse - "", or one address of IPv4, one of IPv6, or both,
 * with or without [].  The error does not name the parameter. */
int	connect_source_parse(const char *, struct connect_source *out,
	    struct err *);

/* connect_source_check - both are addresses of this machine, now. */
int	connect_source_check(const struct connect_source *, struct err *);

#endif
