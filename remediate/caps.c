/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/caps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/log/log.h"
#include "base/own.h"
#include "history/find.h"
#include "remediate/operator/pauses.h"
#include "remediate/state/state_begun.h"

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

/* noted - the event that a note has; false in *out_noted: there is none */
static int
noted(const struct remediator *rem, const char *name, int64_t *out,
    bool *out_noted, struct err *err)
{
	own(str) char *text = NULL;
	uint64_t event = 0;

	if (state_noted(rem->state, name, &text, err) == -1)
		return -1;
	*out_noted = digits_parse(text, strlen(text), INT64_MAX, &event);
	*out = (int64_t)event;
	return 0;
}

static int
note(const struct remediator *rem, const char *name, int64_t event,
    struct err *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, event);
	return state_note(rem->state, name, text, err);
}

/* What it takes to count. */
struct counting {
	int64_t		 approved, judged, last;	/* events */
	bool		 noted;		/* judged is */
	int64_t		 now;
};

static int
counting_begin(const struct remediator *rem, struct counting *out,
    struct err *err)
{
	bool ignored;

	out->now = rem_now(rem);
	return noted(rem, STATE_NOTE_APPROVED, &out->approved, &ignored,
	    err) == -1 || noted(rem, STATE_NOTE_JUDGED, &out->judged,
	    &out->noted, err) == -1 ||
	    state_last_event(rem->state, &out->last, err) == -1 ? -1 : 0;
}

/* span - up to now, but not before a person resumed */
static struct state_begun
span(const struct counting *counting, int64_t length)
{
	return (struct state_begun){ .since = counting->now - length,
	    .after = counting->approved };
}

/* over_poll - 1: why is set; 0: no; -1: it cannot be counted */
static int
over_poll(const struct remediator *rem, const struct counting *counting,
    struct buf *why, struct err *err)
{
	const unsigned most = rem->settings->conf.remediation_max_poll;
	struct state_begun begun = { .after = rem->poll_marked ?
		rem->poll_mark : counting->judged };
	unsigned count;

	/* an older program judged without a note */
	if (!counting->noted)
		begun.since = counting->now - HOUR;
	if (begun.after < counting->approved)
		begun.after = counting->approved;
	if (state_begun(rem->state, &begun, &count, err) == -1)
		return -1;
	if (count <= most)
		return 0;
	buf_format(why, "%u remediations in one poll, and "
	    "remediation_max_poll is %u", count, most);
	return 1;
}

/* over_hour - likewise */
static int
over_hour(const struct remediator *rem, const struct counting *counting,
    struct buf *why, struct err *err)
{
	const unsigned most = rem->settings->conf.remediation_max_hour;
	const struct state_begun begun = span(counting, HOUR);
	unsigned count;

	if (state_begun(rem->state, &begun, &count, err) == -1)
		return -1;
	if (count <= most)
		return 0;
	buf_format(why, "%u remediations in an hour, and "
	    "remediation_max_hour is %u", count, most);
	return 1;
}

static int
over_share(const struct remediator *rem, const struct counting *counting,
    struct buf *why, struct err *err)
{
	const struct conf *conf = &rem->settings->conf;
	const struct state_begun begun = span(counting, DAY);
	unsigned count, most;
	uint64_t journaled;

	if (state_begun_messages(rem->state, &begun, &count, err) == -1)
		return -1;
	if (count <= caps_share(0, 1))
		return 0;
	if (history_count(conf->history_database, counting->now - DAY,
	    counting->now + 1, &journaled, err) == -1)
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
over(const struct remediator *rem, const struct counting *counting,
    struct buf *why, struct err *err)
{
	int result = over_poll(rem, counting, why, err);

	if (result == 0)
		result = over_hour(rem, counting, why, err);
	if (result == 0)
		result = over_share(rem, counting, why, err);
	return result;
}

/* stop - everything; that it is not kept must not let it go on, nor be told each
 * second */
static void
stop(struct remediator *rem, const char *why)
{
	struct err err;

	if (pauses_all(rem, why, &err) == 0)
		return;
	log_event(remediation_trouble, ESCAPE(err.text));
	rem->held = true;
}

/* check - 1: all must stop, and why; 0; -1 */
static int
check(struct remediator *rem, struct buf *why, struct err *err)
{
	struct counting counting;
	struct state_begun hour;
	int result;

	if (counting_begin(rem, &counting, err) == -1)
		return -1;
	if (counting.noted && counting.last == counting.judged)
		return 0;	/* nothing has come since */
	/* first, for what so waits does not count */
	hour = span(&counting, HOUR);
	if (pauses_find(rem, &hour, err) == -1)
		return -1;
	result = over(rem, &counting, why, err);
	return result != 0 ? result :
	    note(rem, STATE_NOTE_JUDGED, counting.last, err);
}

/* paused - 1, 0, or -1: nobody can tell */
static int
paused(const struct remediator *rem, struct err *err)
{
	own(str) char *why = NULL;

	if (state_noted(rem->state, STATE_NOTE_PAUSE, &why, err) == -1)
		return -1;
	return *why != '\0';
}

/* caps_check - after something was planned */
void
caps_check(struct remediator *rem)
{
	own(buf) struct buf why = BUF;
	struct err err;
	int result = paused(rem, &err);

	if (result == 1)
		return;
	/* when it cannot be told now it may be a moment later, by who acts: that
	 * must not be without counting */
	if (result == 0)
		result = check(rem, &why, &err);
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

/* caps_poll - what was looked at counts no more for the poll that begins */
void
caps_poll(struct remediator *rem)
{
	struct counting counting;
	struct err err;

	/* if that is not known more is counted */
	if (counting_begin(rem, &counting, &err) == -1 || !counting.noted)
		return;
	rem->poll_mark = counting.judged;
	rem->poll_marked = true;
}

/* caps_paused - also when nobody can tell */
bool
caps_paused(const struct remediator *rem)
{
	struct err err;

	return paused(rem, &err) != 0;
}
