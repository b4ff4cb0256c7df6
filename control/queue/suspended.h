/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suspended - what is shown of suspensions
 *
 *	struct suspensions all = { 0 };
 *
 *	suspended_load(spool, &all);
 *	suspended_print(&all, NULL);
 *	suspensions_drop(&all);
 */
#ifndef CONTROL_SUSPENDED_H
#define CONTROL_SUSPENDED_H

#include <jansson.h>

#include "base/buf.h"
#include "journal/spool/spool_suspend.h"

/* suspended_load - those of a spool, also none; a warning when their file cannot
 * be read. */
void	suspended_load(const struct spool *, struct suspensions *out);

/* suspended_until - "until 2026-11-26 10:30:00", or "until it is resumed";
 * returns out. */
enum { SUSPENDED_UNTIL = 64 };
const char *suspended_until(const struct suspension *,
	    char out[SUSPENDED_UNTIL]);

/* suspended_print - a line for each that lasts, as in the lines of status; of
 * one intake domain and its addresses, or with NULL of all.
 * suspended_sentences - append "X is suspended until ..." for each that lasts, with
 * the text between them, also before the first when out is not empty.
 * suspended_json - the same as an array of objects, new. */
void	suspended_print(const struct suspensions *, const char *domain);
void	suspended_sentences(const struct suspensions *, const char *between,
	    struct buf *out);
json_t	*suspended_json(const struct suspensions *);

#endif
