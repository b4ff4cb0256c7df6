/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_highest - the highest MID in the spool
 *
 * A new counters file starts above it, so that no MID is used twice even
 * when an administrator has removed the old file.
 */
#ifndef JOURNAL_SPOOL_HIGHEST_H
#define JOURNAL_SPOOL_HIGHEST_H

#include "base/counters.h"
#include "journal/spool.h"

int	spool_highest_mid(const struct spool *, uint64_t *out, struct err *);

/* spool_counters - open the counters of a spool in that way. */
int	spool_counters(const struct spool *, struct counters **out,
	    struct err *);

#endif
