/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/view.h"

#include <stdio.h>

#include "base/clock.h"
#include "control/control.h"
#include "control/queue/backlog.h"
#include "control/queue/suspended.h"
#include "control/when.h"

/* view_open - what is needed of the spool */
int
view_open(const struct conf *conf, struct view *out, struct err *err)
{
	struct status *status = &out->status;
	struct err ignored;

	*out = (struct view){ .retry_delay = conf->retry_delay,
	    .status.alternate = conf->alternate_intake_address };
	if (look_into_spool(conf, &status->spool, err) == -1)
		return -1;
	(void)site_counts_peek(spool_dirfd(status->spool), &status->sites,
	    &ignored);
	status->forwards = spool_forwarder(status->spool, &status->forwarder);
	suspended_load(status->spool, &status->suspended);
	return 0;
}

/* view_reason_of - why the last attempt failed; "": nobody knows, or there was
 * none */
const char *
view_reason_of(const struct view *view, enum spool_place place,
    const struct copy *copy, char out[SPOOL_REASON])
{
	(void)spool_get_reason(view->status.spool, place, &copy->entry, out);
	if (*out == '\0' && place == SPOOL_FAILED &&
	    copy->entry.attempts == 0)
		snprintf(out, SPOOL_REASON, "not tried in time");
	return out;
}

/* suspended_next - when it will be resumed */
static const char *
suspended_next(const struct view *view, const struct copy *copy,
    char out[64])
{
	const struct suspension *why = suspensions_find(
	    &view->status.suspended, backlog_address(copy,
	    view->status.alternate), clock_wall());
	char text[WHEN_TEXT];

	if (why == NULL || why->until == 0)
		return "when its intake is resumed";
	snprintf(out, 64, "at %s, when its intake is resumed",
	    when_text(why->until, text));
	return out;
}

/* view_next_of - in words */
const char *
view_next_of(const struct view *view, const struct copy *copy, char out[64])
{
	int64_t left;

	switch (status_next_try(&view->status, copy, view->retry_delay,
	    &left)) {
	case TRY_LATER:
		snprintf(out, 64, "in %.1f s", (double)left / 1000);
		return out;
	case TRY_HOST:
		return "when its host is up again";
	case TRY_SUSPENDED:
		return suspended_next(view, copy, out);
	case TRY_NEVER:
		return "when tdc-forwarder runs";
	case TRY_DUE:
		break;
	}
	return "now";
}

/* view_note - of a copy that its own intake did not get, and that waits for the
 * alternate one */
const char *
view_note(const struct copy *copy, char out[64])
{
	snprintf(out, 64, copy->entry.why == SPOOL_WHY_NOT ? "%s" :
	    " (%s: to the alternate one)", spool_why_words[copy->entry.why]);
	return out;
}
