/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan_private - what plan.c and plan_act.c share
 */
#ifndef REMEDIATE_PLAN_PRIVATE_H
#define REMEDIATE_PLAN_PRIVATE_H

#include "remediate/proof/join.h"
#include "remediate/remediator.h"

/* plan_is_fresh - may the history, or the API, have more to say soon? */
bool	plan_is_fresh(const struct remediator *, const struct state_message *);

/* plan_recipients - make the actions of a message, and note that it is planned
 * unless more may become known. */
int	plan_recipients(struct remediator *, const struct state_message *,
	    const struct join *, struct err *);

#endif
