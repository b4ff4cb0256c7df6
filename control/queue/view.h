/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * view - what is said of one copy, beside its envelope
 *
 *	struct view view;
 *
 *	if (view_open(conf, &view, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 *	puts(view_next_of(&view, &copy, text));
 *	status_close(&view.status);
 */
#ifndef CONTROL_VIEW_H
#define CONTROL_VIEW_H

#include <stdbool.h>

#include "control/queue/status.h"
#include "journal/spool/copy.h"
#include "journal/spool/spool_reason.h"

struct view {
	struct status	 status;	/* spool, sites, forwarder and
					   suspensions alone */
	int64_t		 retry_delay;
	bool		 json;
};

int	view_open(const struct conf *, struct view *out, struct err *);

/* view_reason_of - why the last attempt failed; "": nobody knows, or there was
 * none.  view_next_of - when the next is, in words; may be out.
 * view_note - of a copy that its own intake did not get, and that waits for the
 * alternate one, with a blank before it; "". */
const char *view_reason_of(const struct view *, enum spool_place,
	    const struct copy *, char out[SPOOL_REASON]);
const char *view_next_of(const struct view *, const struct copy *,
	    char out[STATUS_NEXT]);
const char *view_note(const struct copy *, char out[64]);

#endif
