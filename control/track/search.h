/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * search - the lines of logs that tell of some messages
 *
 *	struct search search = { .word = &word, .most = 100,
 *	    .syslog_name = conf->syslog_name };
 *
 *	search_want_mid(&search, 14501404);	-- that somebody else found
 *	search_run(&search, logs);
 *	for (size_t i = 0; i < search.count; i++)
 *		puts(search.lines[i]->text);	-- in the order of their times
 *	search_drop(&search);
 *
 * The logs are gone through again as long as that shows more ids: a Message-ID
 * leads to queue ids, these to MIDs and to the queue ids of the same message
 * after a content filter, those to DCIDs, whose lines may stand before.  So
 * memory is needed for what was asked for alone, however large the logs are.
 *
 * Of an address the last messages are taken, .most of them.
 */
#ifndef CONTROL_SEARCH_H
#define CONTROL_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "control/logs/logs.h"
#include "control/track/event.h"
#include "control/track/wanted.h"
#include "control/track/word.h"

struct said {
	int64_t		 at;
	size_t		 order;		/* among those of the same time */
	const char	*program, *text; /* of ours without "TDC: " */
	bool		 ours, asyncos;
	struct event	 event;		/* points into text */
};

struct search {
	const struct word *word;
	size_t		 most;
	const char	*syslog_name;	/* of our programs, too; borrowed */
	/* Results. */
	struct said	**lines;
	size_t		 count;
	bool		 left_out;	/* there were more messages of that
					   address */
	/* The rest is its own. */
	struct arena	 arena;
	struct wanted	 keys;
	size_t		 known;		/* keys, when this round began */
	struct recent {
		char	 id[EVENT_ID];
		int64_t	 at;
	}		*recent;	/* messages of an address */
	size_t		 recent_count;
	size_t		 refused, refused_before;
	bool		 first;
};

void	search_want_mid(struct search *, uint64_t mid);
void	search_want_id(struct search *, const char *queue_id);
void	search_run(struct search *, struct logs *);

void	search_drop(struct search *);

#endif
