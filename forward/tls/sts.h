/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sts - the MTA-STS policies of intake domains (RFC 8461), found and kept
 *
 *	struct sts_found found = STS_FOUND;
 *
 *	sts_find(sts, "example.com", deadline, &found);
 *	if (found.there && found.policy.mode == STS_ENFORCE) ...
 *	sts_found_drop(&found);
 *
 * A policy is announced by a TXT record, _mta-sts.DOMAIN, whose id changes
 * with it, got by HTTPS, and valid for its max_age.  Until then it is kept: in
 * memory, and in the directory sts below spool_directory, so that an attacker
 * that blocks it does not gain by a restart.
 *
 * A caller that asks for a policy that is kept gets it at once; a thread of
 * this module checks in the background whether there is a new one.  So only the
 * first connection to a domain waits for its policy, STS_PATIENCE at most.  A
 * policy that cannot be got is none, unless an older one is still valid; it is
 * asked for again after STS_PAUSE, or when the id changes.
 *
 * A delivery that a kept policy forbids has not failed for good before
 * sts_renew() has said that there is no newer one (RFC 8461 5.1).
 *
 * Any thread may ask.
 */
#ifndef FORWARD_STS_H
#define FORWARD_STS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/conf/conf.h"
#include "forward/net/resolver.h"
#include "forward/tls/sts_policy.h"

#define STS_PATIENCE	10000	/* ms; while a caller waits */
#define STS_BEHIND	60000	/* ms; in the background (RFC 8461 3.3) */
#define STS_PAUSE	300000	/* ms */

struct sts;

/* sts_new - conf and resolver must outlive it.  Starts no thread. */
struct sts *sts_new(const struct conf *, struct resolver *);
struct sts *sts_free(struct sts *);	/* NULL; no thread may be in here */

/* sts_read_only - what is found from now on is not saved: for who must leave the
 * spool as it is.  Before anybody asks. */
void	sts_read_only(struct sts *);

/* sts_stop - end all waiting; from now on nothing is found any more. */
void	sts_stop(struct sts *);

#define STS_WHY 128

struct sts_found {
	bool		 there;
	char		 why[STS_WHY];	/* it is not, though announced, or not
					   on disk, though there; or "" */
	char		 id[STS_ID];
	struct sts_policy policy;	/* borrowed from text */
	struct buf	 text;
};
#define STS_FOUND { .text = BUF }

/* sts_find - the policy in force; there may be none. */
void	sts_find(struct sts *, const char *domain, int64_t deadline,
	    struct sts_found *out);
void	sts_found_drop(struct sts_found *);

/* sts_renew - look again: true if there is another policy now than the one
 * that was found. */
bool	sts_renew(struct sts *, const char *domain, int64_t deadline,
	    struct sts_found *);

#endif
