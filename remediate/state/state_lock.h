/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state_lock - what only one process may do at a time
 *
 *	if (state_lock(state, STATE_RUNS, 0, &err) == -1)
 *		... err: another tdc-remediator runs, pid 4711 ...
 *	...
 *	if (state_lock(state, STATE_ACTS, 60000, &err) == -1)
 *		... err: another tdc-remediator is at work ...
 *	... and at each place where nothing is half done ...
 *	if (state_awaited(state))
 *		... somebody waits for it: give it up soon ...
 *	state_unlock(state, STATE_ACTS);
 *
 * The locks are ranges of a file beside the database, and belong to the open
 * file: they are gone when the process is, however it ended.  Whoever waits for
 * STATE_ACTS stands in a queue of one, so that the holder, which wants it again
 * at once, comes after him.
 */
#ifndef REMEDIATE_STATE_LOCK_H
#define REMEDIATE_STATE_LOCK_H

#include "remediate/state/state.h"

enum state_right {
	STATE_ACTS,		/* touch mailboxes */
	STATE_POLLS,		/* ask for verdicts */
	STATE_RUNS,		/* be the daemon */
};

/* state_lock - waits up to patience ms: ERR_LATER, and the err says who has it.
 * state_unlock - if we have it. */
int	 state_lock(struct state *, enum state_right, int64_t patience,
	    struct err *);
void	 state_unlock(struct state *, enum state_right);

/* state_awaited - does another process wait for STATE_ACTS? */
bool	 state_awaited(const struct state *);

#endif
