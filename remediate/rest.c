/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/rest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/mailbox/known.h"
#include "remediate/operator/alerting.h"

/* rest_until - ms since 1970; 0: it is not resting */
int64_t
rest_until(const struct remediator *rem, const char *profile)
{
	own(str) char *name = mem_format(STATE_NOTE_REST "%s", profile);
	own(str) char *text = NULL;
	uint64_t until;
	struct err err;

	if (state_noted(rem->state, name, &text, &err) == -1 ||
	    !digits_parse(text, strlen(text), INT64_MAX, &until))
		return 0;
	/* a clock that was set back must not make it rest for years */
	return (int64_t)until <= rem_now(rem) + REST_LOCKED_OUT ?
	    (int64_t)until : 0;
}

/* rest_begin - as long as the failure calls for */
void
rest_begin(const struct remediator *rem, const char *profile,
    enum mailbox_result result, const char *why)
{
	bool locked = result == MAILBOX_LOCKED_OUT;
	own(str) char *name = mem_format(STATE_NOTE_REST "%s", profile);
	char until[24];
	struct err err;

	snprintf(until, sizeof(until), "%" PRId64, rem_now(rem) +
	    (locked ? REST_LOCKED_OUT : REST_LATER));
	if (state_note(rem->state, name, until, &err) == -1)
		log_event(remediation_trouble, ESCAPE(err.text));
	log_event(remediation_rests, profile, locked ? "15m" : "1m",
	    ESCAPE(why));
	if (locked)
		alerting_refused(rem, profile, why);
}

/* rest_open - what the state knows of the profile is told to its back end, and
 * what that has found out since is kept: once, for nobody's name is better than
 * another's */
enum mailbox_result
rest_open(const struct remediator *rem, const struct profile *profile,
    const char *owner, struct mailbox **out, struct err *err)
{
	own(str) char *name = mem_format(STATE_NOTE_KNOWN "%s", profile->name);
	own(str) char *before = NULL, *after = NULL, *kept = NULL;
	enum mailbox_result result;
	struct err why;

	if (state_noted(rem->state, name, &kept, &why) == -1)
		kept = mem_text("");
	before = known_owner(profile->name);
	if (before == NULL && *kept != '\0')
		known_note(profile->name, kept);
	result = profile->backend->open(profile, owner, out, err);
	after = known_owner(profile->name);
	if ((after == NULL) != (*kept == '\0') && state_note(rem->state, name,
	    after != NULL ? after : "", &why) == -1)
		log_event(remediation_trouble, ESCAPE(why.text));
	return result;
}
