/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remedies - the messages of a ledger, each under its last state
 *
 *	struct remedies remedies;
 *
 *	remedies_count(&ledger, since, until, &remedies);
 *	printf("%u messages remediated\n", remedies.all.total);
 *	remedies_drop(&remedies);
 *
 * A message counts once, however many recipients it has: as in progress while
 * anything is left to do, as failed when it failed for one of them.  Forwarded,
 * but not deleted, is failed.  Pure.
 */
#ifndef CONTROL_REMEDIES_H
#define CONTROL_REMEDIES_H

#include "control/ledger/ledger.h"

enum remedy {
	REMEDY_DELETED, REMEDY_FORWARDED, REMEDY_BOTH, REMEDY_FAILED,
	REMEDY_IN_PROGRESS,		/* from here on not in the total */
	REMEDY_RESTORED, REMEDY_WITHDRAWN, REMEDY_REPORTED,
	REMEDY_ELSEWHERE,		/* the service did it itself */
	REMEDY_IGNORED,
	REMEDIES
};

struct remedy_counts {
	unsigned	 of[REMEDIES];
	unsigned	 total;		/* "N Messages Remediated" */
};

struct remedy_message {
	const struct ledger_action **actions;	/* in the order of their
						   making */
	size_t		 count;
	enum remedy	 remedy;
	int64_t		 batch;		/* 0: none */
	bool		 searched;	/* a person began it, and not
					   tdc-remediator */
};

struct remedies {
	struct remedy_message *messages;	/* those of a batch together, in
						   the order of the batches */
	size_t		 count;
	const struct ledger_action **order;
	struct remedy_counts all, automatic, searched;
};

/* remedies_count - of the messages whose first action was made from since on and
 * before until.  The ledger lives longer. */
void	remedies_count(const struct ledger *, int64_t since, int64_t until,
	    struct remedies *out);
void	remedies_drop(struct remedies *);

/* remedies_batch - its messages: how many, and *out_first. */
size_t	remedies_batch(const struct remedies *, int64_t batch,
	    size_t *out_first);
void	remedies_add(struct remedy_counts *, enum remedy);

/* remedy_of - of one action.
 * remedy_title - "Messages Deleted": what the report calls them.
 * remedy_word - "forwarded_and_deleted": the same for programs.
 * remedy_status - of one row: "Success", "Failed", "In Progress", ... */
enum remedy remedy_of(const struct ledger_action *);
const char *remedy_title(enum remedy, unsigned count);
const char *remedy_word(enum remedy);
const char *remedy_status(enum remedy);

#endif
