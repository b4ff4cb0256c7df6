/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alert_limit - which alert is told when
 *
 *	struct alert_limit *limit = alert_limit_new();
 *	struct alert_entry due;
 *
 *	alert_limit_add(limit, &alert, clock_now());
 *	while (alert_limit_take(limit, interval, clock_now(), &due))
 *		puts(due.text);
 *	... wait until alert_limit_when(limit, interval) ...
 *
 * An event of one intake, table, recipient or profile has a place here; it keeps the newest of
 * what was not told yet, and how many there were.  It is due at once, or when the
 * interval since the last one is over.  There are ALERT_PLACES of them: when none
 * is free, and none can be forgotten, what comes is counted alone, and the next
 * that is told has that number, too.
 *
 * Texts are cut to what an entry holds, and are printable ASCII: other bytes as
 * \xNN.  Pure, but for the time of day in an entry; not for several threads.
 */
#ifndef BASE_ALERT_LIMIT_H
#define BASE_ALERT_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alert/alert.h"

enum { ALERT_PLACES = 64, ALERT_TEXT = 800, ALERT_NAME = 320 };

struct alert_entry {
	enum alert_event event;
	char		 text[ALERT_TEXT];
	char		 intake[ALERT_NAME], table[ALERT_NAME], queue_id[64];
	char		 recipient[ALERT_NAME], profile[65];
	uint64_t	 mid;
	int64_t		 wall;		/* when it happened */
	uint64_t	 untold;	/* how many; taken: how many others */
	int64_t		 since;		/* when the first of these came */
	int64_t		 last;		/* when one was taken; 0: never */
};

struct alert_limit;

struct alert_limit *alert_limit_new(void);
struct alert_limit *alert_limit_free(struct alert_limit *);	/* NULL */

void	alert_limit_add(struct alert_limit *, const struct alert *,
	    int64_t now);

/* alert_limit_take - of those that are due the one that came first; false: none
 * is.  alert_limit_when - when the next is; INT64_MAX: nothing waits. */
bool	alert_limit_take(struct alert_limit *, int64_t interval, int64_t now,
	    struct alert_entry *out);
int64_t	alert_limit_when(const struct alert_limit *, int64_t interval);

/* alert_entry_set - what add makes of an alert. */
void	alert_entry_set(struct alert_entry *, const struct alert *);

#endif
