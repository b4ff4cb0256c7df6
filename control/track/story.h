/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * story - what became of messages, put together of lines and of what is kept
 *
 *	struct story story;
 *
 *	story_build(&story, &search, &kept);
 *	for (size_t i = 0; i < story.count; i++)
 *		if (story.messages[i]->wanted)
 *			puts(story.messages[i]->queue_id);
 *	story_drop(&story);
 *
 * A queue id may come again, days later: a message is one stay in Postfix's
 * queue, from the client to "removed".  After a content filter the same message
 * is in the queue again, under another id: then .first is its first stay, and
 * it is told with that.  A notice about it (a bounce) is told there, too.
 *
 * A copy belongs to the stay during which tdc-milter made it.  Where Postfix's
 * log is gone, a stay is made of what we know.
 *
 * Texts live in the story, in the lines or in what is kept.
 */
#ifndef CONTROL_STORY_H
#define CONTROL_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "control/track/kept.h"
#include "control/track/search.h"

/* Lines that belong to something. */
struct lines {
	struct said	**said;
	size_t		 count;
};

/* What the last attempt to deliver an original came to, for one recipient. */
struct delivery {
	const char	*address, *was;	/* was: orig_to; "" */
	const char	*relay, *status, *dsn, *delay, *answer;
	unsigned	 attempts;
	int64_t		 at;
};

/* A connection to an intake. */
struct connection {
	uint64_t	 dcid;
	const char	*peer;		/* "IP address IP port N"; "" */
	const char	*trust, *tls;	/* "TLSv1.3 cipher ..."; "" */
};

enum fate { FATE_UNKNOWN, FATE_WAITS, FATE_DELIVERED, FATE_GIVEN_UP,
	FATE_DELETED, FATES };

struct copied {
	uint64_t	 mid;
	const char	*queue_id, *message_id, *intake, *policy, *to;
	const char	*alternate;	/* where it went after; "" */
	struct lines	 lines;
	enum fate	 fate;
	const char	*verdict;	/* of one that ended, in the words of
					   tdcctl history; "": not known */
	int64_t		 accepted, ended;	/* 0: not known */
	unsigned	 failures;	/* attempts that the log has */
	uint64_t	 dcid;
	const char	*reply;		/* the last one; "" */
	const struct said *end;		/* the line that says so, if there is
					   one */
	const struct kept_copy *kept;	/* NULL: neither history nor spool */
};

struct message {
	const char	*queue_id;	/* "": Postfix refused it at once */
	int64_t		 begin, end;	/* of what is known */
	bool		 removed, logged;	/* logged: by Postfix */
	const char	*client, *sender, *message_id;	/* "": not known */
	const char	*relation;	/* to the first: "queued again", "sender
					   non-delivery notification" */
	uint64_t	 size;
	unsigned	 recipients;	/* that Postfix counts; 0: not known */
	struct delivery	*deliveries;
	size_t		 delivery_count;
	struct lines	 remarks;	/* of Postfix and of other programs */
	struct lines	 policy;	/* of ours: why there is no copy */
	struct copied	**copies;
	size_t		 copy_count;
	struct message	*first;		/* that it is told with; or itself */
	bool		 wanted;	/* of first: it was asked for, or one
					   that is told with it was */
	struct message	*earlier;	/* of the same queue id */
};

struct story {
	struct message	**messages;	/* in the order of their begin */
	size_t		 count;
	struct connection *connections;
	size_t		 connection_count;
	/* The rest is its own. */
	struct arena	 arena;
	void		*by_id, *by_mid;	/* of tsearch(3) */
	struct copied	**copies;
	size_t		 copy_count;
};

void	story_build(struct story *, const struct search *, const struct kept *);
/* story_connection - NULL: nothing is known of it. */
const struct connection *story_connection(const struct story *, uint64_t dcid);
/* copied_end_words - ": Hard Bounced.", as it stands after the name of the
 * intake; NULL: it was not given up, or nobody knows why. */
const char *copied_end_words(const struct copied *);
void	story_drop(struct story *);

#endif
