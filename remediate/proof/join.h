/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * join - what the API says of a message, and what this gateway knows of it
 *
 *	struct join join;
 *
 *	join_open(&facts, &join);
 *	for (size_t i = 0; i < join.count; i++)
 *		... join.recipients[i].address, .queue_ids, .proof ...
 *	join_close(&join);
 *
 * The rows are those that may be the message (fit.h).  A recipient is one that the
 * API names and that one of them names, too; who is named by one of both alone is
 * left alone.
 *
 * The same Message-ID may have come more than once about that time.  The client
 * that the API tells (originalCIP) decides which one is meant: a copy from
 * another client is not it, also when there is no other copy, for the message may
 * have come through another gateway, or not have been journaled.  If there is
 * still more than one for a recipient, that recipient is ambiguous, unless the
 * API has named as many messages with that Message-ID for it as there are copies
 * (named): then all of them are meant.  Pure.
 */
#ifndef REMEDIATE_JOIN_H
#define REMEDIATE_JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "remediate/state/state.h"

/* A copy of the history, as far as it matters. */
struct join_row {
	uint64_t	 mid;
	const char	*queue_id, *client, *fields_sum;
	const char	*message_id, *sender;	/* "": none; the null sender */
	int64_t		 accepted, ended;
	const char	*const *recipients;
	size_t		 recipient_count;
	bool		 another_id;	/* fit.h: the API names it by another */
};

struct join_recipient {
	const char	*address;	/* as our journal has it */
	const char	*queue_ids;	/* separated by blanks */
	const char	*proof;		/* proof.h */
	uint64_t	 mid;		/* the first */
	int64_t		 accepted;
	size_t		 copies;
	bool		 ambiguous;
};

struct join {
	struct join_recipient *recipients;
	size_t		 count;
	bool		 others;	/* there were copies from other clients */
	struct arena	 arena;
};

/* How many messages the API named with this Message-ID for this recipient. */
typedef size_t join_named(void *arg, const char *recipient);

struct join_facts {
	const struct state_message *message;
	const struct join_row *rows;
	size_t		 count;
	join_named	*named;
	void		*arg;
};
void	join_open(const struct join_facts *, struct join *out);
void	join_close(struct join *);

/* join_tells - is that the address of a client?  When the API tells none, nothing
 * tells a copy of this gateway from one of another gateway with the same
 * Message-ID: then no copy is meant.
 * join_same_client - the same address of a client, however it is written; one
 * that is not told is none. */
bool	join_tells(const char *client);
bool	join_same_client(const char *, const char *);

/* join_names - is the address one of these lines (mailboxes of a message)? */
bool	join_names(const char *mailboxes, const char *address);

#endif
