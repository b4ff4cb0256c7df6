/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/operator/pauses.h"

#include <string.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/notify.h"

static void
mail(const struct remediator *rem, const char *subject, const char *text)
{
	struct err err;

	if (notify_send_mail(rem, subject, text, &err) == -1)
		log_event(remediation_trouble, ESCAPE(err.text));
}

static void
tell_all(const struct remediator *rem, const char *why)
{
	own(str) char *text = mem_format("all remediation has stopped: %s",
	    why);

	log_event(remediation_paused, ESCAPE(why));
	alert_tell(rem->alerts, &(struct alert){
	    .event = ALERT_REMEDIATION_STOPPED, .text = text });
}

/* pauses_all - until a person has looked at it */
int
pauses_all(const struct remediator *rem, const char *why, struct err *err)
{
	own(buf) struct buf text = BUF;

	if (state_note(rem->state, STATE_NOTE_PAUSE, why, err) == -1)
		return -1;
	tell_all(rem, why);
	buf_texts(&text, "There is more to remediate than allowed: ", why,
	    ".\n\nNothing is touched until a person has looked at it:\n\n"
	    "\ttdcctl remediation-report\t-- what waits\n"
	    "\ttdc-remediator resume\t\t-- if that is right, do it\n"
	    "\ttdc-remediator undo BATCH\t-- if not\n");
	mail(rem, "all remediation has stopped", text.data);
	return 0;
}

/* ---- one recipient ---- */

static void
tell_one(const struct remediator *rem, const char *recipient, const char *why)
{
	own(str) char *text = mem_format("remediation has stopped for %s: %s",
	    ESCAPE(recipient), why);

	log_event(remediation_recipient_paused, ESCAPE(recipient),
	    ESCAPE(why), ESCAPE(recipient));
	alert_tell(rem->alerts, &(struct alert){
	    .event = ALERT_REMEDIATION_STOPPED, .recipient = recipient,
	    .text = text });
}

/* Those that are paused now, for one mail. */
struct flood {
	const struct remediator *rem;
	struct buf	 recipients, mail;	/* one a line */
};

/* take_flood - for later: a row is still being read */
static void
take_flood(void *arg, const char *recipient, unsigned count)
{
	struct flood *flood = arg;

	buf_format(&flood->recipients, "%s\t%u\n", recipient, count);
}

/* pause_recipient - -1: the state does not keep it */
static int
pause_recipient(struct flood *flood, const char *recipient,
    const char *count, struct err *err)
{
	const struct remediator *rem = flood->rem;
	own(str) char *why = mem_format("%s remediations in an hour, and "
	    "remediation_max_recipient is %u", count,
	    rem->settings->conf.remediation_max_recipient);

	if (state_pause(rem->state, recipient, why, err) == -1)
		return -1;
	tell_one(rem, recipient, why);
	buf_texts(&flood->mail, "\ttdc-remediator resume ",
	    ESCAPE(recipient), "\t-- ", why, "\n");
	return 0;
}

/* pause_each - of the lines that were taken */
static int
pause_each(struct flood *flood, struct err *err)
{
	char *rest = flood->recipients.data, *line;

	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		char *count = strrchr(line, '\t');

		*count++ = '\0';
		if (pause_recipient(flood, line, count, err) == -1)
			return -1;
	}
	return 0;
}

static void
send_mail(const struct remediator *rem, const char *lines)
{
	own(buf) struct buf text = BUF;

	buf_texts(&text, "There is more to remediate for a recipient than "
	    "allowed.  Nothing is touched for\nthese until a person has looked "
	    "at it; all others go on.\n\n"
	    "\ttdcctl remediation-report\t-- what waits\n", lines);
	mail(rem, "remediation has stopped for a recipient", text.data);
}

/* pauses_find - and stop what is for them */
int
pauses_find(const struct remediator *rem, const struct state_begun *hour,
    struct err *err)
{
	struct flood flood = { .rem = rem, .recipients = BUF, .mail = BUF };
	int result = state_begun_each(rem->state, hour,
	    rem->settings->conf.remediation_max_recipient, take_flood,
	    &flood, err);

	if (result == 0)
		result = pause_each(&flood, err);
	if (flood.mail.len > 0)
		send_mail(rem, flood.mail.data);
	buf_drop(&flood.recipients);
	buf_drop(&flood.mail);
	return result;
}

/* ---- a person, and a restart ---- */

/* pauses_resume - a person says so */
int
pauses_resume(const struct remediator *rem, const char *by,
    const char *recipient, struct err *err)
{
	if (state_resume(rem->state, recipient, err) == -1)
		return -1;
	if (recipient == NULL)
		log_event(remediation_resumed, by);
	else
		log_event(remediation_recipient_resumed, ESCAPE(recipient),
		    by);
	return 0;
}

static void
remind(void *arg, const char *recipient, const char *why)
{
	tell_one(arg, recipient, why);
}

/* pauses_remind - what stands still since an earlier start */
void
pauses_remind(struct remediator *rem)
{
	own(str) char *why = NULL;
	struct err err;

	if (state_pauses(rem->state, remind, rem, &err) == -1 ||
	    state_noted(rem->state, STATE_NOTE_PAUSE, &why, &err) == -1)
		log_event(remediation_trouble, ESCAPE(err.text));
	else if (*why != '\0')
		tell_all(rem, why);
}
