/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages that were moved, batches and notes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/state/state_private.h"

/* state_intend - before it is moved */
int
state_intend(struct state *state, const struct state_piece *piece,
    int64_t *out, struct err *err)
{
	if (state_run(state, err, "INSERT INTO pieces (action, owner, "
	    "profile, folder, key, handle, step, moved, lived) VALUES (?, ?, "
	    "?, ?, ?, '', ?, ?, ?)", "ittttiii", piece->action, piece->owner,
	    piece->profile, piece->folder, piece->key,
	    (int64_t)PIECE_INTENDED, piece->moved, piece->lived) == -1)
		return -1;
	*out = sqlite3_last_insert_rowid(state->db);
	return 0;
}

/* state_piece_step - what became of it */
int
state_piece_step(struct state *state, int64_t piece,
    enum state_piece_step step, const char *handle, struct err *err)
{
	return handle == NULL ? state_run(state, err, "UPDATE pieces SET "
	    "step = ? WHERE id = ?", "ii", (int64_t)step, piece) :
	    state_run(state, err, "UPDATE pieces SET step = ?, handle = ? "
	    "WHERE id = ?", "iti", (int64_t)step, handle, piece);
}

/* end_action - if it was done, and nothing of it can be put back any more */
static int
end_action(struct state *state, const struct state_event *event, bool *out,
    struct err *err)
{
	if (state_run(state, err, "UPDATE actions SET step = ?1, reason = '', "
	    "changed = ?2 WHERE id = ?3 AND step = ?4 AND NOT EXISTS (SELECT "
	    "1 FROM pieces p WHERE p.action = ?3 AND p.step IN (?5, ?6, ?7))",
	    "iiiiiii", (int64_t)event->step, event->at, event->action,
	    (int64_t)STATE_DONE, (int64_t)PIECE_INTENDED, (int64_t)PIECE_MOVED,
	    (int64_t)PIECE_RETURNING) == -1)
		return -1;
	*out = sqlite3_changes(state->db) > 0;
	return *out ? state_log_step(state, event, err) : 0;
}

/* state_piece_purged - both, or neither */
int
state_piece_purged(struct state *state, const struct state_piece *piece,
    enum state_piece_step step, int64_t now, bool *out_last, struct err *err)
{
	const struct state_event event = { .action = piece->action, .at = now,
		.step = STATE_PURGED, .text = "" };
	bool last = false;
	int result;

	if (state_begin(state, err) == -1)
		return -1;
	result = state_piece_step(state, piece->id, step, NULL, err);
	if (result == 0)
		result = end_action(state, &event, &last, err);
	if (state_end(state, result, err) == -1)
		return -1;
	*out_last = last;
	return 0;
}

/* state_piece_later - purging has failed */
int
state_piece_later(struct state *state, int64_t piece, int64_t due,
    struct err *err)
{
	return state_run(state, err, "UPDATE pieces SET tries = tries + 1, "
	    "due = ? WHERE id = ?", "ii", due, piece);
}

static sqlite3_stmt *
ask_pieces(struct state *state, const struct state_piece_query *query,
    struct err *err)
{
	struct state_where where = STATE_WHERE;

	buf_text(&where.sql, "SELECT id, action, owner, profile, folder, key, "
	    "handle, step, moved, lived, tries FROM pieces WHERE 1");
	state_where_number(&where, "action = ?", query->action);
	state_where_step(&where, "step = ?", query->step);
	if (query->purge) {
		state_where_exact(&where, "lived <= ?", query->lived);
		state_where_exact(&where, "due <= ? AND NOT EXISTS (SELECT 1 "
		    "FROM actions a WHERE a.id = action AND a.undoing <> '')",
		    query->now);
	}
	return state_where_ask(state, &where, query->purge ? "due, id" : "id",
	    query->limit, err);
}

/* state_pieces - those to which all applies */
int
state_pieces(struct state *state, const struct state_piece_query *query,
    state_piece_each *each, void *arg, struct err *err)
{
	sqlite3_stmt *statement = ask_pieces(state, query, err);
	int code, count = 0;

	if (statement == NULL)
		return -1;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct state_piece piece = {
			.id = sqlite3_column_int64(statement, 0),
			.action = sqlite3_column_int64(statement, 1),
			.owner = state_text(statement, 2),
			.profile = state_text(statement, 3),
			.folder = state_text(statement, 4),
			.key = state_text(statement, 5),
			.handle = state_text(statement, 6),
			.step = (enum state_piece_step)sqlite3_column_int(
			    statement, 7),
			.moved = sqlite3_column_int64(statement, 8),
			.lived = sqlite3_column_int64(statement, 9),
			.tries = (unsigned)sqlite3_column_int(statement, 10) };

		each(arg, &piece);
		count++;
	}
	return state_done(state, statement, code, err) == -1 ? -1 : count;
}

/* ---- batches ---- */

/* state_batch - make one */
int
state_batch(struct state *state, const struct state_batch *batch,
    int64_t *out, struct err *err)
{
	if (state_run(state, err, "INSERT INTO batches (name, by, source, "
	    "what, description, begun) VALUES (?, ?, ?, ?, ?, ?)", "tttiti",
	    batch->name, batch->by, batch->source, (int64_t)batch->what,
	    batch->description, batch->begun) == -1)
		return -1;
	*out = sqlite3_last_insert_rowid(state->db);
	return 0;
}

/* state_batches - one of that name or number, or all since then */
int
state_batches(struct state *state, const char *name, int64_t since,
    state_batch_each *each, void *arg, struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err, "SELECT id, name, by, "
	    "source, what, description, begun FROM batches WHERE (?1 = '' OR "
	    "name = ?1 OR CAST(id AS TEXT) = ?1) AND begun >= ?2 ORDER BY id",
	    "ti", name != NULL ? name : "", since);
	int code, count = 0;

	if (statement == NULL)
		return -1;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct state_batch batch = {
			.id = sqlite3_column_int64(statement, 0),
			.name = state_text(statement, 1),
			.by = state_text(statement, 2),
			.source = state_text(statement, 3),
			.what = sqlite3_column_int(statement, 4),
			.description = state_text(statement, 5),
			.begun = sqlite3_column_int64(statement, 6) };

		each(arg, &batch);
		count++;
	}
	return state_done(state, statement, code, err) == -1 ? -1 : count;
}

/* ---- notes ---- */

/* state_note - keep a text under a name */
int
state_note(struct state *state, const char *name, const char *text,
    struct err *err)
{
	return state_run(state, err, "INSERT OR REPLACE INTO notes VALUES "
	    "(?, ?)", "tt", name, text);
}

/* state_noted - "" when there is none */
int
state_noted(struct state *state, const char *name, char **out,
    struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err, "SELECT text FROM "
	    "notes WHERE name = ?", "t", name);
	own(str) char *text = NULL;
	int code;

	if (statement == NULL)
		return -1;
	code = sqlite3_step(statement);
	text = mem_text(code == SQLITE_ROW ? state_text(statement, 0) : "");
	if (state_done(state, statement, code, err) == -1)
		return -1;
	*out = str_give(&text);
	return 0;
}

/* day_note - the name under which the requests of a day (UTC) are counted */
static const char *
day_note(int64_t now, char out[32])
{
	const int64_t day = now / INT64_C(86400000);

	snprintf(out, 32, "requests.%" PRId64, day);
	return out;
}

/* state_spent - how many requests of today */
int
state_spent(struct state *state, int64_t now, unsigned *out, struct err *err)
{
	char name[32];
	int64_t count;

	if (state_number(state, err, &count, "SELECT CAST(text AS INTEGER) "
	    "FROM notes WHERE name = ?", "t", day_note(now, name)) == -1)
		return -1;
	*out = (unsigned)count;
	return 0;
}

static int
spend(struct state *state, int64_t now, unsigned spent, struct err *err)
{
	char name[32], text[16];

	snprintf(text, sizeof(text), "%u", spent + 1);
	return state_run(state, err, "DELETE FROM notes WHERE name GLOB "
	    "'requests.*' AND name <> ?", "t", day_note(now, name)) == -1 ?
	    -1 : state_note(state, name, text, err);
}

/* state_spend - one request of the day */
int
state_spend(struct state *state, int64_t now, unsigned most, bool *out,
    struct err *err)
{
	unsigned spent = 0;
	int result;

	if (state_begin(state, err) == -1)
		return -1;
	result = state_spent(state, now, &spent, err);
	if (result == 0 && spent < most)
		result = spend(state, now, spent, err);
	if (state_end(state, result, err) == -1)
		return -1;
	*out = spent < most;
	return 0;
}
