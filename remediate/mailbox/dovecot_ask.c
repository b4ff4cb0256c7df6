/* SPDX-License-Identifier: BSD-2-Clause */
/* One command to the doveadm HTTP API, and what it comes to. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/mem.h"
#include "remediate/mailbox/dovecot_private.h"

/* What an exit code of doveadm (sysexits.h) means for who called; what is not
 * here may be better the next time. */
static const struct {
	int		 code;
	enum mailbox_result result;
	const char	*words;
} codes[] = {
	{ EX_USAGE, MAILBOX_NEVER, "it does not know this command" },
	{ EX_DATAERR, MAILBOX_NEVER, "it does not take what was given" },
	{ EX_NOUSER, MAILBOX_NOBODY, "no such user" },
	{ EX_NOHOST, MAILBOX_GONE, "not found" },
	{ EX_CANTCREAT, MAILBOX_LATER, "over quota" },
	{ EX_TEMPFAIL, MAILBOX_LATER, "temporary failure" },
	{ EX_NOPERM, MAILBOX_NEVER, "no permission" },
	{ EX_CONFIG, MAILBOX_NEVER, "its configuration is wrong" },
};

static enum mailbox_result
judge_code(const struct dovecot_command *command, int code, struct err *err)
{
	enum mailbox_result result = MAILBOX_LATER;
	const char *words = "see its log";

	if (code == 0 || (code == EX_DATAERR && command->may_exist))
		return MAILBOX_DONE;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].code == code) {
			result = codes[i].result;
			words = codes[i].words;
		}
	err_set(err, result == MAILBOX_LATER ? ERR_LATER : ERR_NEVER,
	    "doveadm %s for '%s' failed with exit code %d: %s", command->name,
	    ESCAPE_INSIDE(command->user, '\''), code, words);
	return result;
}

static enum mailbox_result
judge_status(const struct dovecot *dovecot, unsigned status, struct err *err)
{
	if (status == 200)
		return MAILBOX_DONE;
	if (status == 401 || status == 403) {
		err_set(err, ERR_NEVER, "%s refuses our %s (HTTP %u)",
		    dovecot->url, status == 403 ? "requests" :
		    dovecot->password != NULL ? "password" : "key", status);
		return MAILBOX_LOCKED_OUT;
	}
	err_set(err, status >= 500 || status == 429 ? ERR_LATER : ERR_NEVER,
	    "%s answers HTTP %u: is it the doveadm HTTP API?", dovecot->url,
	    status);
	return err->kind == ERR_LATER ? MAILBOX_LATER : MAILBOX_NEVER;
}

/* body - of the request; new, or NULL */
static char *
body(const struct dovecot_command *command)
{
	json_t *arguments = command->arguments;
	json_t *user = json_string(command->user);
	json_t *json;
	char *text;

	if (arguments == NULL || json_object_set_new(arguments, "user",
	    user) == -1) {
		json_decref(arguments);
		return NULL;
	}
	json = json_pack("[[s o s]]", command->name, arguments, DOVECOT_TAG);
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

static enum mailbox_result
ask(struct dovecot *dovecot, const struct dovecot_command *command,
    struct http_answer *answer, struct err *err)
{
	const char *fields[] = { "Content-Type: application/json",
	    dovecot->password == NULL ?
	    dovecot->authorization.data : NULL, NULL };
	own(str) char *text = body(command);
	const struct http_request request = { .method = "POST",
	    .url = dovecot->url, .fields = fields, .body = text,
	    .length = text != NULL ? strlen(text) : 0,
	    .max = command->max > 0 ? command->max : DOVECOT_ANSWER_MAX,
	    .user = dovecot->password != NULL ? "doveadm" : NULL,
	    .password = dovecot->password };

	/* Not UTF-8: no JSON can say it. */
	if (text == NULL) {
		err_set(err, ERR_NEVER, "what was asked for is not UTF-8");
		return MAILBOX_NEVER;
	}
	if (http_ask(dovecot->http, &request, answer, err) == -1)
		return err->kind == ERR_LATER ? MAILBOX_LATER : MAILBOX_NEVER;
	return judge_status(dovecot, answer->status, err);
}

/* dovecot_ask - and hear */
enum mailbox_result
dovecot_ask(struct dovecot *dovecot, const struct dovecot_command *command,
    struct dovecot_answer *out, struct err *err)
{
	struct http_answer answer = HTTP_ANSWER;
	enum mailbox_result result = ask(dovecot, command, &answer, err);

	*out = (struct dovecot_answer){ .rows = NULL };
	if (result == MAILBOX_DONE && dovecot_answer_parse(answer.body.data,
	    answer.body.len, out, err) == -1) {
		err_wrap(err, "%s", dovecot->url);
		result = MAILBOX_LATER;
	} else if (result == MAILBOX_DONE)
		result = judge_code(command, out->code, err);
	/* The account of the quarantine is the profile's business. */
	if (result == MAILBOX_NOBODY && (dovecot->owner == NULL ||
	    strcmp(command->user, dovecot->owner) != 0))
		result = MAILBOX_NEVER;
	http_answer_drop(&answer);
	if (result != MAILBOX_DONE) {
		dovecot_answer_drop(out);
		err_wrap(err, "%s", dovecot->box.profile->where);
	}
	return result;
}

/* dovecot_was_too_long - the last one */
bool
dovecot_was_too_long(const struct dovecot *dovecot)
{
	return http_was_too_long(dovecot->http);
}

/* dovecot_do - and hear only how it went */
enum mailbox_result
dovecot_do(struct dovecot *dovecot, const struct dovecot_command *command,
    struct err *err)
{
	struct dovecot_answer answer;
	enum mailbox_result result = dovecot_ask(dovecot, command, &answer,
	    err);

	if (result == MAILBOX_DONE)
		dovecot_answer_drop(&answer);
	return result;
}

/* ---- one message ---- */

/* dovecot_field - of its header, as fetch calls it */
const char *
dovecot_field(const struct dovecot_key *key)
{
	return key->id != NULL ? "hdr.message-id" : "hdr.received";
}

/* dovecot_has - the Message-ID, or the queue id */
bool
dovecot_has(const struct dovecot_row *row, const struct dovecot_key *key)
{
	return key->id != NULL ? dovecot_has_id(row->message_ids, key->id) :
	    sought_word(row->trace, strlen(row->trace), key->queue_id);
}

/* dovecot_query - what it was found by is there as well: a folder whose index was
 * made again may have another message under that UID */
json_t *
dovecot_query(const struct dovecot_key *key)
{
	const struct sought wanted = { key->id, key->queue_id, 0 };
	json_t *query = json_pack("[s s s s s s s]", "mailbox-guid", key->box,
	    "UID", key->uid, "HEADER", sought_field(&wanted),
	    sought_value(&wanted));

	if (key->in != NULL) {
		json_array_append_new(query, json_string("mailbox"));
		json_array_append_new(query, json_string(key->in));
	}
	return query;
}

/* pick - the row of that very message */
static enum mailbox_result
pick(const json_t *rows, const struct dovecot_key *key, struct err *err)
{
	struct dovecot_row row;

	if (dovecot_messages(rows, err) == -1)
		return MAILBOX_LATER;
	if (json_array_size(rows) > 1) {
		err_set(err, ERR_LATER, "two messages have one UID");
		return MAILBOX_LATER;
	}
	if (json_array_size(rows) == 0) {
		err_set(err, ERR_NEVER, "the message is not there any more");
		return MAILBOX_GONE;
	}
	if (dovecot_row(json_array_get(rows, 0), &row, err) == -1)
		return MAILBOX_LATER;
	if (strcmp(row.box, key->box) == 0 && strcmp(row.uid, key->uid) == 0 &&
	    strcmp(row.guid, key->guid) == 0 && dovecot_has(&row, key))
		return MAILBOX_DONE;
	err_set(err, ERR_NEVER, "another message has its UID now");
	return MAILBOX_GONE;
}

/* dovecot_fetch - besides the fields, those that tell which message it is */
enum mailbox_result
dovecot_fetch(struct dovecot *dovecot, const struct dovecot_wanted *wanted,
    struct dovecot_answer *out, struct err *err)
{
	json_t *field = json_pack("[s s s s]", "mailbox-guid", "uid", "guid",
	    dovecot_field(wanted->key));
	struct dovecot_command command = { .name = "fetch",
	    .user = wanted->user, .max = wanted->max };
	enum mailbox_result result;

	for (const char *const *f = wanted->fields; *f != NULL; f++)
		json_array_append_new(field, json_string(*f));
	command.arguments = json_pack("{s:o s:o}", "field", field, "query",
	    dovecot_query(wanted->key));
	result = dovecot_ask(dovecot, &command, out, err);
	if (result != MAILBOX_DONE)
		return result;
	result = pick(out->rows, wanted->key, err);
	if (result != MAILBOX_DONE)
		dovecot_answer_drop(out);
	return result;
}
