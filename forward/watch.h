/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch - who looks on while a connection is made and used
 *
 *	struct watch watch = trial_watch(&trial);	-- all of these are set
 *
 *	worker->watch = &watch;
 *	dial_try(worker, &failure);
 *
 * For a worker that nobody waits for, whose deeds are no deeds of the gateway:
 * it has no DCID, and no word of it is in the log.  They are called in the
 * worker's thread, and what they get is borrowed for the call.
 */
#ifndef FORWARD_WATCH_H
#define FORWARD_WATCH_H

#include "forward/route.h"
#include "forward/smtp/smtp.h"
#include "forward/tls/sts.h"
#include "forward/tls_policy.h"

struct watch {
	void		*arg;
	/* where its copies go, or why that is not known */
	void		(*route)(void *arg, const struct route *,
			    const struct failure *);
	/* its MTA-STS policy, or that there is none */
	void		(*sts)(void *arg, const struct sts_found *);
	/* what a host must prove, or why it is not to be tried */
	void		(*host)(void *arg, const struct route_target *,
			    const struct tls_policy *, const struct failure *);
	/* one of its addresses is connected */
	void		(*connected)(void *arg, const struct conn_ends *);
	/* a host or an address was of no use */
	void		(*failed)(void *arg, const struct failure *);
	struct smtp_trace trace;	/* of the conversation */
};

#endif
