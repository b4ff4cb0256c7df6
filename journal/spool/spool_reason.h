/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_reason - why the last attempt at a copy failed, for people to read
 *
 *	spool_set_reason(spool, &entry, "451 4.3.0 try again later");
 *
 *	char text[SPOOL_REASON];
 *	puts(spool_get_reason(spool, SPOOL_READY, &entry, text));
 *
 * It is an extended attribute of the copy's file, so it goes where that goes,
 * and the copy is the same with or without it.  Some file systems have none;
 * there nobody knows.
 */
#ifndef JOURNAL_SPOOL_REASON_H
#define JOURNAL_SPOOL_REASON_H

#include "journal/spool/spool.h"

#define SPOOL_REASON 256	/* what is longer is cut, and ends in "..." */

/* spool_set_reason - of a copy in ready/, best effort.
 * spool_get_reason - "" when it is not known; returns out. */
void	 spool_set_reason(const struct spool *, const struct spool_entry *,
	    const char *text);
const char *spool_get_reason(const struct spool *, enum spool_place,
	    const struct spool_entry *, char out[SPOOL_REASON]);

#endif
