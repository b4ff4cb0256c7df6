/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_wanted - the names of which the certificate must have one, with TLS_SECURE
 *
 *	ask.names = "nexthop, .mail.example.net";	-- tls_names
 *	tls_wanted_ask(ssl, &ask);
 *	puts(tls_wanted_text(&ask, text));
 *
 * Words, separated by commas or blanks:
 *
 *	nexthop		the intake domain
 *	dot-nexthop	any name below it, at whatever depth
 *	hostname	the mail host, as MX records or intake_route name it; an
 *			address counts where no other name is asked for
 *	.example.com	any name below that
 *	example.com	this name
 */
#ifndef FORWARD_TLS_WANTED_H
#define FORWARD_TLS_WANTED_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "forward/tls/tls.h"

#define TLS_WANTED 400

/* tls_wanted_ask - false: OpenSSL takes none of them. */
bool	 tls_wanted_ask(SSL *, const struct tls_ask *);

/* tls_wanted_text - for a person: "example.com or a name below it", "a.test, a
 * name below b.test"; cut where there are many.  Out. */
char	*tls_wanted_text(const struct tls_ask *, char out[TLS_WANTED]);

#endif
