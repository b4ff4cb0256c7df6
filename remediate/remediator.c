/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/remediator.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "base/log/log.h"
#include "remediate/notify.h"
#include "remediate/state/state_lock.h"

/* rem_now - ms since 1970 */
int64_t
rem_now(const struct remediator *rem)
{
	return rem->clock != NULL ? rem->clock() : clock_wall();
}

/* rem_stops - asked between steps, so it also tells that we are alive */
bool
rem_stops(const struct remediator *rem)
{
	if (rem->alive != NULL)
		rem->alive();
	return rem->settings->stopped != NULL &&
	    atomic_load(rem->settings->stopped);
}

/* rem_gives_way - it is not kept for long by a person who only wants to undo */
bool
rem_gives_way(struct remediator *rem)
{
	if (rem_stops(rem))
		return true;
	if (!state_awaited(rem->state))
		return false;
	rem->gave_way = true;
	return true;
}

/* rem_exit_code - trying again does not help who has no right to it */
int
rem_exit_code(const struct err *err, int never)
{
	if (err->kind == ERR_NEVER)
		return never;
	return err->sys == EACCES || err->sys == EPERM ? EX_NOPERM :
	    EX_TEMPFAIL;
}

/* rem_turn_begin - nothing of the last one is left */
void
rem_turn_begin(struct remediator *rem)
{
	rem->batch = 0;
	rem->batch_name[0] = '\0';
	rem->held = rem->missed = rem->gave_way = false;
	buf_cut(&rem->failures, 0);
}

/* rem_turn_end - tell of the failures */
void
rem_turn_end(struct remediator *rem)
{
	struct err err;

	if (rem->failures.len > 0 && notify_send_mail(rem,
	    "remediation failed", rem->failures.data, &err) == -1)
		log_event(remediation_trouble, ESCAPE(err.text));
	buf_drop(&rem->failures);
}

/* make_batch - its name says when, and a number tells two of a second apart */
static int
make_batch(struct remediator *rem, int64_t now, struct err *err)
{
	const time_t seconds = now / 1000;
	struct state_batch batch = { .name = rem->batch_name, .by = rem->by,
	    .source = rem->host, .begun = now,
	    .what = rem->settings->conf.remediation_action,
	    .description = rem->request != NULL ? rem->request : "" };
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(rem->batch_name, sizeof(rem->batch_name) - 8,
	    rem->request != NULL ? "remediate-%Y%m%dT%H%M%SZ" :
	    "poll-%Y%m%dT%H%M%SZ", &tm);
	for (unsigned i = 1; ; i++) {
		size_t length = strcspn(rem->batch_name, ".");

		if (state_batch(rem->state, &batch, &rem->batch, err) == 0)
			return 0;
		if (err->kind != ERR_NEVER || i == 1000)
			return -1;
		snprintf(rem->batch_name + length,
		    sizeof(rem->batch_name) - length, ".%u", i);
	}
}

/* rem_batch - the turn's */
int
rem_batch(struct remediator *rem, struct err *err)
{
	if (rem->batch != 0)
		return 0;
	if (make_batch(rem, rem_now(rem), err) == 0)
		return 0;
	rem->batch = 0;
	return -1;
}

/* rem_failed - remember a line */
void
rem_failed(struct remediator *rem, const char *line)
{
	enum { MOST = 64 << 10 };

	if (rem->failures.len > MOST)
		return;
	buf_texts(&rem->failures, line, "\n");
	if (rem->failures.len > MOST)
		buf_text(&rem->failures, "... and more: tdcctl "
		    "remediation-report\n");
}
