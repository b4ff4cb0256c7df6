/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refill - rows that are missing, from somewhere else than the forwarder
 *
 *	struct refill *refill;
 *
 *	if (refill_open(path, NULL, &refill, &err) == -1)
 *		return -1;
 *	if (refill_add(refill, rows, count, &added, &err) == -1)
 *		...
 *	refill_close(refill);
 *
 * The forwarder may write meanwhile: a transaction of some 1,000 rows takes a few
 * hundredths of a second, and what it has in its pending file counts as being
 * there.  What it knows and has not even written there cannot be seen, so of a
 * history that is being written the ends of the last REFILL_FRESH_MS are its to
 * add.
 *
 * A row is there when one with its MID and its verdict is.  Rows get ids below
 * all others, so that they do not count as the last ones.
 */
#ifndef HISTORY_REFILL_H
#define HISTORY_REFILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "history/row.h"

enum { REFILL_FRESH_MS = 10000, REFILL_PATIENCE_MS = 30000 };

struct refill;

/* refill_open - made when it is not there.  waiting(), unless NULL, is called
 * when another program has locked it for a second; it is waited for
 * REFILL_PATIENCE_MS. */
int	refill_open(const char *path, void (*waiting)(const char *path),
	    struct refill **out, struct err *);

/* refill_look - the same for who will not write: when there is no database,
 * nothing is there, and none is made. */
int	refill_look(const char *path, struct refill **out, struct err *);

/* refill_watched - whether a forwarder writes this history. */
bool	refill_watched(const struct refill *);

/* refill_add - those that are missing, in one transaction; after refill_look()
 * they are only counted.  On -1 none of these is added, and it can only be closed. */
int	refill_add(struct refill *, const struct history_row *, size_t count,
	    uint64_t *added, struct err *);

struct refill *refill_close(struct refill *);	/* NULL */

#endif
