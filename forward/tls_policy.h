/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_policy - what a mail host must prove before it gets a copy, and why
 *
 *	struct tls_policy policy = TLS_POLICY;
 *
 *	if (tls_policy_find(&query, &target, &policy, &failure) == 0)
 *		... TLS, as policy.ask says ...
 *	tls_policy_drop(&policy);
 *
 * From tls_policy and what DNSSEC says of the host:
 *
 *	encrypt, verify, secure		as they are
 *	dane, dane-only			there are TLSA records	DANE
 *					unknown			not this host now
 *	dane				records, none usable	encrypt
 *					no records, or the chain
 *					to them is not signed	verify
 *	dane-only			no usable records	not this host
 *
 * And where the domain has an MTA-STS policy (RFC 8461), is not DANE's, and
 * tls_policy is none of those that name the certificate themselves (secure,
 * dane-only):
 *
 *	enforce		a host that it does not name is not tried; verify
 *	testing		nothing, but the log says what would have failed
 *
 * So a change from verify to dane loses nothing where there is no DANE.
 * Records of which none can be used say that their owner wants TLS, but nothing
 * that we understand of the certificate (RFC 7672 2.2).
 */
#ifndef FORWARD_TLS_POLICY_H
#define FORWARD_TLS_POLICY_H

#include <stdint.h>

#include "forward/route.h"
#include "forward/smtp/failure.h"
#include "forward/tls/dane.h"
#include "forward/tls/sts.h"
#include "forward/tls/tls.h"

struct tls_policy_query {
	int		 policy;	/* enum conf_tls_policy */
	struct resolver	*resolver;
	const struct route *route;
	const char	*domain;	/* the intake's */
	const char	*names;		/* tls_names */
	const struct sts_found *sts;	/* its policy, or that there is none */
	int64_t		 deadline;
};

struct tls_policy {
	struct tls_ask	 ask;		/* borrowed from the query, the
					   target, and what follows */
	struct dane	 dane;
	char		 why[400];	/* "" where tls_policy said it all */
	bool		 testing;	/* an MTA-STS policy */
};
#define TLS_POLICY { .dane = DANE }

/* tls_policy_wants_sts - a domain's MTA-STS policy counts with this
 * tls_policy. */
bool	 tls_policy_wants_sts(const struct conf *);

/* tls_policy_find - -1: CAUSE_DNS_SOFT, CAUSE_OURS or CAUSE_TLS.  What *out
 * held before is dropped. */
int	 tls_policy_find(const struct tls_policy_query *,
	    const struct route_target *, struct tls_policy *out,
	    struct failure *);
void	 tls_policy_drop(struct tls_policy *);

/* tls_policy_text - for the log, after a handshake: "verify mx.example.com",
 * "dane 3 1 1 of mx.example.com", "encrypt only, no usable TLSA records". */
#define TLS_POLICY_TEXT 1024
char	*tls_policy_text(const struct tls_policy *, const struct conn *,
	    char out[TLS_POLICY_TEXT]);

#endif
