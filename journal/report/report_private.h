/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_private - the parts of a report
 */
#ifndef JOURNAL_REPORT_PRIVATE_H
#define JOURNAL_REPORT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "journal/envelope.h"
#include "journal/report/report.h"

/* The longest line that needs no BINARYMIME (RFC 5321 4.5.3.1.6). */
enum { REPORT_LINE = 998 };

/* report_binary - the message takes BINARYMIME to be sent as it is. */
static inline bool
report_binary(const struct envelope *envelope)
{
	return envelope->binary || envelope->longest_line > REPORT_LINE;
}

/* report_add_clean - text in one line: whatever some reader might take for a
 * line's end becomes "?", and so do other control characters, but for TAB and
 * ESC (in subjects of ISO-2022). */
void	report_add_clean(const char *, size_t, struct buf *);

/* report_add_path - a reverse-path or forward-path: a local part in quotes that
 * needs none loses them; else as report_add_clean(). */
void	report_add_path(const char *, struct buf *);

/* report_add_field - "NAME: " and one, in a line. */
void	report_add_field(const char *name, const char *path, struct buf *);

/* report_add_text - the text/plain part with its header; always 7bit. */
void	report_add_text(const struct envelope *,
	    const struct report_options *, const char *header, size_t,
	    struct buf *);

/* report_add_trace - the lines on top of the message. */
void	report_add_trace(const struct envelope *,
	    const struct report_options *, struct buf *);

/* report_add_undelivered - the field X-TDC-Undelivered, if it is to be there. */
void	report_add_undelivered(const struct envelope *,
	    const struct report_options *, struct buf *);

/* report_bcc - the other format: fills in all of an empty report. */
void	report_bcc(const struct envelope *, const struct report_options *,
	    struct report *);

#endif
