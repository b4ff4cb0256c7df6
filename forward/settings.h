/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * settings - one configuration and what is made of it, shared and counted
 *
 *	forward_settings_load(path, &settings, &err);	-- errors name FILE:LINE
 *	... settings->conf.helo_name, settings->tls ...
 *	settings = forward_settings_leave(settings);
 *
 * Immutable.  Each connection holds the one that it was opened with; after a
 * reload the old one lives until the last of them is gone.
 */
#ifndef FORWARD_SETTINGS_H
#define FORWARD_SETTINGS_H

#include <stdatomic.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "forward/logins.h"
#include "forward/net/connect.h"
#include "forward/net/peers.h"
#include "forward/net/resolver.h"
#include "forward/net/unreachable.h"
#include "forward/queue/queue.h"
#include "forward/route.h"
#include "forward/tls/sts.h"
#include "forward/tls/tls.h"

struct forward_settings {
	struct conf	 conf;
	struct tls	*tls;
	struct resolver	*resolver;
	struct sts	*sts;
	struct unreachable	*unreachable;
	struct logins	*logins;	/* NULL: none */
	struct route_via via;
	struct connect_source source;
	struct peers	*debug_peers;
	atomic_uint	 users;
};

/* forward_settings_load - read and check all of it.  Starts no thread.  What is
 * wrong in the configuration is ERR_NEVER; what cannot be read is ERR_LATER,
 * and err->sys says why.
 * forward_settings_hold - count one user more.  Returns its argument.
 * forward_settings_leave - count one less; the last one frees.  NULL. */
int	 forward_settings_load(const char *path, struct forward_settings **out,
	    struct err *);
struct forward_settings *forward_settings_hold(struct forward_settings *);
struct forward_settings *forward_settings_leave(struct forward_settings *);

/* forward_settings_stop - end all waiting for DNS and policies. */
void	 forward_settings_stop(struct forward_settings *);

struct queue_rules forward_settings_rules(const struct forward_settings *);

#endif
