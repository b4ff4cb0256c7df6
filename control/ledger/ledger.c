/* SPDX-License-Identifier: BSD-2-Clause */
/* What tdc-remediator has on record, out of its database. */
#include "control/ledger/ledger.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/behalf.h"
#include "base/clock.h"
#include "base/digits.h"
#include "base/own.h"
#include "remediate/api/windows.h"
#include "remediate/state/state_begun.h"

enum { ROOM = 64 };

/* What the callbacks of the state fill. */
struct reading {
	struct ledger	*ledger;
	size_t		 room, batch_room, ignored_room, pause_room;
	int64_t		 since;
};

/* room_for - one more of these */
static void *
room_for(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room == 0 ? ROOM : 2 * *room;
	return mem_grow(items, *room, size);
}

static void
take_action(void *arg, const struct state_action *action,
    const struct state_message *message)
{
	struct reading *reading = arg;
	struct ledger *ledger = reading->ledger;
	struct arena *arena = &ledger->arena;

	ledger->actions = room_for(ledger->actions, ledger->count,
	    &reading->room, sizeof(*ledger->actions));
	ledger->actions[ledger->count++] = (struct ledger_action){
		.id = action->id, .batch = action->batch,
		.api_id = arena_text(arena, message->id),
		.message_id = arena_text(arena, message->message_id),
		.sender = arena_text(arena, message->sender),
		.subject = arena_text(arena, message->subject),
		.verdict = arena_text(arena, message->word),
		.recipient = arena_text(arena, action->recipient),
		.profile = arena_text(arena, action->profile),
		.reason = arena_text(arena, action->reason),
		.mid = action->mid, .sent = message->timestamp,
		.made = action->made, .changed = action->changed,
		.what = action->what, .step = action->step,
		.word = state_word(action->step),
		.attempts = action->attempts,
		.searches = action->searches, .due = action->due };
}

static void
take_batch(void *arg, const struct state_batch *batch)
{
	struct reading *reading = arg;
	struct ledger *ledger = reading->ledger;
	struct arena *arena = &ledger->arena;

	ledger->batches = room_for(ledger->batches, ledger->batch_count,
	    &reading->batch_room, sizeof(*ledger->batches));
	ledger->batches[ledger->batch_count++] = (struct ledger_batch){
		.id = batch->id, .begun = batch->begun, .what = batch->what,
		.name = arena_text(arena, batch->name),
		.by = arena_text(arena, batch->by),
		.source = arena_text(arena, batch->source),
		.description = arena_text(arena, batch->description) };
}

/* take_ignored - if it is: a message with actions has no reason */
static void
take_ignored(void *arg, const struct state_message *message)
{
	struct reading *reading = arg;
	struct ledger *ledger = reading->ledger;
	struct arena *arena = &ledger->arena;

	if (!message->planned || *message->reason == '\0' ||
	    message->changed < reading->since)
		return;
	ledger->ignored = room_for(ledger->ignored, ledger->ignored_count,
	    &reading->ignored_room, sizeof(*ledger->ignored));
	ledger->ignored[ledger->ignored_count++] = (struct ledger_ignored){
		.message_id = arena_text(arena, message->message_id),
		.verdict = arena_text(arena, message->word),
		.reason = arena_text(arena, message->reason),
		.seen = message->changed };
}

static void
take_pause(void *arg, const char *recipient, const char *why)
{
	struct reading *reading = arg;
	struct ledger *ledger = reading->ledger;

	ledger->pauses = room_for(ledger->pauses, ledger->pause_count,
	    &reading->pause_room, sizeof(*ledger->pauses));
	ledger->pauses[ledger->pause_count++] = (struct ledger_pause){
		.recipient = arena_text(&ledger->arena, recipient),
		.why = arena_text(&ledger->arena, why) };
}

/* note_time - take the time of a note, if it is later */
static int
note_time(struct state *state, const char *name, int64_t *latest,
    struct err *err)
{
	own(str) char *text = NULL;
	uint64_t at = 0;

	if (state_noted(state, name, &text, err) == -1)
		return -1;
	(void)digits_parse(text, strlen(text), INT64_MAX, &at);
	if ((int64_t)at > *latest)
		*latest = (int64_t)at;
	return 0;
}

/* read_polled - of a cluster, the one that polls has windows, and the others only
 * hear of it; before there was that note, windows told */
static int
read_polled(struct state *state, int64_t *out, struct err *err)
{
	*out = 0;
	for (int span = 0; span < WINDOWS_SPANS; span++) {
		own(str) char *name = mem_format(STATE_NOTE_WINDOW "%s",
		    windows_name((enum windows_span)span));

		if (note_time(state, name, out, err) == -1)
			return -1;
	}
	return note_time(state, STATE_NOTE_HEARD, out, err);
}

static int
read_notes(struct state *state, struct ledger *ledger, struct err *err)
{
	struct reading reading = { .ledger = ledger };
	own(str) char *pause = NULL;

	if (state_noted(state, STATE_NOTE_PAUSE, &pause, err) == -1 ||
	    state_pauses(state, take_pause, &reading, err) == -1 ||
	    state_spent(state, clock_wall(), &ledger->spent, err) == -1 ||
	    read_polled(state, &ledger->polled, err) == -1)
		return -1;
	ledger->pause = arena_text(&ledger->arena, pause);
	return 0;
}

static int
read_rows(struct state *state, const struct ledger_query *query,
    struct ledger *out, struct err *err)
{
	struct reading reading = { .ledger = out, .since = query->since };
	struct state_query actions = STATE_QUERY;
	const struct state_message_query messages = {
		.message_id = query->message_id };

	actions.message_id = query->message_id;
	actions.mid = query->mid;
	actions.since = query->since;
	if (state_each(state, &actions, take_action, &reading, err) == -1 ||
	    state_batches(state, NULL, 0, take_batch, &reading, err) == -1)
		return -1;
	/* by its MID alone a message without an action is not known */
	return query->mid != 0 ? 0 :
	    state_messages(state, &messages, take_ignored, &reading, err);
}

/* read_all - and say what is wrong with words of its own when there is nothing */
static int
read_all(const struct conf *conf, const struct ledger_query *query,
    struct ledger *out, struct err *err)
{
	const char *path = conf->remediation_database;
	struct state *state;
	int result;

	if (state_open(path, STATE_READ, &state, err) == -1) {
		int sys = err->sys;

		if (sys != ENOENT)
			return err_wrap(err, "remediation_database");
		(void)err_set(err, ERR_NEVER, "nothing was ever remediated: "
		    "remediation_database %s does not exist", path);
		err->sys = ENOENT;
		return -1;
	}
	result = read_notes(state, out, err);
	if (result == 0 && !query->notes_alone &&
	    read_rows(state, query, out, err) == -1)
		result = -1;
	state_close(state);
	return result == 0 ? 0 : err_wrap(err, "remediation_database");
}

/* ledger_read - what SQLite makes beside the database has to belong to who
 * writes it */
int
ledger_read(const struct conf *conf, const struct ledger_query *query,
    struct ledger *out, struct err *err)
{
	const struct passwd *user = geteuid() == 0 &&
	    *conf->remediation_user != '\0' ?
	    getpwnam(conf->remediation_user) : NULL;
	struct behalf behalf;
	bool other;
	int result;

	*out = (struct ledger){ .pause = "" };
	/* a root without that right has none to write there, either */
	other = user != NULL && behalf_begin(&behalf, user, err) == 0;
	result = read_all(conf, query, out, err);
	if (other)
		behalf_end(&behalf);
	if (result == -1)
		ledger_drop(out);
	return result;
}
