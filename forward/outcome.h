/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outcome - what became of a copy, for the spool, the counters and the log, in
 * the words and order of AsyncOS
 */
#ifndef FORWARD_OUTCOME_H
#define FORWARD_OUTCOME_H

#include "forward/forwarder.h"
#include "forward/verdict.h"
#include "forward/worker.h"

/* outcome_connection - the line, if any, about the connection itself. */
void	outcome_connection(const struct worker *, const struct verdict *);

/* outcome_limited - it took worker->taken copies, and no more. */
void	outcome_limited(const struct worker *, const struct failure *);

/* outcome_delivered, outcome_failed - of a copy that the worker sent, or would
 * have sent; they take the item. */
void	outcome_delivered(const struct worker *, struct item *,
	    const struct reply *);
void	outcome_failed(const struct worker *, struct item *,
	    const struct verdict *);

/* outcome_expired - of a copy that was not sent in time; takes the item. */
void	outcome_expired(struct forwarder *, struct item *);

/* outcome_damaged - of a file that is no whole copy; it is moved away. */
void	outcome_damaged(struct forwarder *, const struct spool_entry *,
	    const char *why);

/* outcome_trouble - with the spool; rate-limited. */
void	outcome_trouble(const char *why);

#endif
