/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_counters - the counters of a spool, above each MID that is in it
 *
 * Counters start above it, so that no MID is used twice even when an
 * administrator has removed the file, or has put an old one in its place.
 * Names with a MID that cannot have been given do not count.
 */
#ifndef JOURNAL_SPOOL_COUNTERS_H
#define JOURNAL_SPOOL_COUNTERS_H

#include "base/counters/counters.h"
#include "journal/spool/spool.h"

int	spool_highest_mid(const struct spool *, uint64_t *out, struct err *);

/* spool_counters - open the counters of a spool in that way; new.  They may
 * be closed before the spool is when no draft is left. */
struct counters *spool_counters(struct spool *);

#endif
