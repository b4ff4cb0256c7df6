/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * importer - from the pending file into the database, and out of it again
 *
 *	importer_init(&importer, path, lifetime);
 *	if (importer_turn(&importer, &pending, &err) == -1)
 *		... say so ...
 *	importer_drop(&importer);
 *
 * A turn sorts in up to IMPORTER_ROWS rows, and now and then drops some that are
 * older than their lifetime.  A database that is damaged is set aside and made
 * anew.  What fails otherwise is tried again a moment later; each kind of
 * trouble is told once, until a turn has succeeded.
 */
#ifndef HISTORY_IMPORTER_H
#define HISTORY_IMPORTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "history/pending.h"

enum { IMPORTER_ROWS = 2000 };

struct store;

struct importer {
	const char	*path;		/* borrowed */
	int64_t		 lifetime;
	struct store	*store;		/* NULL: not open */
	uint64_t	 series, at;	/* rows before are in the database */
	struct buf	 lines;
	int64_t		 next_try, next_purge;
	bool		 in_trouble;
};

void	importer_init(struct importer *, const char *path, int64_t lifetime);

/* importer_turn - -1 when there is something to say. */
int	importer_turn(struct importer *, struct pending *, struct err *);
void	importer_drop(struct importer *);

#endif
