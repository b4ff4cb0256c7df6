/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sts_fetch - get a domain's policy by HTTPS (RFC 8461 3.3)
 *
 *	sts_fetch(&source, "example.com", deadline, &text, &err);
 *
 * From https://mta-sts.DOMAIN/.well-known/mta-sts.txt: a trusted certificate
 * that names this host, TLS 1.2 at least, no redirection, text/plain, no more
 * than STS_POLICY_MAX octets.  The address comes from our own resolver;
 * proxies are not used.  Any thread.
 */
#ifndef FORWARD_STS_FETCH_H
#define FORWARD_STS_FETCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "forward/net/resolver.h"

struct sts_source {
	struct resolver	*resolver;
	const char	*ca_file, *ca_path;	/* both "": the system's */
	const atomic_bool *stopped;		/* true: come to an end */
};

/* sts_fetch - into an empty buf. */
int	sts_fetch(const struct sts_source *, const char *domain,
	    int64_t deadline, struct buf *out, struct err *);

const char *sts_fetch_version(void);		/* of libcurl */

#endif
