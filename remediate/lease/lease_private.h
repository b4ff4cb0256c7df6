/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lease_private - what we hold in etcd, and where its keys are
 *
 *	int64_t deadline = lease_deadline(clock_boot(), 60000);
 */
#ifndef REMEDIATE_LEASE_LEASE_PRIVATE_H
#define REMEDIATE_LEASE_LEASE_PRIVATE_H

#include "base/buf.h"
#include "remediate/lease/etcd.h"
#include "remediate/lease/lease.h"

struct lease {
	struct etcd	*etcd;
	struct etcd_options for_etcd;
	char		*prefix;
	struct buf	 key;		/* of the holder, base64 */
	struct buf	 value;		/* what we would write there, base64 */
	int64_t		 ttl;		/* ms */

	int64_t		 id;		/* of our lease; 0: none */
	int64_t		 created;	/* revision of our key; 0: none */
	int64_t		 until;		/* deadline by clock_boot() */
	int64_t		 next;		/* when etcd is asked again */
	unsigned	 failed;	/* times in succession */
	char		*holder;

	int64_t		 book;		/* lease of what we publish; 0: none */
	int64_t		 book_until;	/* and then another one */
	uint64_t	 cluster;	/* where we read; 0: nowhere yet */
	int64_t		 seen;		/* revision */
};

/* lease_deadline - of one that was asked for then: ttl ms less a margin, for
 * clocks that go at different speeds.  Pure. */
int64_t	 lease_deadline(int64_t asked, int64_t ttl);
/* lease_pause - how long to leave etcd alone after so many failures; 0: none.
 * Pure. */
int64_t	 lease_pause(int64_t ttl, unsigned failed);

/* lease_lost - it is another's, or nobody's. */
void	 lease_lost(struct lease *);
/* lease_grant - a lease of so many s; *out: its number. */
int	 lease_grant(struct lease *, int64_t seconds, int64_t *out,
	    struct err *);

#endif
