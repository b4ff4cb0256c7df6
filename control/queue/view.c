/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/view.h"

#include <stdio.h>

#include "control/control.h"
#include "control/queue/suspended.h"

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

/* view_next_of - in words */
const char *
view_next_of(const struct view *view, const struct copy *copy,
    char out[STATUS_NEXT])
{
	return status_next_words(&view->status, copy, view->retry_delay, out);
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
