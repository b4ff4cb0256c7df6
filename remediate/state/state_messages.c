/* SPDX-License-Identifier: BSD-2-Clause */
/* What the API named. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/own.h"
#include "remediate/state/state_private.h"

_Static_assert(API_SPAM < API_SCAM && API_SCAM < API_BEC &&
    API_BEC < API_PHISHING && API_PHISHING < API_MALICIOUS &&
    API_MALICIOUS + 1 == API_VERDICTS, "threats are the last");

#define MAILBOXES_MAX ((size_t)1 << 20)	/* octets of a message's */

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
	    "subject, client, mailboxes, action, seen, changed, asked, lived) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12, "
	    "?13, ?13, ?13, " STATE_LIVED ")",
	    "ttiititttttti", message->id, message->message_id,
	    message->timestamp, (int64_t)message->verdict, message->word,
	    (int64_t)message->retro, message->direction, message->sender,
	    message->subject, message->client, mailboxes.data,
	    message->action, now);
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

/* ---- what is told later ---- */

/* A message as it stands there. */
struct known {
	int64_t		 verdict;	/* -1: it is not known */
	char		*client, *mailboxes, *action;
};

static void
own_known(struct known *known)
{
	free(known->client);
	free(known->mailboxes);
	free(known->action);
}

static int
read_known(struct state *state, const char *id, struct known *out,
    struct err *err)
{
	sqlite3_stmt *statement = state_ask(state, err, "SELECT verdict, "
	    "client, mailboxes, action FROM messages WHERE id = ?", "t", id);
	int code;

	if (statement == NULL)
		return -1;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		out->verdict = sqlite3_column_int64(statement, 0);
		out->client = mem_text(state_text(statement, 1));
		out->mailboxes = mem_text(state_text(statement, 2));
		out->action = mem_text(state_text(statement, 3));
	}
	return state_done(state, statement, code, err);
}

static bool
has_line(const char *lines, const char *line)
{
	size_t wanted = strlen(line), n;

	for (; *lines != '\0'; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		if (n == wanted && strncasecmp(lines, line, n) == 0)
			return true;
	}
	return false;
}

/* add_lines - those of the message that are not there; false: there are none.
 * What an answer leaves out stays, for not every one has them all. */
static bool
add_lines(const struct api_message *message, struct buf *lines)
{
	size_t before = lines->len;

	for (size_t i = 0; i < message->mailbox_count; i++) {
		const char *line = message->mailboxes[i];

		if (strchr(line, '\n') == NULL &&
		    lines->len + strlen(line) < MAILBOXES_MAX &&
		    !has_line(lines->data, line))
			buf_texts(lines, line, "\n");
	}
	return lines->len > before;
}

/* add_more - what this answer has, and the ones before had not.  With another
 * mailbox, or another client, it has to be planned again. */
static int
add_more(struct state *state, const struct api_message *message,
    const struct known *known, int64_t now, bool *out, struct err *err)
{
	const char *client = *message->client != '\0' ? message->client :
	    known->client;
	const char *action = *message->action != '\0' ? message->action :
	    known->action;
	own(buf) struct buf lines = BUF;
	bool more;

	buf_text(&lines, known->mailboxes);
	more = add_lines(message, &lines);
	more = strcmp(client, known->client) != 0 || more;
	*out = more;
	if (!more && strcmp(action, known->action) == 0)
		return 0;
	return state_run(state, err, "UPDATE messages SET mailboxes = ?1, "
	    "client = ?2, action = ?3, "
	    "changed = CASE WHEN ?4 THEN ?5 ELSE changed END, "
	    "reason = CASE WHEN ?4 THEN '' ELSE reason END, "
	    "planned = CASE WHEN ?4 THEN 0 ELSE planned END WHERE id = ?6",
	    "tttiit", lines.data, client, action, (int64_t)more, now,
	    message->id);
}

/* note - what is new of it */
static int
note(struct state *state, const struct api_message *message, int64_t now,
    enum state_news *out, struct err *err)
{
	__attribute__((cleanup(own_known)))
	    struct known known = { .verdict = -1 };
	bool more;

	if (read_known(state, message->id, &known, err) == -1)
		return -1;
	*out = STATE_NEW;
	if (known.verdict == -1)
		return add(state, message, now, err);
	if (add_more(state, message, &known, now, &more, err) == -1)
		return -1;
	if (known.verdict != (int64_t)message->verdict) {
		*out = STATE_CHANGED;
		return change(state, message, now, err);
	}
	*out = more ? STATE_MORE : STATE_OLD_NEWS;
	return state_asked(state, message->id, now, err);
}

/* state_see - note what the API says of a message */
int
state_see(struct state *state, const struct api_message *message, int64_t now,
    enum state_news *out, struct err *err)
{
	enum state_news news = STATE_OLD_NEWS;

	if (state_begin(state, err) == -1)
		return -1;
	if (state_end(state, note(state, message, now, &news, err), err) == -1)
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
	out->action = state_text(statement, at++);
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
