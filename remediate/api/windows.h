/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * windows - what to ask next, so that verdicts that come late are not missed
 *
 *	struct windows_plan plan;
 *
 *	windows_next(&rules, &done, now, &plan);
 *	for (size_t i = 0; i < plan.count; i++)
 *		... plan.windows[i] ...
 *	windows_did(&plan, &done);	-- when all of them were answered
 *
 * A search goes by the time of the message, and verdicts come hours or days
 * later: so the last hours are asked for at every poll, the last day every hour,
 * and all of rules.reach four times a day.  A longer span has the shorter ones
 * in it.  After a pause each begins as far back as if there had been none, so
 * that nothing falls into it; never more than rules.oldest back, nor than 90 days,
 * where the service ends.  No window is longer than 31 days, and none ends in the last five
 * minutes, which the service refuses.
 *
 * Pure.  The caller keeps done over restarts; times in it that are more than an
 * hour from now (a clock was set back) count as none.
 */
#ifndef REMEDIATE_WINDOWS_H
#define REMEDIATE_WINDOWS_H

#include <stddef.h>
#include <stdint.h>

#include "remediate/api/api.h"

enum windows_span { WINDOWS_HOURS, WINDOWS_DAY, WINDOWS_REACH, WINDOWS_SPANS };

/* When each was asked for last, ms since 1970; 0: never. */
struct windows_done {
	int64_t	 at[WINDOWS_SPANS];
};

struct windows_rules {
	int64_t	 reach;			/* ms: how late a verdict may be */
	int64_t	 oldest;		/* ms: what is older nobody acts on */
};

enum { WINDOWS_MAX = 3 };		/* 90 days */

struct windows_plan {
	enum windows_span span;		/* the longest that is due */
	int64_t		 now;
	struct api_window windows[WINDOWS_MAX];	/* the newest first */
	size_t		 count;
};

/* windows_next - there is always one: this is called when a poll is due. */
void	 windows_next(const struct windows_rules *,
	    const struct windows_done *, int64_t now,
	    struct windows_plan *out);
/* windows_did - all windows of the plan were answered. */
void	 windows_did(const struct windows_plan *, struct windows_done *);

/* windows_name - "hours", "day", "reach": to keep done under. */
const char *windows_name(enum windows_span);

#endif
