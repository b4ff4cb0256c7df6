/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * undo - what was remediated goes back, or goes for good
 *
 *	undo_action(rem, &todo, "alice", &count, &err);
 *	undo_turn(rem);			-- now and then, at least at each start
 *
 * An undo stands in the state before anything is put back, and until all is: one
 * that a crash, or a mail store that is away, has cut short is gone on with by
 * undo_turn(), and until then nothing else is done for that recipient.
 *
 * What was moved is purged, and what was done is forgotten, after a time that does
 * not go by the host's clock alone: one that jumps would have the whole quarantine
 * purged at once, for good.  Counted is the time that undo_turn() has seen pass
 * (state_lived()), and of no span between two turns more than undo_span().
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

/* undo_turn - go on with what was to be undone, purge what was moved longer than
 * remediation_quarantine ago, forget what is older than remediation_lifetime. */
void	undo_turn(struct remediator *);

/* undo_span - the most that one span between two turns counts, ms: a quarter of
 * remediation_quarantine, but 2 hours at least and a day at most. */
int64_t	undo_span(const struct conf *);

#endif
