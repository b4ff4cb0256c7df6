/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan - which messages are to be remediated, and for whom
 *
 *	plan_see(rem, &message);		-- an api_each
 *	plan_turn(rem);
 *
 * plan_see() only notes what is said.  plan_turn() decides about all that is not
 * decided yet: what is not ours, too old, or has a verdict that is not acted on
 * is left alone with a line that says so; a recipient that the API and our
 * history name gets an action, due at once with remediation_mode = act; when the
 * history cannot be asked, it is tried again.  What lost its verdict is not done
 * any more, or undone with remediation_restore = yes.
 */
#ifndef REMEDIATE_PLAN_H
#define REMEDIATE_PLAN_H

#include "remediate/remediator.h"

/* How long a message that the history does not know (yet) is looked for again. */
#define PLAN_PATIENCE	INT64_C(3600000)

/* The reason of what is not done, since it cannot be told which message is
 * meant. */
#define PLAN_SAME_ID	"More than one message has this Message-ID"

/* plan_see - arg: the struct remediator. */
void	plan_see(void *arg, const struct api_message *);
void	plan_turn(struct remediator *);

/* plan_verdict_fault - may this verdict be acted on?  NULL: yes. */
const char *plan_verdict_fault(const struct conf *,
	    const struct state_message *, int64_t now);

#endif
