/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trust - what a mail host must prove before it gets a copy, and why that
 *
 *	struct trust trust = TRUST;
 *
 *	if (trust_find(&seeker, &target, &trust, &failure) == 0 &&
 *	    ... tls_start(tls, &trust.ask, &conn, ...) ...)
 *		log trust_text(&trust, &conn, text)
 *	trust_drop(&trust);
 *
 * From tls_policy and what DNSSEC says of the host:
 *
 *	encrypt, verify, secure		as they are
 *	dane, dane-only			there are TLSA records	DANE
 *					nobody can tell		not this host now
 *	dane				records, none usable	encrypt
 *					no records, or the way
 *					to them is not signed	verify
 *	dane-only			no usable records	not this host
 *
 * So whoever goes from verify to dane loses nothing where there is no DANE.
 * Records of which none can be used were signed by someone who wants TLS, and
 * nothing known to us of the certificate (RFC 7672 2.2).
 */
#ifndef FORWARD_TRUST_H
#define FORWARD_TRUST_H

#include <stdint.h>

#include "forward/dane.h"
#include "forward/route.h"
#include "forward/tls.h"
#include "forward/verdict.h"

struct trust_seeker {
	int		 policy;	/* enum conf_tls_policy */
	struct resolver	*resolver;
	const struct route *route;
	const char	*domain;	/* the intake's */
	int64_t		 deadline;
};

struct trust {
	struct tls_ask	 ask;		/* borrowed from the seeker, the
					   target, and what follows */
	struct dane	 dane;
	char		 why[160];	/* "" where tls_policy said it all */
};
#define TRUST { .dane = DANE }

/* trust_find - -1: CAUSE_DNS_SOFT or CAUSE_TLS.  What *out held before is
 * dropped. */
int	 trust_find(const struct trust_seeker *, const struct route_target *,
	    struct trust *out, struct failure *);
void	 trust_drop(struct trust *);

/* trust_text - for the log, behind a handshake: "verify mx.example.com",
 * "dane 3 1 1 of mx.example.com", "encrypt only, no usable TLSA records". */
#define TRUST_TEXT 600
char	*trust_text(const struct trust *, const struct conn *,
	    char out[TRUST_TEXT]);

#endif
