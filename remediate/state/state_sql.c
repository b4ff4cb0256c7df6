/* SPDX-License-Identifier: BSD-2-Clause */
/* How the files of the state speak to SQLite. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "remediate/state/state_private.h"

/* state_failed - what SQLite says, and whether it may pass */
int
state_failed(const struct state *state, struct err *err)
{
	int code = state->db != NULL ? sqlite3_errcode(state->db) :
	    SQLITE_NOMEM;
	bool never = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ||
	    code == SQLITE_ERROR || code == SQLITE_MISMATCH ||
	    code == SQLITE_CONSTRAINT;

	(void)err_set(err, never ? ERR_NEVER : ERR_LATER, "%s: %s",
	    state->path, state->db != NULL ? sqlite3_errmsg(state->db) :
	    sqlite3_errstr(code));
	if (code == SQLITE_READONLY || code == SQLITE_PERM)
		err->sys = EACCES;
	return -1;
}

/* state_exec - statements without values */
int
state_exec(struct state *state, const char *sql, struct err *err)
{
	return sqlite3_exec(state->db, sql, NULL, NULL, NULL) == SQLITE_OK ?
	    0 : state_failed(state, err);
}

/* state_begin - a change of more than one row */
int
state_begin(struct state *state, struct err *err)
{
	return state_exec(state, "BEGIN IMMEDIATE", err);
}

/* state_end - all of it, or nothing */
int
state_end(struct state *state, int result, struct err *err)
{
	if (result == 0 && state_exec(state, "COMMIT", err) == 0)
		return 0;
	(void)sqlite3_exec(state->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

static int
bind(sqlite3_stmt *statement, const char *types, va_list values)
{
	int code = SQLITE_OK;

	for (int i = 0; types[i] != '\0' && code == SQLITE_OK; i++)
		code = types[i] == 't' ? sqlite3_bind_text(statement, i + 1,
		    va_arg(values, const char *), -1, SQLITE_TRANSIENT) :
		    sqlite3_bind_int64(statement, i + 1,
		    va_arg(values, int64_t));
	return code;
}

static sqlite3_stmt *
ask(struct state *state, struct err *err, const char *sql,
    const char *types, va_list values)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(state->db, sql, -1, &statement, NULL) ==
	    SQLITE_OK && bind(statement, types, values) == SQLITE_OK)
		return statement;
	(void)state_failed(state, err);
	sqlite3_finalize(statement);
	return NULL;
}

/* state_ask - a statement with its values */
sqlite3_stmt *
state_ask(struct state *state, struct err *err, const char *sql,
    const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list values;

	va_start(values, types);
	statement = ask(state, err, sql, types, values);
	va_end(values);
	return statement;
}

/* state_done - the end of a statement's rows */
int
state_done(struct state *state, sqlite3_stmt *statement, int code,
    struct err *err)
{
	int result = code == SQLITE_DONE || code == SQLITE_ROW ? 0 :
	    state_failed(state, err);

	sqlite3_finalize(statement);
	return result;
}

/* state_run - a statement that gives no rows */
int
state_run(struct state *state, struct err *err, const char *sql,
    const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list values;

	va_start(values, types);
	statement = ask(state, err, sql, types, values);
	va_end(values);
	if (statement == NULL)
		return -1;
	return state_done(state, statement, sqlite3_step(statement), err);
}

/* state_number - that a statement gives; 0 when it gives none */
int
state_number(struct state *state, struct err *err, int64_t *out,
    const char *sql, const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list values;
	int code;

	va_start(values, types);
	statement = ask(state, err, sql, types, values);
	va_end(values);
	if (statement == NULL)
		return -1;
	code = sqlite3_step(statement);
	*out = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	return state_done(state, statement, code, err);
}

/* state_text - of a column */
const char *
state_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text != NULL ? (const char *)text : "";
}

/* ---- questions ---- */

void
state_where_text(struct state_where *where, const char *condition,
    const char *text)
{
	if (text == NULL)
		return;
	buf_texts(&where->sql, " AND ", condition);
	where->values[where->count++].text = text;
}

/* state_where_exact - 0 is a number, too */
void
state_where_exact(struct state_where *where, const char *condition,
    int64_t number)
{
	buf_texts(&where->sql, " AND ", condition);
	where->values[where->count++].number = number;
}

void
state_where_number(struct state_where *where, const char *condition,
    int64_t number)
{
	if (number != 0)
		state_where_exact(where, condition, number);
}

void
state_where_step(struct state_where *where, const char *condition, int step)
{
	if (step != -1)
		state_where_exact(where, condition, step);
}

void
state_where_set(struct state_where *where, const char *condition, bool set)
{
	if (set)
		buf_texts(&where->sql, " AND ", condition);
}

/* state_where_ask - with all that was set */
sqlite3_stmt *
state_where_ask(struct state *state, struct state_where *where,
    const char *order, unsigned limit, struct err *err)
{
	sqlite3_stmt *statement;

	buf_texts(&where->sql, " ORDER BY ", order);
	if (limit > 0)
		buf_format(&where->sql, " LIMIT %u", limit);
	statement = state_ask(state, err, where->sql.data, "");
	buf_drop(&where->sql);
	for (unsigned i = 0; statement != NULL && i < where->count; i++) {
		int at = (int)i + 1;

		if (where->values[i].text != NULL)
			(void)sqlite3_bind_text(statement, at,
			    where->values[i].text, -1, SQLITE_TRANSIENT);
		else
			(void)sqlite3_bind_int64(statement, at,
			    where->values[i].number);
	}
	return statement;
}
