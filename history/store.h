/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store - the database of the history (SQLite, in WAL mode)
 *
 *	struct store *store;
 *
 *	if (store_open(path, &store, &err) == -1)
 *		...
 *	store_begin(store, &err);
 *	store_add(store, &row, &err);		-- some hundred
 *	store_commit(store, series, at, &err);	-- pending.h: up to there
 *
 *	copies		one row for each end of a copy, in the order of their ends
 *	recipients	(address, copy, at), those that led to its intake,
 *			in order
 *	notes		series and offset
 *
 * Errors: ERR_LATER when another process has it locked or the disk is full;
 * ERR_NEVER when it is damaged or no database, and should be set aside.
 */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "history/row.h"

struct store;

/* store_version - of SQLite, for people. */
const char *store_version(void);

/* store_open - made when it is not there. */
int	store_open(const char *path, struct store **out, struct err *);
struct store *store_close(struct store *);	/* NULL */

int	store_begin(struct store *, struct err *);
int	store_add(struct store *, const struct history_row *, struct err *);
int	store_commit(struct store *, uint64_t series, uint64_t at,
	    struct err *);
void	store_rollback(struct store *);

/* store_add_one - a row by another program than the one that has the pending
 * file; into a database that is there: 0 when there is none. */
int	store_add_one(const char *path, const struct history_row *,
	    struct err *);

/* store_noted - how far the rows of that series are here; 0: none is. */
int	store_noted(struct store *, uint64_t series, uint64_t *out_at,
	    struct err *);

/* store_purge - rows that ended before that time, most of them at a time;
 * how many, or -1. */
int	store_purge(struct store *, int64_t before, unsigned most,
	    struct err *);

/* store_set_aside - the file, and what SQLite has beside it, get names of their
 * own that say when; 0, or -1 when they stay. */
int	store_set_aside(const char *path, int64_t now, struct err *);

#endif
