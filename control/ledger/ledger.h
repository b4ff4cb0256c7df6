/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ledger - what tdc-remediator has on record, read as its owner
 *
 *	const struct ledger_query query = { .mid = 14501404 };
 *	struct ledger ledger;
 *
 *	if (ledger_read(&conf, &query, &ledger, &err) == -1)
 *		... err: nothing was ever remediated, or it cannot be read ...
 *	for (size_t i = 0; i < ledger.count; i++)
 *		puts(ledger.actions[i].recipient);
 *	ledger_drop(&ledger);
 *
 * A picture of one moment, all of it in memory; the database is not changed, and
 * tdc-remediator may go on writing.
 */
#ifndef CONTROL_LEDGER_H
#define CONTROL_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf/conf.h"
#include "base/err.h"
#include "base/mem.h"
#include "remediate/state/state.h"

/* Texts are never NULL, and come from the network: show them escaped. */
struct ledger_action {
	int64_t		 id, batch;	/* batch 0: none */
	const char	*api_id, *message_id, *sender, *subject;
	const char	*verdict;	/* as the API spells it */
	const char	*recipient, *profile, *reason;
	uint64_t	 mid;
	int64_t		 sent;		/* of the message, as all times in ms */
	int64_t		 made, changed;
	int		 what;		/* enum conf_remediation_action */
	enum state_step	 step;
	const char	*word;		/* for the step */
	unsigned	 attempts, searches;	/* that were in vain */
	int64_t		 due;		/* when it is tried, or looked for,
					   again; 0: not */
};

struct ledger_batch {
	int64_t		 id, begun;
	const char	*name, *by, *source, *description;
	int		 what;
};

/* A message that the API named and nothing is done about. */
struct ledger_ignored {
	const char	*message_id, *verdict, *reason;
	int64_t		 seen;
};

/* A recipient for whom alone it stands still. */
struct ledger_pause {
	const char	*recipient, *why;
};

struct ledger {
	struct ledger_action *actions;	/* in the order of their making */
	size_t		 count;
	struct ledger_batch *batches;	/* likewise */
	size_t		 batch_count;
	struct ledger_ignored *ignored;
	size_t		 ignored_count;
	const char	*pause;		/* why all stands still; "" */
	struct ledger_pause *pauses;
	size_t		 pause_count;
	unsigned	 spent;		/* requests of the day (UTC) */
	int64_t		 polled;	/* verdicts last came; 0: never */
	struct arena	 arena;
};

/* What is set must all be so. */
struct ledger_query {
	const char	*message_id;	/* NULL */
	uint64_t	 mid;		/* 0 */
	int64_t		 since;		/* of the last step; 0 */
	bool		 notes_alone;	/* pause, pauses, spent, polled */
};

/* ledger_read - as remediation_user, when we are root; a root that may only read
 * can while tdc-remediator has it open.  -1 with the sys of the
 * err ENOENT: there is no database, so nothing was ever remediated. */
int	ledger_read(const struct conf *, const struct ledger_query *,
	    struct ledger *out, struct err *);
void	ledger_drop(struct ledger *);

/* ledger_batch - the one of that number; NULL: none. */
const struct ledger_batch *ledger_batch(const struct ledger *, int64_t id);

/* ledger_wanted - is remediation set up, so that there should be something? */
bool	ledger_wanted(const struct conf *);

#endif
