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
 * A turn polls when that is due, plans what is new, checks the caps, acts, and
 * now and then purges and asks for verdicts that may have been withdrawn.  Only
 * one process has a turn at a time; a turn that another one has is left out.
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
};

/* loop_turn - all that is due. */
void	loop_turn(struct loop *);

/* loop_once - a poll at once, and all that comes of it; -1: it failed, or another
 * process does not let us. */
int	loop_once(struct loop *, struct err *);

#endif
