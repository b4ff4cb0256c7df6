/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop - one turn after the other
 *
 *	struct loop loop = { .rem = rem, .source = verdicts };
 *
 *	while (!stopped) {
 *		loop_turn(&loop);
 *		... wait for a second ...
 *	}
 *
 * A turn polls when that is due, and now and then asks for verdicts that may
 * have been withdrawn; then it plans what is new, checks the caps, acts, and
 * purges.  Only one process does the one or the other at a time
 * (state_lock.h); what another one is at is left out.  A turn ends between two
 * actions when somebody waits, and the next one goes on.
 */
#ifndef REMEDIATE_LOOP_H
#define REMEDIATE_LOOP_H

#include "remediate/remediator.h"

struct loop {
	struct remediator rem;
	const struct verdict_source *source;	/* NULL: there is no API */
	int64_t		 next_poll, next_plan, next_purge, next_check; /* ms */
	bool		 failed;	/* the last poll did */
	const char	*person;	/* who gave a command */
	bool		 dry;		/* with -n: nothing is to be touched */
};

/* loop_turn - all that is due. */
void	loop_turn(struct loop *);

/* loop_once - a poll at once, and all that comes of it; -1: it failed, or another
 * process does not let us. */
int	loop_once(struct loop *, struct err *);

#endif
