/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fit - which journaled message is the one that the API names
 *
 *	const struct state_message message = { .id = "4711",
 *	    .message_id = "<1@x.example>" };
 *	struct fit_facts facts = { .message = &message, .return_path = "",
 *	    .rows = rows, .count = count };
 *	enum fit fit = fit_choose(&facts);
 *
 *	if (fit_is(fit))
 *		... the first facts.count rows are it, for join_open() ...
 *	else
 *		printf("left alone: %s\n", fit_word(fit));
 *
 * By its Message-ID, as a rule.  The API may name it by none, or by one that was
 * spelled otherwise; and of a message with several, the journal has the first,
 * while the API may have another.  Then it is the one message, by its queue id,
 * whose copy came from the client that the API tells (originalCIP), to a
 * recipient that it tells, from an envelope sender that is its return path or its
 * From, and was accepted, or given to the intake, within FIT_NEAR of its time.
 * If there are two of these it is neither.
 *
 * All that is the sender's word, but for the client and the time.  So the same
 * decides when a Message-ID leads to a message that is not of that time, or has
 * another client: a bad message with two, the second of which is that of a good
 * one, leads to itself.  And a row that has a good Message-ID, which is not the
 * API's, is marked (another_id): proof.h.  Pure.
 */
#ifndef REMEDIATE_FIT_H
#define REMEDIATE_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "remediate/proof/join.h"

/* ms: how far the API's time may be from that of the journal; and how long a copy
 * may have been under way. */
#define FIT_NEAR	INT64_C(600000)
#define FIT_DELAY	INT64_C(7200000)

enum fit {
	FIT_NONE,		/* it was not journaled */
	FIT_NAMELESS,		/* its Message-ID is no name, and nothing that was
				   journaled fits */
	FIT_SEVERAL,		/* more than one, none of them for certain */
	FIT_DOUBT,		/* the Message-ID leads to what is of another
				   time, and others are of that time */
	FIT_BY_ID,		/* it is known by its Message-ID */
	FIT_BY_FACTS		/* ... by all the rest */
};

struct fit_facts {
	const struct state_message *message;
	const char	*return_path;	/* that the API tells, with or without
					   <>; "": it does not */
	struct join_row	*rows;		/* all that has its Message-ID, and all
					   that its recipients got about its time,
					   each once; they are put in another
					   order */
	size_t		 count;		/* afterwards: of those that are it */
	bool		 more;		/* there are more than these rows */
};

enum fit fit_choose(struct fit_facts *);
/* fit_near - was the row accepted, or given away, about the API's time? */
bool	fit_near(const struct state_message *, const struct join_row *);
static inline bool
fit_is(enum fit fit)
{
	return fit >= FIT_BY_ID;
}
/* fit_word - why it is none, for lines. */
const char *fit_word(enum fit);

#endif
