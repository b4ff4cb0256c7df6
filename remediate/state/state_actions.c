/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done about a message for one recipient, step by step. */
#include <string.h>

#include "base/own.h"
#include "remediate/state/state_begun.h"
#include "remediate/state/state_private.h"

static const char *const words[STATE_STEPS] = {
	[STATE_SEEN] = "seen", [STATE_IGNORED] = "ignored",
	[STATE_REPORTED] = "reported", [STATE_DUE] = "in-progress",
	[STATE_FORWARDED] = "forwarded", [STATE_QUARANTINED] = "quarantined",
	[STATE_DONE] = "remediated", [STATE_FAILED] = "failed",
	[STATE_WITHDRAWN] = "withdrawn", [STATE_RESTORED] = "restored",
	[STATE_PURGED] = "purged", [STATE_ELSEWHERE] = "moved-by-service",
};

/* state_word - for people and programs */
const char *
state_word(enum state_step step)
{
	return step < STATE_STEPS ? words[step] : "unknown";
}

/* state_log_step - as it came */
int
state_log_step(struct state *state, const struct state_event *event,
    struct err *err)
{
	return state_run(state, err, "INSERT INTO events (action, at, step, "
	    "text) VALUES (?, ?, ?, ?)", "iiit", event->action, event->at,
	    (int64_t)event->step, event->text);
}

static int
add(struct state *state, const struct state_action *action, int64_t *out_id,
    struct err *err)
{
	struct state_event event = { .at = action->made, .step = action->step,
	    .text = action->reason };

	if (state_run(state, err, "INSERT INTO actions (message, recipient, "
	    "mid, queue_ids, proof, accepted, what, batch, step, forwarded, "
	    "attempts, due, profile, reason, made, changed) VALUES (?1, ?2, "
	    "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 OR EXISTS (SELECT 1 FROM actions "
	    "WHERE message = ?1 AND forwarded), 0, ?11, '', ?12, ?13, ?13)",
	    "ttittiiiiiiti", action->message, action->recipient,
	    (int64_t)action->mid, action->queue_ids, action->proof,
	    action->accepted, (int64_t)action->what, action->batch,
	    (int64_t)action->step, (int64_t)action->forwarded,
	    action->step == STATE_DUE ? action->made : (int64_t)0,
	    action->reason, action->made) == -1)
		return -1;
	*out_id = event.action = sqlite3_last_insert_rowid(state->db);
	return state_log_step(state, &event, err);
}

/* state_act - unless there is one */
int
state_act(struct state *state, const struct state_action *action,
    int64_t *out_id, bool *out_made, struct err *err)
{
	int64_t id;
	int result;
	bool made;

	if (state_begin(state, err) == -1)
		return -1;
	result = state_number(state, err, &id, "SELECT id FROM actions WHERE "
	    "message = ? AND recipient = ?", "tt", action->message,
	    action->recipient);
	made = result == 0 && id == 0;
	if (made)
		result = add(state, action, &id, err);
	if (state_end(state, result, err) == -1)
		return -1;
	*out_id = id;
	*out_made = made;
	return 0;
}

/* end_undo - what is back is so for good */
static int
end_undo(struct state *state, int64_t action, struct err *err)
{
	return state_run(state, err, "UPDATE pieces SET step = ? WHERE "
	    "action = ? AND step = ?", "iii", (int64_t)PIECE_RESTORED, action,
	    (int64_t)PIECE_RETURNED) == -1 ? -1 :
	    state_run(state, err, "UPDATE actions SET undoing = '' WHERE "
	    "id = ?", "i", action);
}

/* begin_again - what failed before does not count */
static int
begin_again(struct state *state, int64_t action, struct err *err)
{
	return state_run(state, err, "UPDATE actions SET attempts = 0, "
	    "searches = 0 WHERE id = ?", "i", action);
}

static int
take_step(struct state *state, const struct state_event *event,
    struct err *err)
{
	enum state_step step = event->step;
	int64_t due = step == STATE_DUE ? event->at :
	    step == STATE_FAILED ? event->due : 0;
	int result = state_run(state, err, "UPDATE actions SET step = ?1, "
	    "reason = ?2, due = CASE WHEN ?1 IN (?3, ?4) THEN due ELSE ?5 END, "
	    "changed = ?6, profile = coalesce(?7, profile), "
	    "searches = searches + ?8 WHERE id = ?9", "itiiiitii",
	    (int64_t)step, event->text, (int64_t)STATE_FORWARDED,
	    (int64_t)STATE_QUARANTINED, due, event->at, event->profile,
	    (int64_t)event->searched, event->action);

	if (result == 0 && step == STATE_DUE)
		result = begin_again(state, event->action, err);
	if (result == 0 && (step == STATE_RESTORED || step == STATE_WITHDRAWN))
		result = end_undo(state, event->action, err);
	return result == 0 ? state_log_step(state, event, err) : -1;
}

/* state_step - take a step */
int
state_step(struct state *state, const struct state_event *event,
    struct err *err)
{
	if (state_begin(state, err) == -1)
		return -1;
	return state_end(state, take_step(state, event, err), err);
}

/* state_retry - it failed for now */
int
state_retry(struct state *state, const struct state_delay *delay,
    struct err *err)
{
	return state_run(state, err, "UPDATE actions SET reason = ?, "
	    "attempts = attempts + ?, searches = searches + ?, due = ? WHERE "
	    "id = ?", "tiiii", delay->reason, (int64_t)delay->counts,
	    (int64_t)delay->searched, delay->due, delay->action);
}

/* state_forwarded - of a message, for all its actions */
int
state_forwarded(struct state *state, const char *message, int64_t now,
    struct err *err)
{
	int result;

	if (state_begin(state, err) == -1)
		return -1;
	result = state_run(state, err, "INSERT INTO events (action, at, step, "
	    "text) SELECT id, ?, ?, '' FROM actions WHERE message = ? AND "
	    "forwarded = 0", "iit", now, (int64_t)STATE_FORWARDED, message);
	if (result == 0)
		result = state_run(state, err, "UPDATE actions SET "
		    "forwarded = 1 WHERE message = ?", "t", message);
	return state_end(state, result, err);
}

/* state_undo - an undo begins */
int
state_undo(struct state *state, int64_t action, const char *reason,
    struct err *err)
{
	return state_run(state, err, "UPDATE actions SET undoing = ? WHERE "
	    "id = ?", "ti", reason, action);
}

/* ---- questions ---- */

static void
read_action(sqlite3_stmt *statement, struct state_action *out)
{
	int at = 0;

	out->id = sqlite3_column_int64(statement, at++);
	out->message = state_text(statement, at++);
	out->recipient = state_text(statement, at++);
	out->mid = (uint64_t)sqlite3_column_int64(statement, at++);
	out->queue_ids = state_text(statement, at++);
	out->proof = state_text(statement, at++);
	out->accepted = sqlite3_column_int64(statement, at++);
	out->what = sqlite3_column_int(statement, at++);
	out->batch = sqlite3_column_int64(statement, at++);
	out->step = (enum state_step)sqlite3_column_int(statement, at++);
	out->forwarded = sqlite3_column_int(statement, at++) != 0;
	out->attempts = (unsigned)sqlite3_column_int(statement, at++);
	out->due = sqlite3_column_int64(statement, at++);
	out->profile = state_text(statement, at++);
	out->reason = state_text(statement, at++);
	out->made = sqlite3_column_int64(statement, at++);
	out->changed = sqlite3_column_int64(statement, at++);
	out->searches = (unsigned)sqlite3_column_int(statement, at++);
	out->undoing = state_text(statement, at++);
}
enum { ACTION_COLUMNS = 19 };

static sqlite3_stmt *
ask(struct state *state, const struct state_query *query, struct err *err)
{
	struct state_where where = STATE_WHERE;

	buf_text(&where.sql, "SELECT a.id, a.message, a.recipient, a.mid, "
	    "a.queue_ids, a.proof, a.accepted, a.what, a.batch, a.step, "
	    "a.forwarded, a.attempts, a.due, a.profile, a.reason, a.made, "
	    "a.changed, a.searches, a.undoing, " MESSAGE_COLUMNS " FROM "
	    "actions a JOIN messages m ON m.id = a.message WHERE 1");
	state_where_number(&where, "a.id = ?", query->action);
	state_where_number(&where, "a.batch = ?", query->batch);
	state_where_text(&where, "a.message = ?", query->message);
	state_where_text(&where, "m.message_id = ?", query->message_id);
	state_where_text(&where, "a.recipient = ?", query->recipient);
	state_where_number(&where, "a.mid = ?", (int64_t)query->mid);
	state_where_step(&where, "a.step = ?", query->step);
	state_where_number(&where, "a.due > 0 AND a.due <= ?", query->due);
	state_where_set(&where, "NOT EXISTS (SELECT 1 FROM notes n WHERE "
	    "n.name = '" STATE_NOTE_PAUSED "' || lower(a.recipient))",
	    query->unpaused);
	state_where_set(&where, "a.undoing <> ''", query->undoing);
	state_where_number(&where, "a.changed >= ?", query->since);
	state_where_number(&where, "a.changed < ?", query->until);
	return state_where_ask(state, &where, "a.id", query->limit, err);
}

/* state_each - in the order of their making */
int
state_each(struct state *state, const struct state_query *query,
    state_action_each *each, void *arg, struct err *err)
{
	sqlite3_stmt *statement = ask(state, query, err);
	struct state_message message;
	struct state_action action;
	int code, count = 0;

	if (statement == NULL)
		return -1;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		read_action(statement, &action);
		state_read_message(statement, ACTION_COLUMNS, &message);
		each(arg, &action, &message);
		count++;
	}
	return state_done(state, statement, code, err) == -1 ? -1 : count;
}

/* state_events - the steps of an action as they came */
int
state_events(struct state *state, int64_t action, state_event_each *each,
    void *arg, struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err, "SELECT action, at, "
	    "step, text FROM events WHERE action = ? ORDER BY id", "i",
	    action);
	int code, count = 0;

	if (statement == NULL)
		return -1;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct state_event event = {
			.action = sqlite3_column_int64(statement, 0),
			.at = sqlite3_column_int64(statement, 1),
			.step = (enum state_step)sqlite3_column_int(statement,
			    2),
			.text = state_text(statement, 3) };

		each(arg, &event);
		count++;
	}
	return state_done(state, statement, code, err) == -1 ? -1 : count;
}
