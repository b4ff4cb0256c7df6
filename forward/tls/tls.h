/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls - what the forwarder asks of TLS
 *
 *	tls_new(&conf, &tls, &err);		-- errors name FILE:LINE
 *	tls_start(tls, &ask, &conn, deadline, &err);
 *
 * One struct tls holds what the connections of one configuration share: the
 * versions, the trusted certificates, our own certificate, the sessions of
 * earlier connections, so that a handshake costs less.  A session is resumed
 * only when exactly the same is asked for again, down to the TLSA records: what
 * was verified for it then still holds.
 *
 * Keys and signatures are of 112 bits of security at least (level 2 of
 * SSL_CTX_set_security_level(3)): no RSA below 2048 bits, no MD5 or SHA-1.
 * Of the server's own key that holds for each level below.
 *
 * What is asked of the certificate:
 *
 *	TLS_ENCRYPT	nothing
 *	TLS_VERIFY	a trusted one that names the host
 *	TLS_SECURE	a trusted one that has one of tls_names; by default the
 *			intake domain, or a host below it
 *	TLS_DANE	what a TLSA record says
 *
 * A certificate names a host in its subjectAltName; its common name counts for
 * TLS_DANE alone, and only where there is no host name in the other.  "*" stands
 * for one label, the leftmost, whole.  A host below the intake domain is any
 * name that ends in a dot and the domain, at whatever depth, also one with such
 * a "*"; RFC 9525 would have the domain alone, but this is what Postfix's secure
 * means (nexthop, dot-nexthop), and what certificates of MX hosts have.
 *
 * Any thread may use it.
 */
#ifndef FORWARD_TLS_H
#define FORWARD_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "forward/net/conn.h"
#include "forward/tls/dane.h"

struct tls;

enum tls_level { TLS_ENCRYPT, TLS_VERIFY, TLS_SECURE, TLS_DANE };

struct tls_ask {
	enum tls_level	 level;
	const char	*host;		/* may be an address; the server is told
					   if it is a name (SNI) */
	const char	*domain;
	const char	*names;		/* tls_names; TLS_SECURE (tls_wanted.h) */
	const struct dane *dane;	/* of host; TLS_DANE */
};

int	 tls_new(const struct conf *, struct tls **out, struct err *);
struct tls *tls_free(struct tls *);	/* NULL; no connection may be left */

enum { TLS_RENEW = 14 * 86400 };	/* s before its end to renew one in */

/* tls_validity - from when until when our own certificate and those that vouch
 * for it in its file are valid, in seconds since 1970; false: there is none. */
bool	 tls_validity(const struct tls *, int64_t *out_from,
	    int64_t *out_until);

/* tls_peer_until - until when the certificate of the other side is valid, in
 * seconds since 1970; 0: it has shown none. */
int64_t	 tls_peer_until(const struct conn *);

/* tls_start - the handshake.  err->sys is EPROTO when TLS failed, another
 * (see conn.h) when the connection did.  A certificate with other names than
 * was asked for: both are in the text. */
int	 tls_start(struct tls *, const struct tls_ask *, struct conn *,
	    int64_t deadline, struct err *);

/* tls_doubt - why TLS_VERIFY would not have done with this certificate; NULL:
 * it would.  Static. */
const char *tls_doubt(const struct conn *);

/* tls_matched - the TLSA record that the certificate has proved, as "3 1 1";
 * "" without one.  A resumed session has proved it before. */
#define TLS_MATCHED 16
char	*tls_matched(const struct conn *, char out[TLS_MATCHED]);

#endif
