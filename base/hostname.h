/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostname - what this host calls itself, in full if that can be known
 *
 *	char name[HOSTNAME_SIZE];
 *
 *	hostname_get(name);		-- "gw.example.com"
 *
 * The name that gethostname(2) has, when there is a dot in it.  Else the
 * canonical name that the system has for it (getaddrinfo(3): /etc/hosts, DNS),
 * when that is a host name with a dot.  Else the short one; "localhost", when
 * there is none.
 *
 * The system may have to ask DNS, which takes its time when nobody answers; so
 * a name that was found so is remembered as long as the process lives.
 */
#ifndef BASE_HOSTNAME_H
#define BASE_HOSTNAME_H

#include <stdbool.h>

#define HOSTNAME_SIZE 256

void	hostname_get(char out[HOSTNAME_SIZE]);

/* hostname_is_full - whether that is a host name with a dot, and not another
 * word for "localhost". */
bool	hostname_is_full(const char *);

#endif
