/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remediator - what all parts of the program share
 *
 *	struct remediator rem = { .settings = settings, .state = state,
 *	    .host = "gw.example.com", .by = "tdc-remediator" };
 *
 * One thread.
 */
#ifndef REMEDIATE_REMEDIATOR_H
#define REMEDIATE_REMEDIATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "remediate/api/verdict_source.h"
#include "remediate/settings.h"
#include "remediate/state/state.h"

struct remediator {
	const struct settings	*settings;
	struct state	*state;
	const char	*host, *by;
	int64_t		(*clock)(void);	/* NULL: clock_wall() */
	void		(*alive)(void);	/* called between steps; or NULL */

	/* of one turn */
	int64_t		 batch;		/* 0: none yet */
	char		 batch_name[64];
	unsigned	 begun;		/* actions made due */
	bool		 held;		/* nothing is touched: it cannot be told
					   whether it is too much */
	bool		 missed;	/* a verdict could not be noted */
	struct buf	 failures;	/* for remediation_notify, a line each */
};

/* rem_now - ms since 1970.  rem_alive - we are still at work; true: stop. */
int64_t	 rem_now(const struct remediator *);
bool	 rem_stops(const struct remediator *);

/* rem_exit_code - what a failure is for a shell: never, for one that will not pass
 * by itself; EX_NOPERM, for what this user may not do; else EX_TEMPFAIL. */
int	 rem_exit_code(const struct err *, int never);

/* rem_turn_begin, rem_turn_end - a turn, with a batch of its own if it needs one,
 * and one mail about all its failures. */
void	 rem_turn_begin(struct remediator *);
void	 rem_turn_end(struct remediator *);
/* rem_batch - the turn's, made at its first use. */
int	 rem_batch(struct remediator *, struct err *);
/* rem_failed - remember a line for the mail. */
void	 rem_failed(struct remediator *, const char *line);

#endif
