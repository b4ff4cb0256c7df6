/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sought - what a search in a mailbox is for
 *
 *	const struct sought by_id = { .message_id = "<1@x.example>" };
 *	const struct sought by_queue_id = { .queue_id = "4Q1" };
 *
 *	if (sought_check(&by_queue_id, &err) == 0 &&
 *	    sought_has(&by_queue_id, "Received: by gw.example id 4Q1\r\n", 32))
 *		... one that may be it ...
 *
 * A message without a Message-ID that a search can have is found by the queue id
 * that our gateway gave it, which stands in a Received: field.  What mail stores
 * can look for is a part of a field, in any case of letters: so what they find
 * is compared here.  Pure.
 */
#ifndef REMEDIATE_SOUGHT_H
#define REMEDIATE_SOUGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sought {
	const char	*message_id;	/* with its <>; NULL: by the queue id */
	const char	*queue_id;	/* of letters and digits */
	int64_t		 since;		/* received then or later, ms since 1970;
					   0: ever */
};

/* sought_check - the queue id, when it is for that; ERR_NEVER.  Whether a store
 * can have the Message-ID is the back end's to say. */
int	sought_check(const struct sought *, struct err *);

/* sought_has - one of the Message-ID fields of this header is that one, octet
 * for octet; or the queue id is a word of a Received: field. */
bool	sought_has(const struct sought *, const char *header, size_t);
/* sought_word - a text has the word, with no letter or digit around it. */
bool	sought_word(const char *text, size_t, const char *word);

/* sought_name - by what, for people. */
static inline const char *
sought_name(const struct sought *sought)
{
	return sought->message_id != NULL ? "Message-ID" : "queue id";
}

/* sought_field - the name of the field that a store has to look into.
 * sought_value - and for what. */
static inline const char *
sought_field(const struct sought *wanted)
{
	return wanted->message_id != NULL ? "Message-ID" : "Received";
}

static inline const char *
sought_value(const struct sought *wanted)
{
	return wanted->message_id != NULL ? wanted->message_id :
	    wanted->queue_id;
}

#endif
