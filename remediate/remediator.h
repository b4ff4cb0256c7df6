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

#include "base/alert/alert.h"
#include "base/buf.h"
#include "remediate/api/verdict_source.h"
#include "remediate/settings.h"
#include "remediate/state/state.h"

struct remediator {
	const struct settings	*settings;
	struct state	*state;
	const char	*host, *by;
	const char	*request;	/* "asked for: ID"; NULL: a poll */
	int64_t		(*clock)(void);	/* NULL: clock_wall() */
	void		(*alive)(void);	/* called between steps; or NULL */
	struct alerts	*alerts;	/* for alert_command; or NULL */
	int64_t		 api_down_since;	/* clock_now(); 0: it is not */
	bool		 api_told_down;

	/* with each poll counting begins after this event (caps.h) */
	int64_t		 poll_mark;
	bool		 poll_marked;

	/* of one turn */
	int64_t		 batch;		/* 0: none yet */
	char		 batch_name[64];
	bool		 held;		/* nothing is touched: it cannot be told
					   whether it is too much */
	bool		 missed;	/* a verdict could not be noted */
	bool		 gave_way;	/* it ended early, for a person who waits */
	struct buf	 failures;	/* for remediation_notify, a line each */
};

/* rem_now - ms since 1970.  rem_stops - we are still at work; true: stop.
 * rem_gives_way - the same where nothing is half done: true also when another
 * process waits for its turn to act. */
int64_t	 rem_now(const struct remediator *);
bool	 rem_stops(const struct remediator *);
bool	 rem_gives_way(struct remediator *);

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
