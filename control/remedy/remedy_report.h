/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remedy_report - what the Remediation Report tells, put together
 *
 *	struct remedy_report report;
 *
 *	if (remedy_report_gather(&report, &conf, since, until, &err) == 0)
 *		remedy_print_text(&report);
 *	remedy_report_drop(&report);
 */
#ifndef CONTROL_REMEDY_REPORT_H
#define CONTROL_REMEDY_REPORT_H

#include "base/buf.h"
#include "control/ledger/remedies.h"

/* Messages that are left alone for the same reason. */
struct remedy_reason {
	const char	*text;
	unsigned	 count;
};

struct remedy_report {
	const struct conf *conf;	/* borrowed */
	char		 host[256];
	int64_t		 since, until, now;	/* ms since 1970 */
	struct ledger	 ledger;
	struct remedies	 remedies;
	struct remedy_reason *reasons;	/* the most first */
	size_t		 reason_count;
};

/* remedy_report_gather - of what was first found from since on, before until.
 * -1: as ledger_read(), and nothing is to be dropped. */
int	remedy_report_gather(struct remedy_report *, const struct conf *,
	    int64_t since, int64_t until, struct err *);
void	remedy_report_drop(struct remedy_report *);

/* remedy_attention - what a person should look at: lines. */
void	remedy_attention(const struct remedy_report *, struct buf *out);

/* remedy_bars - the bars of the summary; with no messages it is "No Messages
 * ...".  Titles: "3 Messages Remediated". */
struct remedy_bar {
	const char	*what;		/* "Remediated", "Auto Remediated" */
	const struct remedy_counts *counts;
};
enum { REMEDY_BARS = 3 };
void	remedy_bars(const struct remedy_report *,
	    struct remedy_bar out[REMEDY_BARS]);
char	*remedy_bar_title(const struct remedy_bar *);	/* new */

/* remedy_batch_messages - "2 Messages Deleted, 1 Message Failed".
 * remedy_batch_status - "Completed", or "In Progress" while there is something
 * to do. */
void	remedy_batch_messages(const struct remedy_counts *, struct buf *out);
const char *remedy_batch_status(const struct remedy_counts *);
/* remedy_batch_counts - of that batch. */
struct remedy_counts remedy_batch_counts(const struct remedies *,
	    int64_t batch);

/* remedy_batches_last - the first batch to be shown when no more than most are;
 * *out_left: how many with messages come before it. */
size_t	remedy_batches_last(const struct remedy_report *, size_t most,
	    size_t *out_left);

/* remedy_print_text, _page, _json - on standard output: for people, as one file
 * of HTML, and as lines of JSON. */
void	remedy_print_text(const struct remedy_report *);
void	remedy_print_page(const struct remedy_report *);
void	remedy_print_json(const struct remedy_report *);

#endif
