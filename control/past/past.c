/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/past/past.h"

#include <errno.h>
#include <pwd.h>
#include <unistd.h>

#include "base/json_put.h"

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

/* explain - what the error means for the database; a caller still sees what the
 * system said */
static void
explain(const struct conf *conf, struct err *err)
{
	const char *path = conf->history_database;
	int sys = err->sys;

	if (sys == ENOENT)
		(void)err_set(err, ERR_LATER, "history_database %s does not "
		    "exist: was tdc-forwarder ever started?", path);
	else if (sys == EACCES)
		(void)err_set(err, ERR_LATER, "history_database %s: permission "
		    "denied: run tdcctl as root or user %s", path, conf->user);
	err->sys = sys;
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
	if (count == -1)
		explain(conf, err);
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
	if (result == -1)
		explain(conf, err);
	return result;
}

/* past_json - the form of history --json */
void
past_json(const struct history_row *row, struct buf *out)
{
	const struct envelope *envelope = &row->envelope;

	json_put_begin(out);
	json_put_number(out, "mid", envelope->mid);
	json_put_text(out, "queue_id", envelope->queue_id);
	json_put_text(out, "message_id", envelope->message_id);
	json_put_time(out, "time", envelope->accepted);
	json_put_text(out, "sender", envelope->sender);
	json_put_key(out, "recipients");
	json_put_array(out);
	for (size_t i = 0; i < envelope->recipient_count; i++)
		json_put_item(out, envelope->recipients[i]);
	json_put_array_end(out);
	json_put_text(out, "client", envelope->client_addr);
	json_put_text(out, "client_name", envelope->client_name);
	json_put_text(out, "policy", envelope->policy);
	json_put_text(out, "intake", envelope->intake);
	json_put_number(out, "size", envelope->length);
	json_put_number(out, "attempts", row->fate.attempts);
	json_put_number(out, "dcid", row->fate.dcid);
	json_put_text(out, "verdict", row->fate.verdict);
	json_put_text(out, "reply", row->fate.reply);
	json_put_time(out, "end", row->fate.ended);
	json_put_text(out, "header_sha256", row->fate.header_sum);
	json_put_text(out, "fields_sha256", row->fate.fields_sum);
	json_put_end(out);
}
