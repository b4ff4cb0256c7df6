/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etcd - a request to a cluster of etcd, by its JSON gateway (v3)
 *
 *	struct etcd *etcd;
 *	struct etcd_answer answer;
 *
 *	etcd_open(&options, &etcd, &err);
 *	if (etcd_ask(etcd, "lease/grant", "{\"TTL\":\"60\"}", &answer,
 *	    &err) == 0) {
 *		... answer.lease ...
 *		etcd_answer_drop(&answer);
 *	}
 *	etcd = etcd_close(etcd);
 *
 * Members are asked one after the other, beginning with the one that answered
 * last, until one does; so a request that changes something may be made twice,
 * and must bear that.  With a user, a token is got before the first request,
 * and once more for a request when it is not taken any more.  The password is
 * only ever sent to get one.  One thread at a time.
 */
#ifndef REMEDIATE_LEASE_ETCD_H
#define REMEDIATE_LEASE_ETCD_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "remediate/lease/etcd_answer.h"

struct etcd;

/* All borrowed until etcd_close(). */
struct etcd_options {
	const char	*urls;			/* separated by blanks */
	const char	*credentials_file;	/* "": no login */
	const char	*ca_file;		/* "": the system's */
	int64_t		 timeout;		/* of a request to a member, ms */
	const atomic_bool *stopped;		/* or NULL */
};

enum { ETCD_MEMBERS = 16, ETCD_ANSWER_MAX = 160 << 20 };

/* etcd_open - reads the file of credentials; ERR_NEVER for it, or for URLs that
 * are none or too many.  Nobody is asked yet. */
int	 etcd_open(const struct etcd_options *, struct etcd **out,
	    struct err *);
struct etcd *etcd_close(struct etcd *);		/* NULL */

/* etcd_ask - path is what comes after "/v3/", json what is asked.  -1: no
 * member answered, or one refused it; err says which, and what it said. */
int	 etcd_ask(struct etcd *, const char *path, const char *json,
	    struct etcd_answer *out, struct err *);
/* etcd_code - of gRPC, after a failure: ETCD_NOT_FOUND, ...; -1: none */
int	 etcd_code(const struct etcd *);
size_t	 etcd_members(const struct etcd *);

#endif
