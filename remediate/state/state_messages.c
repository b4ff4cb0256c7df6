/* SPDX-License-Identifier: BSD-2-Clause */
/* What the API named. */
#include <string.h>

#include "base/own.h"
#include "remediate/state/state_private.h"

_Static_assert(API_SPAM < API_SCAM && API_SCAM < API_BEC &&
    API_BEC < API_PHISHING && API_PHISHING < API_MALICIOUS &&
    API_MALICIOUS + 1 == API_VERDICTS, "threats are the last");

/* join - one a line */
static void
join(const struct api_message *message, struct buf *out)
{
	for (size_t i = 0; i < message->mailbox_count; i++)
		if (strchr(message->mailboxes[i], '\n') == NULL)
			buf_texts(out, message->mailboxes[i], "\n");
}

static int
add(struct state *state, const struct api_message *message, int64_t now,
    struct err *err)
{
	own(buf) struct buf mailboxes = BUF;

	join(message, &mailboxes);
	return state_run(state, err, "INSERT INTO messages (id, message_id, "
	    "timestamp, verdict, word, retro, withdrawn, direction, sender, "
	    "subject, client, mailboxes, seen, changed, asked) VALUES (?1, "
	    "?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?12)",
	    "ttiitittttti", message->id, message->message_id,
	    message->timestamp, (int64_t)message->verdict, message->word,
	    (int64_t)message->retro, message->direction, message->sender,
	    message->subject, message->client, mailboxes.data, now);
}

/* change - it has another verdict; a threat has to be planned again */
static int
change(struct state *state, const struct api_message *message, int64_t now,
    struct err *err)
{
	bool threat = message->verdict >= API_SCAM;

	return state_run(state, err, "UPDATE messages SET verdict = ?1, "
	    "word = ?2, retro = ?3, withdrawn = ?4, changed = ?5, "
	    "asked = ?5, planned = 0, reason = '' WHERE id = ?6", "itiiit",
	    (int64_t)message->verdict, message->word,
	    (int64_t)message->retro, (int64_t)!threat, now, message->id);
}

/* state_see - note what the API says of a message */
int
state_see(struct state *state, const struct api_message *message, int64_t now,
    enum state_news *out, struct err *err)
{
	int64_t known = -1;
	enum state_news news;
	int result;

	if (state_begin(state, err) == -1)
		return -1;
	result = state_number(state, err, &known, "SELECT coalesce((SELECT "
	    "verdict FROM messages WHERE id = ?), -1)", "t", message->id);
	news = known == -1 ? STATE_NEW : known == (int64_t)message->verdict ?
	    STATE_OLD_NEWS : STATE_CHANGED;
	if (result == 0 && news == STATE_NEW)
		result = add(state, message, now, err);
	else if (result == 0 && news == STATE_CHANGED)
		result = change(state, message, now, err);
	else if (result == 0)
		result = state_run(state, err, "UPDATE messages SET asked = ? "
		    "WHERE id = ?", "it", now, message->id);
	if (state_end(state, result, err) == -1)
		return -1;
	*out = news;
	return 0;
}

/* state_planned - what it calls for is decided */
int
state_planned(struct state *state, const char *message, const char *reason,
    struct err *err)
{
	return state_run(state, err, "UPDATE messages SET planned = 1, "
	    "reason = ? WHERE id = ?", "tt", reason, message);
}

/* state_asked - its verdict was looked at again */
int
state_asked(struct state *state, const char *message, int64_t now,
    struct err *err)
{
	return state_run(state, err, "UPDATE messages SET asked = ? WHERE "
	    "id = ?", "it", now, message);
}

/* state_read_message - of the columns MESSAGE_COLUMNS */
void
state_read_message(sqlite3_stmt *statement, int first,
    struct state_message *out)
{
	int at = first;

	out->id = state_text(statement, at++);
	out->message_id = state_text(statement, at++);
	out->timestamp = sqlite3_column_int64(statement, at++);
	out->verdict = (enum api_verdict)sqlite3_column_int(statement, at++);
	out->word = state_text(statement, at++);
	out->retro = sqlite3_column_int(statement, at++) != 0;
	out->withdrawn = sqlite3_column_int(statement, at++) != 0;
	out->direction = state_text(statement, at++);
	out->sender = state_text(statement, at++);
	out->subject = state_text(statement, at++);
	out->client = state_text(statement, at++);
	out->mailboxes = state_text(statement, at++);
	out->seen = sqlite3_column_int64(statement, at++);
	out->changed = sqlite3_column_int64(statement, at++);
	out->planned = sqlite3_column_int(statement, at++) != 0;
	out->reason = state_text(statement, at++);
}

static sqlite3_stmt *
ask(struct state *state, const struct state_message_query *query,
    struct err *err)
{
	struct state_where where = STATE_WHERE;

	buf_text(&where.sql, "SELECT " MESSAGE_COLUMNS " FROM messages m "
	    "WHERE 1");
	state_where_text(&where, "m.id = ?", query->id);
	state_where_text(&where, "m.message_id = ?", query->message_id);
	state_where_set(&where, "m.planned = 0", query->unplanned);
	state_where_set(&where, "m.withdrawn = 0", query->threats);
	state_where_number(&where, "m.asked < ? AND EXISTS (SELECT 1 FROM "
	    "actions a WHERE a.message = m.id)", query->asked_before);
	state_where_number(&where, "m.timestamp >= ?", query->since);
	return state_where_ask(state, &where, "m.rowid", query->limit, err);
}

/* state_messages - those to which all applies */
int
state_messages(struct state *state, const struct state_message_query *query,
    state_message_each *each, void *arg, struct err *err)
{
	sqlite3_stmt *statement = ask(state, query, err);
	struct state_message message;
	int code, count = 0;

	if (statement == NULL)
		return -1;
	while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
		state_read_message(statement, 0, &message);
		each(arg, &message);
		count++;
	}
	return state_done(state, statement, code, err) == -1 ? -1 : count;
}
