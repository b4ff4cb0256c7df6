/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/store.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "base/regular.h"
#include "history/store_private.h"

enum statement {
	ADD_COPY, ADD_RECIPIENT, NOTE, NOTED, OLD_RECIPIENTS, OLD_COPIES,
	STATEMENTS
};

static const char *const texts[STATEMENTS] = {
	[ADD_COPY] = "INSERT INTO copies (mid, queue_id, message_id, accepted, "
	    "ended, sender, client_addr, client_name, policy, intake, size, "
	    "header_sum, fields_sum, attempts, dcid, verdict, reply, id) VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
	    "?15, ?16, ?17, ?18)",
	[ADD_RECIPIENT] = "INSERT INTO recipients VALUES (?1, ?2, ?3)",
	[NOTE] = "INSERT OR REPLACE INTO notes VALUES (1, ?1, ?2)",
	[NOTED] = "SELECT at FROM notes WHERE id = 1 AND series = ?1",
	[OLD_RECIPIENTS] = "DELETE FROM recipients WHERE copy IN (SELECT id "
	    "FROM copies WHERE ended < ?1 ORDER BY ended LIMIT ?2)",
	[OLD_COPIES] = "DELETE FROM copies WHERE id IN (SELECT id FROM copies "
	    "WHERE ended < ?1 ORDER BY ended LIMIT ?2)",
};

/* A transaction of another program takes less, unless something hangs. */
enum { PATIENCE_MS = 200 };

enum { ROW_ID = 18 };		/* in ADD_COPY; NULL: the next one */

/* Addresses are found however they are written; SQLite's NOCASE is that of
 * ASCII, as in SMTP. */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS copies (id INTEGER PRIMARY KEY, "
    "mid INTEGER NOT NULL, queue_id TEXT NOT NULL, message_id TEXT NOT NULL, "
    "accepted INTEGER NOT NULL, ended INTEGER NOT NULL, "
    "sender TEXT NOT NULL COLLATE NOCASE, client_addr TEXT NOT NULL, "
    "client_name TEXT NOT NULL, policy TEXT NOT NULL, "
    "intake TEXT NOT NULL COLLATE NOCASE, size INTEGER NOT NULL, "
    "header_sum TEXT NOT NULL, fields_sum TEXT NOT NULL, "
    "attempts INTEGER NOT NULL, dcid INTEGER NOT NULL, "
    "verdict TEXT NOT NULL, reply TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS recipients (address TEXT NOT NULL "
    "COLLATE NOCASE, copy INTEGER NOT NULL, at INTEGER NOT NULL, "
    "PRIMARY KEY (address, copy, at)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS recipients_copy ON recipients (copy);"
    "CREATE INDEX IF NOT EXISTS copies_mid ON copies (mid);"
    "CREATE INDEX IF NOT EXISTS copies_queue_id ON copies (queue_id);"
    "CREATE INDEX IF NOT EXISTS copies_message_id ON copies (message_id);"
    "CREATE INDEX IF NOT EXISTS copies_accepted ON copies (accepted);"
    "CREATE INDEX IF NOT EXISTS copies_ended ON copies (ended);"
    "CREATE INDEX IF NOT EXISTS copies_sender ON copies (sender);"
    "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, "
    "series INTEGER NOT NULL, at INTEGER NOT NULL);"
    "PRAGMA user_version = 1;"
    "COMMIT;";

struct store {
	sqlite3		*db;
	char		*path;
	sqlite3_stmt	*statements[STATEMENTS];
};

/* store_db - for more than this file does */
sqlite3 *
store_db(struct store *store)
{
	return store->db;
}

/* store_failed - what SQLite says, and whether it may pass */
int
store_failed(sqlite3 *db, const char *path, struct err *err)
{
	int code = db != NULL ? sqlite3_errcode(db) : SQLITE_NOMEM;
	bool never = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ||
	    code == SQLITE_ERROR || code == SQLITE_MISMATCH;

	return err_set(err, never ? ERR_NEVER : ERR_LATER, "%s: %s", path,
	    db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

/* store_version - as the library calls itself */
const char *
store_version(void)
{
	return sqlite3_libversion();
}

static int
failed(const struct store *store, struct err *err)
{
	return store_failed(store->db, store->path, err);
}

static int
execute(struct store *store, const char *sql, struct err *err)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ?
	    0 : failed(store, err);
}

/* store_number - of a query */
int
store_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	int result = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		result = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return result;
}

/* make - the schema, in a database that is empty */
static int
make(struct store *store, struct err *err)
{
	int tables = store_number(store->db,
	    "SELECT count(*) FROM sqlite_schema");

	if (tables > 0)
		return err_set(err, ERR_LATER,
		    "%s: a database of something else", store->path);
	return tables == -1 ? failed(store, err) :
	    execute(store, schema, err);
}

/* prepare - the schema, if it is new, and the statements */
static int
prepare(struct store *store, struct err *err)
{
	int found = store_number(store->db, "PRAGMA user_version");

	if (found == -1)
		return failed(store, err);
	if (found > STORE_VERSION)
		return err_set(err, ERR_LATER, "%s: of version %d, made by a "
		    "newer program", store->path, found);
	if ((found == 0 && make(store, err) == -1) || execute(store,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
	    err) == -1)
		return -1;
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(store->db, texts[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL) !=
		    SQLITE_OK)
			return failed(store, err);
	return 0;
}

/* store_open - for one thread */
int
store_open(const char *path, struct store **out, struct err *err)
{
	struct store *store;

	regular_make(path);
	/* ERR_NEVER would have this set aside as a damaged one */
	if (regular_named(path, err) == -1)
		return err_set(err, ERR_LATER, "%s: not a regular file", path);
	store = mem_new(sizeof(*store));
	store->path = mem_text(path);
	if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW |
	    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		(void)failed(store, err);
		store_close(store);
		return -1;
	}
	(void)sqlite3_busy_timeout(store->db, PATIENCE_MS);
	if (prepare(store, err) == -1) {
		store_close(store);
		return -1;
	}
	*out = store;
	return 0;
}

/* store_close - and everything prepared */
struct store *
store_close(struct store *store)
{
	if (store == NULL)
		return NULL;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	free(store->path);
	free(store);
	return NULL;
}

/* ---- rows ---- */

static void
bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	(void)sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static void
bind_number(sqlite3_stmt *statement, int at, uint64_t number)
{
	(void)sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
}

/* run - a statement that gives no rows; it may be run again */
static int
run(struct store *store, enum statement which, struct err *err)
{
	sqlite3_stmt *statement = store->statements[which];
	int code = sqlite3_step(statement);
	int result = code == SQLITE_DONE || code == SQLITE_ROW ? 0 :
	    failed(store, err);

	(void)sqlite3_reset(statement);
	return result;
}

/* store_begin - nothing is written before */
int
store_begin(struct store *store, struct err *err)
{
	return execute(store, "BEGIN IMMEDIATE", err);
}

static void
bind_row(sqlite3_stmt *statement, const struct history_row *row)
{
	const struct envelope *envelope = &row->envelope;
	const struct history_fate *fate = &row->fate;
	int at = 0;

	bind_number(statement, ++at, envelope->mid);
	bind_text(statement, ++at, envelope->queue_id);
	bind_text(statement, ++at, envelope->message_id);
	bind_number(statement, ++at, (uint64_t)envelope->accepted);
	bind_number(statement, ++at, (uint64_t)fate->ended);
	bind_text(statement, ++at, envelope->sender);
	bind_text(statement, ++at, envelope->client_addr);
	bind_text(statement, ++at, envelope->client_name);
	bind_text(statement, ++at, envelope->policy);
	bind_text(statement, ++at, envelope->intake);
	bind_number(statement, ++at, envelope->length);
	bind_text(statement, ++at, fate->header_sum);
	bind_text(statement, ++at, fate->fields_sum);
	bind_number(statement, ++at, fate->attempts);
	bind_number(statement, ++at, fate->dcid);
	bind_text(statement, ++at, fate->verdict);
	bind_text(statement, ++at, fate->reply);
	(void)sqlite3_bind_null(statement, ++at);
}

/* add - the copy, with the id that it is to have or the next one, and its
 * recipients */
static int
add(struct store *store, const struct history_row *row, const int64_t *given,
    struct err *err)
{
	sqlite3_stmt *statement = store->statements[ADD_RECIPIENT];
	sqlite3_int64 id;

	bind_row(store->statements[ADD_COPY], row);
	if (given != NULL)
		(void)sqlite3_bind_int64(store->statements[ADD_COPY], ROW_ID,
		    *given);
	if (run(store, ADD_COPY, err) == -1)
		return -1;
	id = sqlite3_last_insert_rowid(store->db);
	for (size_t i = 0; i < row->envelope.recipient_count; i++) {
		bind_text(statement, 1, row->envelope.recipients[i]);
		(void)sqlite3_bind_int64(statement, 2, id);
		bind_number(statement, 3, i);
		if (run(store, ADD_RECIPIENT, err) == -1)
			return -1;
	}
	return 0;
}

/* store_add - between store_begin() and store_commit() */
int
store_add(struct store *store, const struct history_row *row,
    struct err *err)
{
	return add(store, row, NULL, err);
}

/* store_add_as - with that id */
int
store_add_as(struct store *store, const struct history_row *row, int64_t id,
    struct err *err)
{
	return add(store, row, &id, err);
}

/* store_commit - with the rows, up to where they are here */
int
store_commit(struct store *store, uint64_t series, uint64_t at,
    struct err *err)
{
	bind_number(store->statements[NOTE], 1, series);
	bind_number(store->statements[NOTE], 2, at);
	return run(store, NOTE, err) == -1 ? -1 :
	    execute(store, "COMMIT", err);
}

/* store_rollback - as if nothing had begun */
void
store_rollback(struct store *store)
{
	(void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

/* store_noted - how far that series is here */
int
store_noted(struct store *store, uint64_t series, uint64_t *out_at,
    struct err *err)
{
	sqlite3_stmt *statement = store->statements[NOTED];
	int code;

	bind_number(statement, 1, series);
	code = sqlite3_step(statement);
	*out_at = code == SQLITE_ROW ?
	    (uint64_t)sqlite3_column_int64(statement, 0) : 0;
	(void)sqlite3_reset(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 :
	    failed(store, err);
}

static int
purge(struct store *store, int64_t before, unsigned most, struct err *err)
{
	static const enum statement both[] = { OLD_RECIPIENTS, OLD_COPIES };

	for (int i = 0; i < 2; i++) {
		sqlite3_stmt *statement = store->statements[both[i]];

		(void)sqlite3_bind_int64(statement, 1, before);
		(void)sqlite3_bind_int64(statement, 2, most);
		if (run(store, both[i], err) == -1)
			return -1;
	}
	return sqlite3_changes(store->db);
}

/* store_purge - the oldest */
int
store_purge(struct store *store, int64_t before, unsigned most,
    struct err *err)
{
	int count;

	if (store_begin(store, err) == -1)
		return -1;
	count = purge(store, before, most, err);
	if (count == -1 || execute(store, "COMMIT", err) == -1) {
		store_rollback(store);
		return -1;
	}
	return count;
}

/* store_set_aside - for whoever wants to look at it */
int
store_set_aside(const char *path, int64_t now, struct err *err)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		own(str) char *from = mem_format("%s%s", path, ends[i]);
		own(str) char *to = mem_format("%s.damaged-%" PRId64 "%s", path,
		    now / 1000, ends[i]);

		if (rename(from, to) == -1 && errno != ENOENT)
			return err_sys(err, "%s", from);
	}
	return 0;
}
