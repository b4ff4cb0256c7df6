/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame - what every page of a report has around its sections
 *
 *	struct buf html = BUF;
 *
 *	frame_begin(&html, "Report of ", host);
 *	frame_title(&html, "Report of ", host, "From Monday to Friday");
 *	markup_section(&html, "Copies", "");
 *	markup_section_end(&html);
 *	frame_end(&html, now);
 *
 * One file of HTML that needs nothing else: no script, and a policy that would
 * keep a browser from running or loading any.
 */
#ifndef CONTROL_REPORT_FRAME_H
#define CONTROL_REPORT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* frame_begin - up to the body; its title: what it is, and of which host.
 * frame_title - the same as the heading, with a note below it. */
void	frame_begin(struct buf *, const char *what, const char *host);
void	frame_title(struct buf *, const char *what, const char *host,
	    const char *note);

/* frame_alert - what is to be looked at, a line each; none: no alert. */
void	frame_alert(struct buf *, const struct buf *lines);

/* frame_tile - a figure, with more in small letters below it. */
void	frame_tile(struct buf *, const char *name, const char *figure,
	    const char *more, bool bad);

void	frame_end(struct buf *, int64_t now);

#endif
