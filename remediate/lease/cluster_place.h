/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cluster_place - where etcd is and who we are there, by the configuration
 *
 *	struct cluster_place place = cluster_place_of(&options, &conf);
 *
 *	lease_open(&place.options, &lease, &err);
 *	cluster_place_drop(&place);		-- after lease_close()
 */
#ifndef REMEDIATE_LEASE_CLUSTER_PLACE_H
#define REMEDIATE_LEASE_CLUSTER_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "remediate/lease/cluster.h"
#include "remediate/lease/lease.h"

struct cluster_place {
	struct arena	 texts;
	struct lease_options options;	/* urls NULL: none */
	struct stat	 login;		/* the file; st_ino 0: unknown */
};

struct cluster_place cluster_place_of(const struct cluster_options *,
	    const struct conf *);
void	 cluster_place_drop(struct cluster_place *);	/* as after { 0 } */

/* cluster_place_is - the same, and the file of credentials has not changed. */
bool	 cluster_place_is(const struct cluster_place *,
	    const struct cluster_place *);

#endif
