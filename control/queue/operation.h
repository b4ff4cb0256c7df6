/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * operation - what an operator changes in the spool, and on whose behalf
 *
 *	struct operation operation;
 *
 *	if (operation_open(conf, &operation, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 *	... operation.spool ...
 *	operation_close(&operation);
 */
#ifndef CONTROL_OPERATION_H
#define CONTROL_OPERATION_H

#include "base/conf/conf.h"
#include "base/counters/counters.h"
#include "base/err.h"
#include "control/control.h"
#include "journal/spool/spool.h"

struct operation {
	struct spool	*spool;
	struct counters	*counters;
	const char	*history;	/* borrowed; "": none */
	unsigned	 uid;		/* before we became the daemons' user */
};

/* operation_open - become the daemons' user for good; changes are logged, if the
 * log can be opened. */
int	operation_open(const struct conf *, struct operation *out,
	    struct err *);
void	operation_close(struct operation *);

/* operation_requeue - a copy that is in failed/ waits again: 1; 0: it is gone;
 * -1. */
int	operation_requeue(struct operation *, const struct spool_entry *,
	    struct err *);

/* operation_tell - "3 requeued", or the same as JSON; mid 0: not of one alone. */
void	operation_tell(const struct control *, const char *done, long n,
	    uint64_t mid);

#endif
