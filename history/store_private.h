/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_private - what those who write and those who read the database share
 */
#ifndef HISTORY_STORE_PRIVATE_H
#define HISTORY_STORE_PRIVATE_H

#include <sqlite3.h>

#include "base/err.h"
#include "history/store.h"

enum { STORE_VERSION = 1 };	/* of the schema, as PRAGMA user_version */

/* store_db - the store's, borrowed. */
sqlite3	*store_db(struct store *);

/* store_add_as - store_add() with that id. */
int	store_add_as(struct store *, const struct history_row *, int64_t id,
	    struct err *);

/* store_number - that a query gives; -1: it fails. */
int	store_number(sqlite3 *, const char *sql);

/* store_failed - the last error of a database, which may be NULL; -1. */
int	store_failed(sqlite3 *, const char *path, struct err *);

#endif
