/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/scan.h"

#include <unistd.h>

#include "base/regular.h"
#include "history/store_private.h"

enum { PATIENCE_MS = 5000 };

static const char question[] = "SELECT mid, queue_id, sender, policy, intake, "
    "verdict, reply, accepted, ended, size, attempts FROM copies "
    "WHERE accepted >= ?1 AND accepted < ?2";

static const char *
text_at(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text != NULL ? (const char *)text : "";
}

static void
give(sqlite3_stmt *statement, history_scanned *each, void *arg)
{
	struct history_brief row = {
		.mid = (uint64_t)sqlite3_column_int64(statement, 0),
		.queue_id = text_at(statement, 1),
		.sender = text_at(statement, 2),
		.policy = text_at(statement, 3),
		.intake = text_at(statement, 4),
		.verdict = text_at(statement, 5),
		.reply = text_at(statement, 6),
		.accepted = sqlite3_column_int64(statement, 7),
		.ended = sqlite3_column_int64(statement, 8),
		.size = (uint64_t)sqlite3_column_int64(statement, 9),
		.attempts = (unsigned)sqlite3_column_int(statement, 10),
	};

	each(arg, &row);
}

/* scan - with the statement that is to be finalized */
static int
scan(sqlite3_stmt *statement, history_scanned *each, void *arg)
{
	int code;

	while ((code = sqlite3_step(statement)) == SQLITE_ROW)
		give(statement, each, arg);
	return code == SQLITE_DONE ? 0 : -1;
}

static int
ask(sqlite3 *db, const int64_t span[2], history_scanned *each, void *arg)
{
	sqlite3_stmt *statement;
	int result = -1;

	(void)sqlite3_busy_timeout(db, PATIENCE_MS);
	if (store_number(db, "PRAGMA user_version") == 0)
		return 0;	/* it is just being made */
	if (sqlite3_prepare_v2(db, question, -1, &statement, NULL) ==
	    SQLITE_OK && sqlite3_bind_int64(statement, 1, span[0]) ==
	    SQLITE_OK && sqlite3_bind_int64(statement, 2, span[1]) ==
	    SQLITE_OK)
		result = scan(statement, each, arg);
	(void)sqlite3_finalize(statement);	/* leaves the error as it is */
	return result;
}

/* history_scan - one question, so all of it is of one moment */
int
history_scan(const char *path, int64_t since, int64_t until,
    history_scanned *each, void *arg, struct err *err)
{
	const int64_t span[2] = { since, until };
	sqlite3 *db;
	int result = 0;

	if (regular_readable(path, err) == -1)
		return err_wrap(err, "%s", path);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOFOLLOW, NULL) != SQLITE_OK ||
	    ask(db, span, each, arg) == -1)
		result = store_failed(db, path, err);
	sqlite3_close(db);
	return result;
}
