/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/loop.h"

#include <inttypes.h>
#include <string.h>

#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/act.h"
#include "remediate/caps.h"
#include "remediate/operator/alerting.h"
#include "remediate/plan.h"
#include "remediate/state/state_lock.h"
#include "remediate/todo.h"
#include "remediate/undo.h"

enum {
	SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE,
	DAY = 24 * HOUR,
	CHECK_MOST = 50,	/* verdicts asked for again in a turn */
	LOCK_PATIENCE = MINUTE
};

static void
tell(const struct err *err)
{
	log_event(remediation_trouble, ESCAPE(err->text));
}

/* forget - what the source gave: it could not be noted, so it must come again */
static int
forget(const struct verdict_source *source, struct err *err)
{
	if (source->again != NULL)
		source->again(source->arg);
	return err_set(err, ERR_LATER, "not all verdicts could be noted, and "
	    "they are asked for again");
}

/* note_heard - that verdicts came, also those that another gateway asked for */
static void
note_heard(const struct remediator *rem, int64_t now)
{
	own(str) char *text = mem_format("%" PRId64, now);
	struct err err;

	if (state_note(rem->state, STATE_NOTE_HEARD, text, &err) == -1)
		tell(&err);
}

/* poll - and when it failed, again in a minute at the latest */
static int
poll_verdicts(struct loop *loop, struct err *err)
{
	struct remediator *rem = &loop->rem;
	const struct conf *conf = &rem->settings->conf;
	int64_t now = rem_now(rem);
	const struct verdict_source *source = loop->source;
	int result;

	caps_poll(rem);
	result = source->poll(source->arg, now, plan_see, rem, err);
	if (result == 0)
		result = rem->missed ? forget(source, err) :
		    source->done(source->arg, err);
	if (result == 0)
		note_heard(rem, now);
	loop->next_plan = 0;
	loop->failed = result == -1;
	alerting_polled(rem, result == -1 ? err : NULL);
	loop->next_poll = now + (result == -1 && conf->api_poll_interval >
	    MINUTE ? MINUTE : conf->api_poll_interval);
	return result;
}

/* see_news - plan it in this turn */
static void
see_news(void *arg, const struct api_message *message)
{
	struct loop *loop = arg;

	plan_see(&loop->rem, message);
	loop->next_plan = 0;
}

/* hear - what came without being asked for */
static void
hear(struct loop *loop)
{
	const struct verdict_source *source = loop->source;
	bool due = false;
	struct err err;

	if (source->turn == NULL)
		return;
	if (source->turn(source->arg, see_news, loop, &due, &err) == -1 ||
	    (loop->rem.missed && forget(source, &err) == -1))
		tell(&err);
	if (due)
		loop->next_poll = 0;
}

/* see_again - what it is now is as if a poll had told it */
static void
see_again(struct remediator *rem, const struct state_message *message,
    enum api_verdict verdict)
{
	static const char *const words[API_VERDICTS] = {
		[API_NO_VERDICT] = "noVerdict", [API_NEUTRAL] = "neutral",
		[API_GRAYMAIL] = "graymail", [API_SPAM] = "spam",
		[API_SCAM] = "scam", [API_BEC] = "bec",
		[API_PHISHING] = "phishing", [API_MALICIOUS] = "malicious",
	};
	const struct api_message again = { .id = message->id,
		.message_id = message->message_id, .word = words[verdict],
		.timestamp = message->timestamp, .verdict = verdict,
		.retro = message->retro, .direction = "", .sender = "",
		.return_path = "", .subject = "", .action = "", .client = "",
		.header = "" };

	plan_see(rem, &again);
}

/* check_verdicts - a search for threats does not tell what is none any more */
static void
check_verdicts(struct loop *loop)
{
	struct remediator *rem = &loop->rem;
	int64_t now = rem_now(rem);
	const struct state_message_query query = { .threats = true,
		.asked_before = now - DAY, .limit = CHECK_MOST,
		.since = now - rem->settings->conf.remediation_max_age };
	struct todo_list list;
	struct err err;

	loop->next_plan = 0;
	loop->next_check = now + HOUR;
	if (todo_messages(rem->state, &query, &list, &err) == -1) {
		tell(&err);
		return;
	}
	for (size_t i = 0; i < list.count && !rem_stops(rem); i++) {
		const struct state_message *message = &list.items[i].message;
		enum api_verdict verdict = API_UNKNOWN;

		if (loop->source->verdict_now(loop->source->arg, message->id,
		    &verdict, &err) == -1) {
			tell(&err);
			/* one that is refused must not stand before the others
			 * for ever */
			if (err.kind == ERR_NEVER)
				(void)state_asked(rem->state, message->id, now,
				    &err);
			break;
		}
		if (verdict != API_UNKNOWN)
			see_again(rem, message, verdict);
		else if (state_asked(rem->state, message->id, now, &err) == -1)
			tell(&err);
	}
	if (list.count == CHECK_MOST)
		loop->next_check = now + MINUTE;
	todo_drop(&list);
}

/* plan - at once after a poll; what the history does not know yet is not looked
 * for every second */
static void
plan(struct loop *loop)
{
	int64_t now = rem_now(&loop->rem);

	if (now < loop->next_plan && loop->next_plan <= now + MINUTE)
		return;
	plan_turn(&loop->rem);
	loop->next_plan = loop->rem.gave_way ? 0 : now + MINUTE;
}

/* settle - plan what is new, and do what is due */
static void
settle(struct loop *loop)
{
	struct remediator *rem = &loop->rem;

	plan(loop);
	if (rem->settings->conf.remediation_mode != CONF_REMEDIATE_ACT)
		return;
	caps_check(rem);
	act_turn(rem);
}

/* has_source - is there an API to ask? */
static bool
has_source(const struct loop *loop)
{
	return loop->source != NULL &&
	    *rem_settings_idle(loop->rem.settings) == '\0';
}

/* is_due - also when the clock was set back: nothing is later than its interval
 * from now */
static bool
is_due(int64_t now, int64_t next, int64_t interval)
{
	return now >= next || next > now + interval;
}

/* ask - what was said since; no mailbox is touched, so a person who wants to act
 * meanwhile can */
static void
ask(struct loop *loop, int64_t now)
{
	struct remediator *rem = &loop->rem;
	struct err err;

	if (!has_source(loop) ||
	    state_lock(rem->state, STATE_POLLS, 0, &err) == -1)
		return;
	hear(loop);
	if (is_due(now, loop->next_poll,
	    rem->settings->conf.api_poll_interval) &&
	    poll_verdicts(loop, &err) == -1)
		tell(&err);
	if (is_due(now, loop->next_check, HOUR))
		check_verdicts(loop);
	state_unlock(rem->state, STATE_POLLS);
}

/* act - on what is known */
static void
act(struct loop *loop, int64_t now)
{
	struct remediator *rem = &loop->rem;

	settle(loop);
	if (!is_due(now, loop->next_purge, HOUR) || rem->gave_way)
		return;
	undo_turn(rem);
	loop->next_purge = rem->gave_way ? now : now + HOUR;
}

/* loop_turn - all that is due */
void
loop_turn(struct loop *loop)
{
	struct remediator *rem = &loop->rem;
	int64_t now = rem_now(rem);
	struct err err;

	rem_turn_begin(rem);
	ask(loop, now);
	if (state_lock(rem->state, STATE_ACTS, 0, &err) == 0) {
		act(loop, now);
		state_unlock(rem->state, STATE_ACTS);
	}
	rem_turn_end(rem);
}

/* poll_once - a failure is no reason not to do what is due */
static int
poll_once(struct loop *loop, struct err *err)
{
	struct remediator *rem = &loop->rem;
	int result;

	if (!has_source(loop))
		return err_set(err, ERR_NEVER, "verdicts are not asked for: "
		    "%s", rem_settings_idle(rem->settings));
	if (state_lock(rem->state, STATE_POLLS, LOCK_PATIENCE, err) == -1)
		return -1;
	result = poll_verdicts(loop, err);
	state_unlock(rem->state, STATE_POLLS);
	return result;
}

/* loop_once - a poll at once, and all that comes of it */
int
loop_once(struct loop *loop, struct err *err)
{
	struct remediator *rem = &loop->rem;
	int result;

	rem_turn_begin(rem);
	result = poll_once(loop, err);
	do {
		struct err locked;

		rem->gave_way = false;
		if (state_lock(rem->state, STATE_ACTS, LOCK_PATIENCE,
		    &locked) == -1) {
			if (result == 0)
				*err = locked;
			result = -1;
			break;
		}
		loop->next_purge = 0;
		act(loop, rem_now(rem));
		state_unlock(rem->state, STATE_ACTS);
	} while (rem->gave_way && !rem_stops(rem));
	rem_turn_end(rem);
	return result;
}
