/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scan - all rows of a span of time, for who counts them
 *
 *	if (history_scan(path, since, until, add, arg, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 *
 * As history_find(), in no order, with the columns that figures are made of,
 * and without recipients: a million rows take about two seconds.
 */
#ifndef HISTORY_SCAN_H
#define HISTORY_SCAN_H

#include <stdint.h>

#include "base/err.h"

/* Texts live until the function that is called with them returns. */
struct history_brief {
	uint64_t	 mid;
	const char	*queue_id;
	const char	*sender;	/* "": the null sender */
	const char	*policy;
	const char	*intake;
	const char	*verdict;
	const char	*reply;
	int64_t		 accepted, ended;	/* ms since 1970 */
	uint64_t	 size;
	unsigned	 attempts;
};

typedef void history_scanned(void *arg, const struct history_brief *);

/* history_scan - those accepted from since on and before until, in ms since
 * 1970; of one moment, whatever is written meanwhile.  -1, also when there is
 * no database (sys ENOENT). */
int	history_scan(const char *path, int64_t since, int64_t until,
	    history_scanned *, void *arg, struct err *);

#endif
