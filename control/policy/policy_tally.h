/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy_tally - what differs, counted and in groups
 *
 *	struct tally tally = { .every = true };
 *
 *	tally_message(&tally, again, &message);
 *	...
 *	tally_print(&tally);
 *	if (tally.differ > 0)
 *		puts("the policy of today is another one");
 *	tally_drop(&tally);
 *
 * Differences with the same outcome then and now, by the same row, are one group,
 * which keeps a few recipients as examples: so memory does not grow with the mail
 * that is looked at.
 */
#ifndef CONTROL_POLICY_TALLY_H
#define CONTROL_POLICY_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/policy/policy_again.h"

struct tally {
	bool		 every;		/* print each difference as it comes */
	bool		 json;		/* each, and the summary, as objects */
	const char	*source;	/* "history" or "log", for the summary */
	int64_t		 since, until;
	uint64_t	 messages, recipients;
	uint64_t	 differ;	/* messages in which something does */
	uint64_t	 apart;		/* that could not be compared */
	uint64_t	 counts[DIFFERENCES];	/* recipients */
	void		*groups;	/* of tsearch(3) */
	size_t		 group_count;
	uint64_t	 ungrouped;	/* there were too many groups */
};

/* tally_message - ask again, and count. */
void	tally_message(struct tally *, struct again *,
	    const struct past_message *);

/* tally_print - the summary, and the groups, most frequent first. */
void	tally_print(const struct tally *);
void	tally_drop(struct tally *);

#endif
