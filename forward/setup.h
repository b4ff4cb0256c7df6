/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * setup - one configuration and what is made of it, shared and counted
 *
 *	setup_load(path, &setup, &err);		-- errors name FILE:LINE
 *	... setup->conf.helo_name, setup->tls ...
 *	setup = setup_leave(setup);
 *
 * Immutable.  Each connection holds the one that it was opened with; after a
 * reload the old one lives until the last of them is gone.
 */
#ifndef FORWARD_SETUP_H
#define FORWARD_SETUP_H

#include <stdatomic.h>

#include "base/conf.h"
#include "base/err.h"
#include "forward/net/connect.h"
#include "forward/queue/queue.h"
#include "forward/net/resolver.h"
#include "forward/route.h"
#include "forward/net/unreachable.h"
#include "forward/tls/sts.h"
#include "forward/tls/tls.h"

struct setup {
	struct conf	 conf;
	struct tls	*tls;
	struct resolver	*resolver;
	struct sts	*sts;
	struct unreachable	*unreachable;
	struct route_via via;
	struct connect_source source;
	atomic_uint	 users;
};

/* setup_load - read and check all of it.  Starts no thread.  What is wrong in the
 * configuration is ERR_NEVER; what cannot be read is ERR_LATER, and err->sys
 * says why. */
int	 setup_load(const char *path, struct setup **out, struct err *);
struct setup *setup_hold(struct setup *);	/* the same */
struct setup *setup_leave(struct setup *);	/* NULL */

/* setup_stop - whoever waits for DNS or a policy waits no longer. */
void	 setup_stop(struct setup *);

struct queue_rules setup_rules(const struct setup *);

#endif
