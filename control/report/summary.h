/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * summary - what the history says of a span of time, in figures
 *
 *	struct summary summary;
 *
 *	summary_init(&summary, since, until);
 *	if (past_scan(&conf, summary.span, summary_add, &summary, &err) == 0)
 *		summary_finish(&summary);
 *	summary_drop(&summary);
 *
 * A row of the history is an end of a copy: one that was given up, and then
 * requeued and delivered, counts as both.
 */
#ifndef CONTROL_REPORT_SUMMARY_H
#define CONTROL_REPORT_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#include "control/report/slots.h"
#include "control/report/tally.h"
#include "history/scan.h"

enum { SUMMARY_SLOWEST = 10, SUMMARY_LIMITS = 10,
	SUMMARY_RANGES = SUMMARY_LIMITS + 1 };

/* summary_limits - a delay is counted at the first of these, in ms, that it
 * does not exceed, or after the last. */
extern const uint32_t summary_limits[SUMMARY_LIMITS];

struct summary_slot {
	uint64_t	 delivered, given_up, deleted, bytes;
};

/* A copy that took long to be delivered. */
struct summary_slow {
	uint64_t	 mid;
	char		*queue_id, *sender, *intake;
	int64_t		 accepted, delay;
	unsigned	 attempts;
};

struct summary {
	int64_t		 span[2];	/* since, until; ms since 1970 */
	struct slots	 slots;
	struct summary_slot figures[SLOTS_MOST];
	struct tally_row all;
	uint64_t	 first_try;	/* delivered at the first attempt */
	uint64_t	 ranges[SUMMARY_RANGES];	/* of delays */
	struct tally	*verdicts, *intakes, *policies;
	struct tally	*domains;	/* senders'; "<>": the null sender's */
	struct tally	*reasons;	/* verdict LF reply */
	struct summary_slow slowest[SUMMARY_SLOWEST];	/* the slowest first */
	size_t		 slow_count;
};

/* summary_init - since is before until.
 * summary_add - a row; the first argument is the summary.
 * summary_finish - sort all, after the last row. */
void	summary_init(struct summary *, int64_t since, int64_t until);
void	summary_add(void *summary, const struct history_brief *);
void	summary_finish(struct summary *);
void	summary_drop(struct summary *);

/* summary_reason - the verdict of a row of reasons; returns its reply, which is
 * borrowed. */
#define SUMMARY_VERDICT 64
const char *summary_reason(const struct tally_row *,
	    char out_verdict[SUMMARY_VERDICT]);

/* summary_pattern - a reply without what is different in each: a word of six
 * characters or more with a digit in it, such as a queue id, is "*".  Writes
 * no more than size bytes. */
void	summary_pattern(const char *reply, char *out, size_t size);

#endif
