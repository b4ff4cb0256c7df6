/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls - what the forwarder asks of TLS
 *
 *	tls_new(&conf, &tls, &err);		-- errors name FILE:LINE
 *	tls_start(tls, host, domain, &conn, deadline, &err);
 *
 * One struct tls holds what the connections of one configuration share: the
 * versions, the trusted certificates, our own certificate, the sessions of
 * earlier connections (one for each host, so that a handshake costs less).
 * tls_policy:
 *
 *	encrypt		any certificate
 *	verify		a trusted one that names the host we connect to
 *	secure		a trusted one that names the intake domain, or a host
 *			below it
 *
 * Any thread may use it.
 */
#ifndef FORWARD_TLS_H
#define FORWARD_TLS_H

#include "base/conf.h"
#include "base/err.h"
#include "forward/conn.h"

struct tls;

int	 tls_new(const struct conf *, struct tls **out, struct err *);
struct tls *tls_free(struct tls *);	/* NULL; no connection may be left */

/* tls_start - the handshake.  err->sys is EPROTO when TLS failed, another
 * (see conn.h) when the connection did.  host may be an address. */
int	 tls_start(struct tls *, const char *host, const char *domain,
	    struct conn *, int64_t deadline, struct err *);

#endif
