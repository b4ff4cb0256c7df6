/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/state/state_begun.h"

#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "remediate/state/state_private.h"

/* ?1 since, ?2 after; the index of the events has their step as a number. */
#define BEGUN "FROM events e JOIN actions a ON a.id = e.action WHERE " \
	"e.step = 3 AND e.at >= ?1 AND e.id > ?2 AND e.text = '' AND NOT " \
	"EXISTS (SELECT 1 FROM notes n WHERE n.name = '" STATE_NOTE_PAUSED \
	"' || lower(a.recipient)) AND e.id > coalesce((SELECT CAST(n.text AS " \
	"INTEGER) FROM notes n WHERE n.name = '" STATE_NOTE_APPROVED ".' || " \
	"lower(a.recipient)), 0)"

_Static_assert(STATE_DUE == 3, "as it stands in BEGUN");

/* state_last_event - the newest */
int
state_last_event(struct state *state, int64_t *out, struct err *err)
{
	return state_number(state, err, out,
	    "SELECT coalesce(max(id), 0) FROM events", "");
}

static int
count(struct state *state, const char *sql, const struct state_begun *begun,
    unsigned *out, struct err *err)
{
	int64_t n;

	if (state_number(state, err, &n, sql, "ii", begun->since,
	    begun->after) == -1)
		return -1;
	*out = (unsigned)n;
	return 0;
}

/* state_begun - remediations */
int
state_begun(struct state *state, const struct state_begun *begun,
    unsigned *out, struct err *err)
{
	return count(state, "SELECT count(*) " BEGUN, begun, out, err);
}

/* state_begun_messages - that have such a remediation */
int
state_begun_messages(struct state *state, const struct state_begun *begun,
    unsigned *out, struct err *err)
{
	return count(state, "SELECT count(DISTINCT a.message) " BEGUN, begun,
	    out, err);
}

/* state_begun_each - recipients with too many */
int
state_begun_each(struct state *state, const struct state_begun *begun,
    unsigned most, state_recipient_each *each, void *arg, struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err, "SELECT a.recipient, "
	    "count(*) AS n " BEGUN " GROUP BY a.recipient HAVING n > ?3 AND "
	    "max(a.due) > 0", "iii", begun->since, begun->after,
	    (int64_t)most);
	int code;

	if (statement == NULL)
		return -1;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		each(arg, state_text(statement, 0),
		    (unsigned)sqlite3_column_int64(statement, 1));
	return state_done(state, statement, code, err);
}

/* ---- what a person asks for ---- */

static int
make_due(struct state *state, const struct state_request *request,
    struct err *err)
{
	if (state_run(state, err, "UPDATE actions SET step = ?1, due = ?2, "
	    "changed = ?2, batch = ?3, what = ?4, attempts = 0, searches = 0, "
	    "reason = '' WHERE id = ?5", "iiiii", (int64_t)STATE_DUE, request->at,
	    request->batch, (int64_t)request->what, request->action) == -1)
		return -1;
	return state_run(state, err, "INSERT INTO events (action, at, step, "
	    "text) VALUES (?, ?, ?, ?)", "iiit", request->action, request->at,
	    (int64_t)STATE_DUE, request->text);
}

/* state_request - if it is at such a step */
int
state_request(struct state *state, const struct state_request *request,
    bool *out, struct err *err)
{
	int64_t found = 0;
	int result;

	if (state_begin(state, err) == -1)
		return -1;
	result = state_number(state, err, &found, "SELECT count(*) FROM "
	    "actions WHERE id = ? AND step IN (?, ?, ?)", "iiii",
	    request->action, (int64_t)STATE_REPORTED, (int64_t)STATE_DUE,
	    (int64_t)STATE_FAILED);
	if (result == 0 && found > 0)
		result = make_due(state, request, err);
	if (state_end(state, result, err) == -1)
		return -1;
	*out = found > 0;
	return 0;
}

/* ---- pauses ---- */

/* state_pause - a recipient */
int
state_pause(struct state *state, const char *recipient, const char *why,
    struct err *err)
{
	return state_run(state, err, "INSERT OR REPLACE INTO notes VALUES ('"
	    STATE_NOTE_PAUSED "' || lower(?), ?)", "tt", recipient, why);
}

/* state_paused - why */
int
state_paused(struct state *state, const char *recipient, char **out,
    struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err, "SELECT text FROM "
	    "notes WHERE name = '" STATE_NOTE_PAUSED "' || lower(?)", "t",
	    recipient);
	own(str) char *why = NULL;
	int code;

	if (statement == NULL)
		return -1;
	code = sqlite3_step(statement);
	why = mem_text(code == SQLITE_ROW ? state_text(statement, 0) : "");
	if (state_done(state, statement, code, err) == -1)
		return -1;
	*out = str_give(&why);
	return 0;
}

/* state_pauses - each, by name */
int
state_pauses(struct state *state, state_pause_each *each, void *arg,
    struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err, "SELECT name, text "
	    "FROM notes WHERE name GLOB '" STATE_NOTE_PAUSED "*' ORDER BY "
	    "name", "");
	int code, n = 0;

	if (statement == NULL)
		return -1;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		each(arg, state_text(statement, 0) +
		    strlen(STATE_NOTE_PAUSED), state_text(statement, 1));
		n++;
	}
	return state_done(state, statement, code, err) == -1 ? -1 : n;
}

static int
approve(struct state *state, const char *recipient, struct err *err)
{
	return state_run(state, err, "INSERT OR REPLACE INTO notes SELECT '"
	    STATE_NOTE_APPROVED ".' || lower(?), coalesce(max(id), 0) FROM "
	    "events", "t", recipient) == -1 ? -1 :
	    state_run(state, err, "DELETE FROM notes WHERE name = '"
	    STATE_NOTE_PAUSED "' || lower(?)", "t", recipient);
}

/* approve_all - older approvals of recipients are needed no more */
static int
approve_all(struct state *state, struct err *err)
{
	return state_exec(state, "INSERT OR REPLACE INTO notes SELECT '"
	    STATE_NOTE_APPROVED "', coalesce(max(id), 0) FROM events;"
	    "DELETE FROM notes WHERE name = '" STATE_NOTE_PAUSE "' OR name "
	    "GLOB '" STATE_NOTE_PAUSED "*' OR name GLOB '"
	    STATE_NOTE_APPROVED ".*'", err);
}

/* state_resume - and all that was begun is approved */
int
state_resume(struct state *state, const char *recipient, struct err *err)
{
	if (state_begin(state, err) == -1)
		return -1;
	return state_end(state, recipient != NULL ?
	    approve(state, recipient, err) : approve_all(state, err), err);
}
