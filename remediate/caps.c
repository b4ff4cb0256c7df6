/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/caps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/log/log.h"
#include "base/own.h"
#include "history/find.h"
#include "remediate/notify.h"
#include "remediate/todo.h"

#define HOUR	INT64_C(3600000)
#define DAY	(24 * HOUR)

/* caps_share - of a day's mail */
unsigned
caps_share(uint64_t journaled, unsigned percent)
{
	enum { LEAST = 10 };
	uint64_t share = journaled / 100 * percent +
	    journaled % 100 * percent / 100;

	return share < LEAST ? LEAST : share > UINT32_MAX ? UINT32_MAX :
	    (unsigned)share;
}

/* begin_of - of a span up to now, but not before a person resumed */
static int64_t
begin_of(const struct remediator *rem, int64_t span)
{
	own(str) char *text = NULL;
	uint64_t resumed = 0;
	int64_t begin = rem_now(rem) - span;
	struct err err;

	if (state_noted(rem->state, STATE_NOTE_RESUMED, &text, &err) == -1 ||
	    !digits_parse(text, strlen(text), INT64_MAX, &resumed))
		return begin;
	/* one by a clock that was set back since would allow anything */
	if ((int64_t)resumed > rem_now(rem))
		return begin;
	return (int64_t)resumed > begin ? (int64_t)resumed + 1 : begin;
}

/* over_hour - 1: why is set; 0: no; -1: it cannot be counted */
static int
over_hour(const struct remediator *rem, struct buf *why, struct err *err)
{
	const unsigned most = rem->settings->conf.remediation_max_hour;
	unsigned count;

	if (state_count(rem->state, begin_of(rem, HOUR), NULL, &count,
	    err) == -1)
		return -1;
	if (count <= most)
		return 0;
	buf_format(why, "%u remediations in an hour, and "
	    "remediation_max_hour is %u", count, most);
	return 1;
}

/* over_recipient - of those who have something due now */
static int
over_recipient(const struct remediator *rem, struct buf *why,
    struct err *err)
{
	const unsigned most = rem->settings->conf.remediation_max_recipient;
	const struct state_query query = { .step = STATE_DUE };
	struct todo_list list;
	int result = 0;

	if (todo_find(rem->state, &query, &list, err) == -1)
		return -1;
	for (size_t i = 0; i < list.count && result == 0; i++) {
		const char *address = list.items[i].action.recipient;
		unsigned count;

		result = state_count(rem->state, begin_of(rem, HOUR), address,
		    &count, err);
		if (result == 0 && count > most) {
			buf_format(why, "%u remediations for %s in an hour, "
			    "and remediation_max_recipient is %u", count,
			    ESCAPE(address), most);
			result = 1;
		}
	}
	todo_drop(&list);
	return result;
}

static int
over_share(const struct remediator *rem, struct buf *why, struct err *err)
{
	const struct conf *conf = &rem->settings->conf;
	unsigned count, most;
	uint64_t journaled;
	int64_t now = rem_now(rem);

	if (state_count_messages(rem->state, begin_of(rem, DAY), &count,
	    err) == -1)
		return -1;
	if (count <= caps_share(0, 1))
		return 0;
	if (history_count(conf->history_database, now - DAY, now + 1,
	    &journaled, err) == -1)
		return -1;
	most = caps_share(journaled, conf->remediation_max_share);
	if (count <= most)
		return 0;
	buf_format(why, "%u messages in a day, and remediation_max_share "
	    "allows %u (%u%% of %" PRIu64 " journaled ones, at least 10)",
	    count, most, conf->remediation_max_share, journaled);
	return 1;
}

/* over - 1, 0 or -1, as they */
static int
over(const struct remediator *rem, struct buf *why, struct err *err)
{
	const unsigned most = rem->settings->conf.remediation_max_poll;
	int result;

	if (rem->begun > most) {
		buf_format(why, "%u remediations in one poll, and "
		    "remediation_max_poll is %u", rem->begun, most);
		return 1;
	}
	result = over_hour(rem, why, err);
	if (result == 0)
		result = over_recipient(rem, why, err);
	if (result == 0)
		result = over_share(rem, why, err);
	return result;
}

/* stop - everything, until a person looked at it */
static void
stop(struct remediator *rem, const char *why)
{
	own(buf) struct buf text = BUF;
	struct err err;

	/* that it is not kept must not let it go on, nor be told each second */
	if (state_note(rem->state, STATE_NOTE_PAUSE, why, &err) == -1) {
		log_event(remediation_trouble, ESCAPE(err.text));
		rem->held = true;
		return;
	}
	log_event(remediation_paused, why);
	buf_texts(&text, "There is more to remediate than allowed: ", why,
	    ".\n\nNothing is touched until a person has looked at it:\n\n"
	    "\ttdcctl remediation-report\t-- what waits\n"
	    "\ttdc-remediator resume\t\t-- if that is right, do it\n"
	    "\ttdc-remediator undo BATCH\t-- if not\n");
	if (notify_send_mail(rem, "all remediation has stopped", text.data,
	    &err) == -1)
		log_event(remediation_trouble, ESCAPE(err.text));
}

/* caps_check - after something was planned */
void
caps_check(struct remediator *rem)
{
	own(buf) struct buf why = BUF;
	struct err err;
	int result;

	if (caps_paused(rem))
		return;
	result = over(rem, &why, &err);
	if (result == -1 && err.kind == ERR_LATER) {
		/* a database that is busy is no reason to call a person */
		log_event(remediation_trouble, ESCAPE(err.text));
		rem->held = true;
		return;
	}
	if (result == -1)
		buf_texts(&why, "it cannot be counted: ", err.text);
	if (result != 0)
		stop(rem, why.data);
}

/* caps_paused - also when nobody can tell */
bool
caps_paused(const struct remediator *rem)
{
	own(str) char *why = NULL;
	struct err err;

	return state_noted(rem->state, STATE_NOTE_PAUSE, &why, &err) == -1 ||
	    *why != '\0';
}

/* caps_resume - a person says so */
int
caps_resume(const struct remediator *rem, const char *by, struct err *err)
{
	char now[24];

	snprintf(now, sizeof(now), "%" PRId64, rem_now(rem));
	if (state_note(rem->state, STATE_NOTE_RESUMED, now, err) == -1 ||
	    state_note(rem->state, STATE_NOTE_PAUSE, "", err) == -1)
		return -1;
	log_event(remediation_resumed, by);
	return 0;
}
