/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * undo - what was remediated goes back, or goes for good
 *
 *	undo_action(rem, &todo, "alice", &count, &err);
 *	undo_purge(rem);			-- of all whose time is over
 */
#ifndef REMEDIATE_UNDO_H
#define REMEDIATE_UNDO_H

#include "remediate/remediator.h"
#include "remediate/todo.h"

/* The reason of what was undone, or not done, because of that. */
#define UNDO_WITHDRAWN	"verdict withdrawn"

/* undo_action - put back all that was moved for it, and do no more of it; by: who
 * wants that, NULL: the verdict was withdrawn.  *out_count: of messages that are
 * back.  -1: not all are, and it can be called again. */
int	undo_action(const struct remediator *, const struct todo *,
	    const char *by, unsigned *out_count, struct err *);

/* undo_withdrawn - of a message that is no threat any more: what waits is not
 * done; what was done is undone with remediation_restore = yes. */
int	undo_withdrawn(const struct remediator *,
	    const struct state_message *, struct err *);

/* undo_purge - what was moved longer than remediation_quarantine ago. */
void	undo_purge(struct remediator *);

#endif
