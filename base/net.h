/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * net - lists of networks, as in Postfix's mynetworks
 *
 *	net_parse("127.0.0.0/8 [::1]/128, 10.0.0.1", &nets, &err);
 *	if (net_match(nets, "10.0.0.1")) ...
 *	while (net_outside(theirs, ours, &at, text)) ...
 *
 * Elements are separated by blanks or commas; an IPv6 address stands in [] or
 * bare; without /length it is one host; "!" in front excludes.  The first
 * element that holds the address decides.  IPv4-mapped IPv6 addresses match
 * as IPv4.
 */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct nets;

int	net_parse(const char *list, struct nets **out, struct err *);
bool	net_match(const struct nets *, const char *address);
struct nets *net_free(struct nets *);	/* NULL */

/* net_outside - the next element of inner that holds addresses which inner as a
 * whole does and outer does not; *at begins with 0; false: there is no more. */
#define NET_TEXT 56
bool	net_outside(const struct nets *inner, const struct nets *outer,
	    size_t *at, char out[NET_TEXT]);

#endif
