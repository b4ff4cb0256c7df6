/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * net - lists of networks, as in Postfix's mynetworks
 *
 *	net_parse("127.0.0.0/8 [::1]/128, 10.0.0.1", &nets, &err);
 *	if (net_match(nets, "10.0.0.1")) ...
 *
 * Elements are separated by blanks or commas; an IPv6 address stands in [] or
 * bare; without /length it is one host; "!" in front excludes.  The first
 * element that holds the address decides.  IPv4-mapped IPv6 addresses match
 * as IPv4.
 */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>

#include "base/err.h"

struct nets;

int	net_parse(const char *list, struct nets **out, struct err *);
bool	net_match(const struct nets *, const char *address);
struct nets *net_free(struct nets *);	/* NULL */

#endif
