/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service - what all sessions of the milter share
 *
 *	struct settings *settings = settings_hold(service);
 *	... settings->conf, settings->inbound ...
 *	settings_leave(settings);
 *
 * Settings are an immutable, counted snapshot: a reload builds a new one,
 * swaps, and leaves the old to those that still hold it.  The policy has its
 * own snapshots (policy.h), because tables change more often than tdc.cf.
 */
#ifndef MILTER_SERVICE_H
#define MILTER_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/alert/alert.h"
#include "base/conf/conf.h"
#include "base/counters/counters.h"
#include "base/err.h"
#include "base/log/log.h"
#include "journal/spool/spool.h"
#include "policy/inbound.h"
#include "policy/policy.h"

struct settings {
	struct conf	 conf;
	struct inbound_rules inbound;
	_Atomic unsigned users;
};

struct service {
	pthread_mutex_t	 lock;		/* guards current */
	struct settings	*current;
	struct policy_live *policy;
	struct spool	*spool;
	struct counters	*counters;
	struct alerts	*alerts;	/* NULL: none are told */
	bool		 spool_low;	/* as the alerts saw it last */
	_Atomic unsigned open_messages;	/* between DATA and their end */
	_Atomic bool	 stopping;
};

/* settings_load - read tdc.cf, its networks and its tables; new ones in
 * both outputs.  At a reload there is a policy already, at a start NULL. */
int	 settings_load(const char *conf_file, struct policy_live *,
	    struct settings **out, struct policy **out_policy, struct err *);
struct settings *settings_hold(struct service *);
void	 settings_leave(struct settings *);

/* service_reload - takes both. */
void	 service_reload(struct service *, struct settings *, struct policy *);

/* service_count - one message more, whose fate is known now. */
void	 service_count(struct service *, enum counter fate);

/* service_unserved - count and log a connection from Postfix that ended
 * before its client was known. */
void	 service_unserved(struct service *);

/* Log what is found about who brought a message. */
extern const struct inbound_events service_inbound_events;

/* service_open_spool - the spool and the counters, as the later user. */
int	 service_open_spool(struct service *, struct err *);

#endif
