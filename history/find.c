/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/find.h"

#include <string.h>
#include <unistd.h>

#include "base/at_rest.h"
#include "base/mem.h"
#include "base/own.h"
#include "base/regular.h"
#include "history/store_private.h"

enum { PATIENCE_MS = 5000, WHERES = 16 };

/* A question under construction. */
struct asking {
	struct buf	 sql;
	unsigned	 wheres;
	struct { const char *text; int64_t number; } values[WHERES];
	int		 count;
	bool		 refilled;
};

/* column order of the answer */
static const char columns[] = "SELECT id, mid, queue_id, message_id, accepted, "
    "ended, sender, client_addr, client_name, policy, intake, size, "
    "header_sum, fields_sum, attempts, dcid, verdict, reply FROM copies";

static void
where(struct asking *asking, const char *condition)
{
	buf_texts(&asking->sql, asking->wheres++ == 0 ? " WHERE (" : " AND (",
	    condition, ")");
}

static void
value_text(struct asking *asking, const char *text)
{
	asking->values[asking->count++].text = text;
}

static void
where_text(struct asking *asking, const char *condition, const char *text)
{
	if (text == NULL)
		return;
	where(asking, condition);
	value_text(asking, text);
}

static void
where_number(struct asking *asking, const char *condition, int64_t number)
{
	if (number == 0)
		return;
	where(asking, condition);
	asking->values[asking->count++].number = number;
}

/* order - of acceptance, of which there is an index, or of their ends, where
 * those of a limit are found from the end on */
static void
order(const struct history_query *query, struct asking *asking)
{
	const char *up = asking->refilled ? "ended, id" : "id";
	const char *down = asking->refilled ? "ended DESC, id DESC" :
	    "id DESC";

	if (query->by_message) {
		buf_text(&asking->sql, " ORDER BY accepted, queue_id, id");
		return;
	}
	if (query->limit > 0)
		buf_format(&asking->sql, " ORDER BY %s LIMIT %u", down,
		    query->limit);
	buf_texts(&asking->sql, ") ORDER BY ", up);
}

/* where_intake - an address, or a domain with all its addresses */
static void
where_intake(struct asking *asking, const char *intake)
{
	if (strchr(intake, '@') != NULL) {
		where_text(asking, "intake = ?", intake);
		return;
	}
	where(asking, "substr(intake, -length(?) - 1) = '@' || ? "
	    "COLLATE NOCASE");
	value_text(asking, intake);
	value_text(asking, intake);
}

/* build - the text, and what fills its "?" in order */
static void
build(const struct history_query *query, struct asking *asking)
{
	static const char by_recipient[] =
	    "id IN (SELECT copy FROM recipients WHERE address = ?)";

	buf_texts(&asking->sql, query->by_message ? "" : "SELECT * FROM (",
	    columns);
	where_number(asking, "mid = ?", (int64_t)query->mid);
	where_text(asking, "queue_id = ?", query->queue_id);
	if (query->message_id != NULL) {
		where(asking, "message_id IN (?, '<' || ? || '>')");
		value_text(asking, query->message_id);
		value_text(asking, query->message_id);
	}
	if (query->address != NULL) {
		where(asking, "id IN (SELECT id FROM copies WHERE sender = ? "
		    "UNION SELECT copy FROM recipients WHERE address = ?)");
		value_text(asking, query->address);
		value_text(asking, query->address);
	}
	where_text(asking, "sender = ?", query->sender != NULL &&
	    strcmp(query->sender, "<>") == 0 ? "" : query->sender);
	where_text(asking, by_recipient, query->recipient);
	if (query->intake != NULL)
		where_intake(asking, query->intake);
	where_text(asking, "verdict = ?", query->verdict);
	where_number(asking, "accepted >= ?", query->since);
	where_number(asking, "accepted < ?", query->until);
	order(query, asking);
}

static const char *
text_at(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text != NULL ? (const char *)text : "";
}

static void
sum_at(sqlite3_stmt *statement, int column, char out[HISTORY_SUM])
{
	const char *text = text_at(statement, column);

	out[0] = '\0';
	if (strlen(text) == HISTORY_SUM - 1)
		memcpy(out, text, HISTORY_SUM);
}

static void
read_row(sqlite3_stmt *statement, struct history_row *row)
{
	int column = 0;		/* 0 is the id */

	*row = (struct history_row){ .envelope = { .helo = "", .protocol = "",
	    .gateway = "" } };
	row->envelope.mid = (uint64_t)sqlite3_column_int64(statement,
	    ++column);
	row->envelope.queue_id = text_at(statement, ++column);
	row->envelope.message_id = text_at(statement, ++column);
	row->envelope.accepted = sqlite3_column_int64(statement, ++column);
	row->fate.ended = sqlite3_column_int64(statement, ++column);
	row->envelope.sender = text_at(statement, ++column);
	row->envelope.client_addr = text_at(statement, ++column);
	row->envelope.client_name = text_at(statement, ++column);
	row->envelope.policy = text_at(statement, ++column);
	row->envelope.intake = text_at(statement, ++column);
	row->envelope.length = (uint64_t)sqlite3_column_int64(statement,
	    ++column);
	sum_at(statement, ++column, row->fate.header_sum);
	sum_at(statement, ++column, row->fate.fields_sum);
	row->fate.attempts = (unsigned)sqlite3_column_int(statement, ++column);
	row->fate.dcid = (uint64_t)sqlite3_column_int64(statement, ++column);
	row->fate.verdict = text_at(statement, ++column);
	row->fate.reply = text_at(statement, ++column);
}

/* read_recipients - of one copy, in the arena */
static int
read_recipients(sqlite3_stmt *statement, sqlite3_int64 id,
    struct arena *arena, struct envelope *out)
{
	size_t room = 0;
	int code;

	out->recipients = NULL;
	out->recipient_count = 0;
	(void)sqlite3_bind_int64(statement, 1, id);
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		if (out->recipient_count == room) {
			const char **more;

			room = room > 0 ? 2 * room : 8;
			more = arena_new(arena, room * sizeof(*more));
			if (out->recipient_count > 0)
				memcpy(more, out->recipients,
				    out->recipient_count * sizeof(*more));
			out->recipients = more;
		}
		out->recipients[out->recipient_count++] =
		    arena_text(arena, text_at(statement, 0));
	}
	(void)sqlite3_reset(statement);
	return code == SQLITE_DONE ? 0 : -1;
}

struct answer {
	sqlite3		*db;
	sqlite3_stmt	*rows, *recipients;
	history_each	*each;
	void		*arg;
};

static int
give(const struct answer *answer)
{
	struct arena arena = { 0 };
	struct history_row row;
	int result;

	read_row(answer->rows, &row);
	result = read_recipients(answer->recipients,
	    sqlite3_column_int64(answer->rows, 0), &arena, &row.envelope);
	if (result == 0)
		answer->each(answer->arg, &row);
	arena_drop(&arena);
	return result;
}

static int
bind(sqlite3_stmt *statement, const struct asking *asking)
{
	int code = SQLITE_OK;

	for (int i = 0; i < asking->count && code == SQLITE_OK; i++)
		code = asking->values[i].text != NULL ?
		    sqlite3_bind_text(statement, i + 1, asking->values[i].text,
		    -1, SQLITE_STATIC) : sqlite3_bind_int64(statement, i + 1,
		    asking->values[i].number);
	return code;
}

/* answer_all - how many rows, or -1 */
static int
answer_all(struct answer *answer, const char *path, struct err *err)
{
	int count = 0, code;

	while ((code = sqlite3_step(answer->rows)) == SQLITE_ROW) {
		if (give(answer) == -1)
			return store_failed(answer->db, path, err);
		count++;
	}
	return code == SQLITE_DONE ? count :
	    store_failed(answer->db, path, err);
}

/* ask - in the order of their ends */
static int
ask(struct answer *answer, const char *path, const struct asking *asking,
    struct err *err)
{
	const char *sql = asking->sql.data;
	int count = -1;

	if (sqlite3_prepare_v2(answer->db, sql, -1, &answer->rows, NULL) !=
	    SQLITE_OK || sqlite3_prepare_v2(answer->db, "SELECT address FROM "
	    "recipients WHERE copy = ? ORDER BY at", -1,
	    &answer->recipients, NULL) != SQLITE_OK ||
	    bind(answer->rows, asking) != SQLITE_OK)
		(void)store_failed(answer->db, path, err);
	else
		count = answer_all(answer, path, err);
	sqlite3_finalize(answer->rows);
	sqlite3_finalize(answer->recipients);
	return count;
}

/* try - open it by this URI, or path; the first question tells whether it can be
 * read */
static int
try(const char *path, const char *name, int flags, sqlite3 **out,
    struct err *err)
{
	sqlite3 *db;

	if (sqlite3_open_v2(name, &db, flags | SQLITE_OPEN_NOFOLLOW, NULL) ==
	    SQLITE_OK) {
		(void)sqlite3_busy_timeout(db, PATIENCE_MS);
		if (store_number(db, "PRAGMA user_version") != -1) {
			*out = db;
			return 0;
		}
	}
	(void)store_failed(db, path, err);
	sqlite3_close(db);
	return -1;
}

/* open_database - who may not write beside it cannot make what SQLite shares
 * with the writer; but without a writer there is no need to */
static int
open_database(const char *path, sqlite3 **out, struct err *err)
{
	own(str) char *uri = NULL;
	struct err ignored;

	if (regular_readable(path, err) == -1)
		return err_wrap(err, "%s", path);
	if (try(path, path, SQLITE_OPEN_READWRITE, out, err) == 0)
		return 0;
	if (access(path, W_OK) == 0 || (uri = at_rest_uri(path)) == NULL)
		return -1;
	return try(path, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, out,
	    &ignored);
}

/* is_refilled - 1, 0 or -1: ids are in the order of the ends, but for rows that
 * were added later, which have those below 0 (refill.h) */
static int
is_refilled(sqlite3 *db)
{
	return store_number(db, "SELECT count(*) FROM (SELECT 1 FROM copies "
	    "WHERE id < 0 LIMIT 1)");
}

/* find - in the order that its ids call for */
static int
find(struct answer *answer, const char *path,
    const struct history_query *query, struct err *err)
{
	struct asking asking = { .sql = BUF };
	int refilled, count;

	if (store_number(answer->db, "PRAGMA user_version") == 0)
		return 0;	/* it is just being made */
	refilled = is_refilled(answer->db);
	if (refilled == -1)
		return store_failed(answer->db, path, err);
	asking.refilled = refilled == 1;
	build(query, &asking);
	count = ask(answer, path, &asking, err);
	buf_drop(&asking.sql);
	return count;
}

/* history_find - ask the database */
int
history_find(const char *path, const struct history_query *query,
    history_each *each, void *arg, struct err *err)
{
	struct answer answer = { .each = each, .arg = arg };
	int count;

	if (open_database(path, &answer.db, err) == -1)
		return -1;
	count = find(&answer, path, query, err);
	sqlite3_close(answer.db);
	return count;
}

/* history_count - messages, by their queue ids */
int
history_count(const char *path, int64_t since, int64_t until, uint64_t *out,
    struct err *err)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	int result = -1;

	if (open_database(path, &db, err) == -1)
		return -1;
	if (store_number(db, "PRAGMA user_version") == 0) {
		*out = 0;	/* it is just being made */
		result = 0;
	} else if (sqlite3_prepare_v2(db, "SELECT count(DISTINCT queue_id) "
	    "FROM copies WHERE accepted >= ? AND accepted < ?", -1,
	    &statement, NULL) == SQLITE_OK &&
	    sqlite3_bind_int64(statement, 1, since) == SQLITE_OK &&
	    sqlite3_bind_int64(statement, 2, until) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW) {
		*out = (uint64_t)sqlite3_column_int64(statement, 0);
		result = 0;
	} else {
		(void)store_failed(db, path, err);
	}
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return result;
}
