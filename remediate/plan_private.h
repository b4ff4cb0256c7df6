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

/* plan_named - a join_named: of these messages of the API, how many with its
 * Message-ID are for that recipient; arg is a struct plan_naming. */
struct plan_naming {
	const struct remediator *rem;
	const struct state_message *message;
	const char	*recipient;	/* plan_named()'s own, as count is */
	size_t		 count;
};
size_t	plan_named(void *arg, const char *recipient);

/* plan_recipients - make the actions of a message, and note that it is planned
 * unless more may become known. */
int	plan_recipients(struct remediator *, const struct state_message *,
	    const struct join *, struct err *);

#endif
