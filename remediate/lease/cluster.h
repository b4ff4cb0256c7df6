/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cluster - one gateway polls, and every gateway hears what it is told
 *
 *	struct cluster *cluster = cluster_new(&options);
 *
 *	source = cluster_over(cluster, &conf, source, true); -- and after a reload
 *	...
 *	cluster_keep(cluster);			-- now and then in long work
 *	cluster = cluster_free(cluster);	-- and leave
 *
 * A source of verdicts in front of another one.  A poll is made only by who
 * holds the lease; what it gives is published, and given on from there, to the
 * holder as to all others.  It is done() when all of it has been published: a
 * holder that loses the lease in the middle has not polled at all, and the next
 * one polls at once.  What is published stands for 90 days; who starts reads
 * all of it.  So nothing is missed, and what comes twice is the caller's to
 * know.
 *
 * The verdict of one message (verdict_now) and a search go to the API, whoever
 * asks; what the first one says is told to the others, too.
 */
#ifndef REMEDIATE_LEASE_CLUSTER_H
#define REMEDIATE_LEASE_CLUSTER_H

#include <stdatomic.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "remediate/api/verdict_source.h"

struct cluster;

enum cluster_news {
	CLUSTER_OURS,		/* we poll now */
	CLUSTER_NOT_OURS,	/* and now we do not any more */
	CLUSTER_THEIRS,		/* text: the gateway that does */
	CLUSTER_TROUBLE		/* text: something that is left out */
};

/* All borrowed until cluster_free(). */
struct cluster_options {
	const char	*name;		/* of this gateway */
	const atomic_bool *stopped;
	void		(*tell)(enum cluster_news, const char *text);
};

/* cluster_check - can what the configuration says of it be used?  Nobody is
 * asked.  err names the file and line. */
int	 cluster_check(const struct conf *, struct err *);

struct cluster *cluster_new(const struct cluster_options *);
struct cluster *cluster_free(struct cluster *);		/* NULL */

/* cluster_over - this source, or the cluster in front of it; valid as long as
 * both.  With cluster = none, a source of NULL or without polls: the source
 * itself, and a lease that we hold is given up.  All of conf that is used is
 * copied. */
const struct verdict_source *cluster_over(struct cluster *,
	    const struct conf *, const struct verdict_source *, bool polls);

/* cluster_keep - renew the lease if that is due. */
void	 cluster_keep(struct cluster *);

#endif
