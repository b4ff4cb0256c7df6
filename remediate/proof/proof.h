/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proof - is a message in a mailbox the one that this gateway journaled?
 *
 *	own(buf) struct buf copies = BUF;
 *
 *	proof_add(&copy, &copies);		-- for each copy that is meant
 *	if (proof_is(proof_of(&candidate, copies.data, "gw1.example gw2.example")))
 *		... it is that very message ...
 *
 * The Message-ID is the sender's word: anybody can give a bad message the
 * Message-ID of a good one, or several, or none.  So a message is the one that is
 * meant when a Received: field of one of our gateways ("by NAME") has the queue id
 * of the journaled message, and about its time.  A message that is older than that
 * queue id cannot have it, and whoever forges such a field has got the queue id
 * for a message of his own: what he gets taken away is what he has sent.  What
 * Message-IDs the message has does not matter then; but when the API named it by
 * another one than the journal has, and the journal's is a good one
 * (another_id), the message must show the API's, too, lest another one is meant.
 *
 * Where sites remove Received: fields, and then only when no gateway of ours is
 * named in any, a message is also proved by the sum of its From, Date, To and
 * Message-ID, if the mail store got it at the time of the journaled one or up to
 * PROOF_ARRIVAL later, and if no Received: field that it has is older.  Whoever
 * has these from a good message can only use them after that was under way.
 *
 * For that it must have exactly one Message-ID, the one that is looked for.  Pure.
 */
#ifndef REMEDIATE_PROOF_H
#define REMEDIATE_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* ms: how far the time of our Received: field may be from that of the journal;
 * how much later a mail store may get a message, and how much its clock may be
 * behind. */
#define PROOF_WINDOW	INT64_C(7200000)
#define PROOF_ARRIVAL	INT64_C(604800000)
#define PROOF_SKEW	INT64_C(120000)

/* A copy in our history. */
struct proof_copy {
	const char	*queue_id;
	int64_t		 accepted;	/* ms since 1970 */
	const char	*fields_sum;	/* sums.h; "" */
	bool		 another_id;	/* that the API does not name it by */
};

/* proof_add - append it to a text that keeps them, a line each. */
void	proof_add(const struct proof_copy *, struct buf *copies);

struct proof_candidate {
	const char	*header;
	size_t		 size;
	const char	*message_id;	/* that the API named it by; "" */
	int64_t		 received;	/* by the mail store, ms; 0: not told */
};

enum proof {
	PROOF_NONE,		/* no gateway of ours is in its header */
	PROOF_OTHER,		/* it came through us, as another message */
	PROOF_IDS,		/* it is of that queue id, and not of the
				   Message-ID that the API names */
	PROOF_QUEUE_ID,		/* proved */
	PROOF_FIELDS		/* proved */
};

/* proof_of - gateways: names, separated by blanks or commas. */
enum proof proof_of(const struct proof_candidate *, const char *copies,
	    const char *gateways);
static inline int
proof_is(enum proof proof)
{
	return proof == PROOF_QUEUE_ID || proof == PROOF_FIELDS;
}
/* proof_word - for lines: "queue id", "header sum", or why not. */
const char *proof_word(enum proof);

#endif
