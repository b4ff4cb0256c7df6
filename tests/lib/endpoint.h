/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * endpoint - TCP to and at "ADDRESS:PORT", for the programs of the tests
 *
 *	int fd = endpoint_listen(optarg, &err);
 *
 *	server = endpoint_find(optarg);
 *	fd = endpoint_connect(server);
 *	if (!endpoint_write(fd, "QUIT\r\n", 6)) ...
 *
 * An address is numeric; one of IPv6 stands in brackets.
 */
#ifndef TESTS_LIB_ENDPOINT_H
#define TESTS_LIB_ENDPOINT_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* New, for freeaddrinfo(); NULL: it is no address.  The text is cut up. */
struct addrinfo *endpoint_find(char *where);

/* Listen there, port 0 being any, and print "listening ADDRESS:PORT". */
int	endpoint_listen(char *where, struct err *);

/* Without waiting for more to send (TCP_NODELAY); -1: errno. */
int	endpoint_connect(const struct addrinfo *);

/* All n bytes; false: the peer is gone. */
bool	endpoint_write(int fd, const char *, size_t n);

#endif
