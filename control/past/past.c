/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/past/past.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <unistd.h>

#include "base/json_text.h"

/* past_enter - as the user of the daemons, if we are root */
int
past_enter(const struct conf *conf, struct past_user *out, struct err *err)
{
	const struct passwd *user = *conf->user != '\0' && geteuid() == 0 ?
	    getpwnam(conf->user) : NULL;

	*out = (struct past_user){ .other = user != NULL };
	if (*conf->history_database == '\0') {
		(void)err_set(err, ERR_NEVER, "there is no history: "
		    "history_database is empty");
		err->sys = ENOENT;
		return -1;
	}
	return user == NULL ? 0 : behalf_begin(&out->behalf, user, err);
}

/* past_leave - as ourselves again */
void
past_leave(const struct past_user *user)
{
	if (user->other)
		behalf_end(&user->behalf);
}

/* past_find - as the user of the daemons */
int
past_find(const struct conf *conf, const struct history_query *query,
    history_each *each, void *arg, struct err *err)
{
	struct past_user user;
	int count;

	if (past_enter(conf, &user, err) == -1)
		return -1;
	count = history_find(conf->history_database, query, each, arg, err);
	past_leave(&user);
	return count;
}

/* past_scan - likewise */
int
past_scan(const struct conf *conf, const int64_t span[2],
    history_scanned *each, void *arg, struct err *err)
{
	struct past_user user;
	int result;

	if (past_enter(conf, &user, err) == -1)
		return -1;
	result = history_scan(conf->history_database, span[0], span[1], each,
	    arg, err);
	past_leave(&user);
	return result;
}

static void
add_text(struct buf *out, const char *key, const char *text)
{
	buf_texts(out, ",\"", key, "\":");
	json_text_add(text, out);
}

static void
add_number(struct buf *out, const char *key, uint64_t number)
{
	buf_texts(out, out->data[out->len - 1] != '{' ? ",\"" : "\"", key, "\":");
	buf_number(out, number);
}

/* add_time - in seconds since 1970, with three decimals */
static void
add_time(struct buf *out, const char *key, int64_t wall)
{
	buf_format(out, ",\"%s\":%" PRId64 ".%03d", key, wall / 1000,
	    (int)(wall % 1000));
}

/* past_json - the form of history --json */
void
past_json(const struct history_row *row, struct buf *out)
{
	const struct envelope *envelope = &row->envelope;

	buf_text(out, "{");
	add_number(out, "mid", envelope->mid);
	add_text(out, "queue_id", envelope->queue_id);
	add_text(out, "message_id", envelope->message_id);
	add_time(out, "time", envelope->accepted);
	add_text(out, "sender", envelope->sender);
	buf_text(out, ",\"recipients\":[");
	for (size_t i = 0; i < envelope->recipient_count; i++) {
		buf_text(out, i == 0 ? "" : ",");
		json_text_add(envelope->recipients[i], out);
	}
	buf_text(out, "]");
	add_text(out, "client", envelope->client_addr);
	add_text(out, "client_name", envelope->client_name);
	add_text(out, "policy", envelope->policy);
	add_text(out, "intake", envelope->intake);
	add_number(out, "size", envelope->length);
	add_number(out, "attempts", row->fate.attempts);
	add_number(out, "dcid", row->fate.dcid);
	add_text(out, "verdict", row->fate.verdict);
	add_text(out, "reply", row->fate.reply);
	add_time(out, "end", row->fate.ended);
	add_text(out, "header_sha256", row->fate.header_sum);
	add_text(out, "fields_sha256", row->fate.fields_sum);
	buf_text(out, "}");
}
