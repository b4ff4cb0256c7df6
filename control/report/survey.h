/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * survey - all that a report tells, put together before a word is printed
 *
 *	struct survey survey;
 *
 *	survey_gather(&survey, &conf, since, until);
 *	survey_print_text(&survey);
 *	survey_drop(&survey);
 *
 * What cannot be known says why in its "_why", which is "" otherwise; the rest
 * is told all the same.
 */
#ifndef CONTROL_REPORT_SURVEY_H
#define CONTROL_REPORT_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/err.h"
#include "control/ledger/remedies.h"
#include "control/queue/census.h"
#include "control/queue/sites.h"
#include "control/queue/shape.h"
#include "control/queue/status.h"
#include "control/report/summary.h"

/* A table of policy_maps, as it is on disk now. */
struct survey_table {
	char		*check, *name;
	size_t		 entries;
};

struct survey {
	const struct conf *conf;	/* borrowed */
	char		 host[256];
	int64_t		 now;		/* ms since 1970 */

	struct summary	 summary;	/* of the history; zeros without it */
	char		 history_why[600];
	bool		 history_wanted;	/* there should be one: it failed */

	struct status	 status;
	char		 status_why[600];
	struct census	 waiting, kept;	/* empty for who may not see them */
	struct site_now *domains;
	size_t		 domain_count;
	struct shape	 shape;		/* of those that wait */
	int64_t		 counting;	/* since when; 0: nobody knows */
	int64_t		 certificates[2]; /* until when ours, and the first of
					   an intake, are valid; 0: not known */

	struct remedy_counts remedied;	/* of the messages of the span */
	bool		 remediates;	/* there is somebody who does, and we may
					   see what */
	char		 paused[256];	/* why that has stopped; "" */
	size_t		 paused_recipients;	/* for whom alone it has */

	struct survey_table *tables;
	size_t		 table_count;
	struct buf	 table_notes;	/* lines */
	char		 tables_why[600];
};

#define SURVEY_NO_COPIES "No copy that was accepted in this span of time has " \
    "come to an end."

/* survey_gather - never fails: see above.  survey_drop - after it. */
void	survey_gather(struct survey *, const struct conf *, int64_t since,
	    int64_t until);
void	survey_drop(struct survey *);

/* survey_print_text, _page, _object - on standard output: for cron, as one
 * file of HTML, and as one object of JSON. */
void	survey_print_text(const struct survey *);
void	survey_print_page(const struct survey *);
void	survey_print_object(const struct survey *);

/* survey_skipped - is this counter one of the reasons not to journal a
 * message?  out: what to call it. */
#define SURVEY_REASON 96
bool	survey_skipped(enum counter, char out[SURVEY_REASON]);

/* survey_up - is a domain up?  "up", "down", "unknown". */
const char *survey_up(const struct survey *, const struct site_now *);

#endif
