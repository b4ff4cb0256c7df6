/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * find - rows of the history, for who asks
 *
 *	struct history_query query = { .address = "bob@example.com" };
 *
 *	if (history_find(path, &query, print_row, NULL, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 *
 * Another process may write meanwhile.  Rows come in the order of their ends,
 * unless the query says otherwise; with a limit the last ones.  Whoever may
 * read the file, and not write it, may ask, too.
 */
#ifndef HISTORY_FIND_H
#define HISTORY_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "history/row.h"

/* What is set must all be so; 0 or NULL: whatever it is. */
struct history_query {
	uint64_t	 mid;
	const char	*queue_id;
	const char	*message_id;	/* with or without <> */
	const char	*address;	/* sender or a recipient */
	const char	*sender;	/* "<>": the null sender */
	const char	*recipient;
	const char	*intake;	/* its address, or its domain */
	const char	*verdict;
	int64_t		 since;		/* of acceptance, ms since 1970 */
	int64_t		 until;
	unsigned	 limit;
	bool		 by_message;	/* in the order of acceptance, the copies
					   of a message together */
};

typedef void history_each(void *arg, const struct history_row *);

/* history_find - how many rows there were, or -1; the row lives until each()
 * returns. */
int	history_find(const char *path, const struct history_query *,
	    history_each *, void *arg, struct err *);

/* history_count - how many messages were accepted in [since, until), those of
 * several copies once. */
int	history_count(const char *path, int64_t since, int64_t until,
	    uint64_t *out, struct err *);

#endif
