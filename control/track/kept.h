/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kept - what the history and the spool know of copies
 *
 *	struct kept kept;
 *
 *	kept_open(&kept, &conf, since);
 *	kept_by_word(&kept, &word, 100);
 *	kept_by_mid(&kept, 14501404);
 *	for (size_t i = 0; i < kept.count; i++)
 *		printf("%s\n", kept.copies[i]->intake);
 *	kept_close(&kept);
 *
 * What cannot be read is told on standard error, once; a history or a spool
 * that was never there is none.
 */
#ifndef CONTROL_KEPT_H
#define CONTROL_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/mem.h"
#include "control/queue/status.h"
#include "control/track/word.h"

/* Texts are never NULL. */
struct kept_copy {
	uint64_t	 mid, size;
	const char	*intake, *sender, *queue_id, *message_id, *policy;
	const char	*alternate;	/* intake that it went to after; "" */
	const char	*client_addr, *client_name;
	const char	**recipients;
	size_t		 recipient_count;
	int64_t		 accepted;	/* ms since 1970 */
	/* Where it is now; both false: no more in the spool. */
	bool		 waits, set_aside;
	unsigned	 attempts;	/* that failed, in the spool */
	const char	*reason;	/* of the last one */
	const char	*next;		/* "in 3.0 s"; "": it does not wait */
	int64_t		 next_in;	/* the same in ms; -1: it depends on
					   something else */
	/* How it ended, as the history has it, the last time. */
	const char	*verdict;	/* "": it did not */
	const char	*reply;
	uint64_t	 dcid;
	unsigned	 tries;		/* all of them */
	int64_t		 ended;
};

struct kept {
	const struct conf *conf;
	int64_t		 since;		/* of acceptance; 0: all */
	struct kept_copy **copies;
	size_t		 count;
	struct arena	 arena;
	bool		 no_history;	/* none is there, or it was complained
					   of */
	bool		 left_out;	/* kept_by_word() left some out */
	struct status	 status;	/* spool, sites and forwarder alone */
	struct buf	 where;		/* "history_database X, the spool" */
};

void	kept_open(struct kept *, const struct conf *, int64_t since);
/* kept_by_word - the last ones, most of them at most. */
void	kept_by_word(struct kept *, const struct word *, size_t most);
void	kept_by_mid(struct kept *, uint64_t mid);
/* kept_find - of those that were found; NULL: it was not. */
const struct kept_copy *kept_find(const struct kept *, uint64_t mid);
void	kept_close(struct kept *);

#endif
