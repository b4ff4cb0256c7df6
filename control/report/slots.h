/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slots - a span of time in pieces that people think in
 *
 *	struct slots slots;
 *
 *	slots_cut(&slots, since, until);
 *	printf("per %s\n", slots.each);
 *	i = slots_find(&slots, accepted);	-- from starts[i] on
 *
 * Hours for a day, days for a month: at most SLOTS_MOST, by local time.  The
 * first begins before the span, as a rule, and the last ends after it.
 */
#ifndef CONTROL_REPORT_SLOTS_H
#define CONTROL_REPORT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLOTS_MOST = 100 };

struct slots {
	char		 each[24];	/* "hour", "6 hours", "day" */
	bool		 days;		/* each is a day or more */
	size_t		 count;
	int64_t		 starts[SLOTS_MOST + 1]; /* ms since 1970; the last one
						   is the end */
};

/* slots_cut - since is before until. */
void	slots_cut(struct slots *, int64_t since, int64_t until);

/* slots_find - of a time in the span; another one is in the first or last. */
size_t	slots_find(const struct slots *, int64_t at);

#endif
