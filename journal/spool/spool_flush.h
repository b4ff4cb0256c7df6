/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_flush - an operator's wish that waiting copies be tried now
 *
 *	spool_flush_ask(spool, "example.com", &err);	-- tdcctl
 *	... until (!spool_flush_pending(spool)) ...
 *
 *	while (spool_flush_take(spool, &wishes, &err) == 1)  -- forwarder
 *		... one intake domain a line; an empty line: all of them ...
 *
 * Programs meet on disk: the wish is a file, SPOOL_FLUSH in the spool
 * directory, so whoever may write there may wish, whether a forwarder runs or
 * not, and none is lost when there are several.  Whoever writes it holds
 * flock(LOCK_EX); to close it is an IN_CLOSE_WRITE, by which the forwarder
 * learns of it.
 */
#ifndef JOURNAL_SPOOL_FLUSH_H
#define JOURNAL_SPOOL_FLUSH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "journal/spool/spool.h"

#define SPOOL_FLUSH "flush"

/* spool_flush_ask - "": for all domains.  ERR_NEVER: that is no domain, or
 * more was wished for than anybody could mean. */
int	spool_flush_ask(struct spool *, const char *domain, struct err *);

/* spool_flush_take - 1: all wishes until now, appended to out; 0: none, or
 * one is being written; -1. */
int	spool_flush_take(struct spool *, struct buf *out, struct err *);
bool	spool_flush_pending(const struct spool *);

#endif
