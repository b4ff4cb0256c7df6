/* SPDX-License-Identifier: BSD-2-Clause */
/* What touches nothing: looking for messages, and into them. */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "remediate/mailbox/dovecot_private.h"

enum { ID_MAX = 998, DAY_S = 86400, HEADER_MAX = 64 << 20, SLACK = 1 << 16,
	ESCAPED = 6 };		/* octets that one may take in JSON */

/* ---- find ---- */

/* is_id - an empty one, for one, would be found in every message */
static bool
is_id(const char *id)
{
	size_t n = strlen(id);

	for (const char *p = id; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return false;
	return n > 2 && n <= ID_MAX && *id == '<' && id[n - 1] == '>';
}

/* check - can Dovecot look for it? */
static int
check(const struct sought *wanted, struct err *err)
{
	if (wanted->message_id == NULL || is_id(wanted->message_id))
		return sought_check(wanted, err);
	return err_set(err, ERR_NEVER, "no Message-ID that can be looked for");
}

/* query - a substring without regard to case, and days, is all that Dovecot can
 * look for; what is too much of that is_wanted() leaves out.  A search for a queue
 * id reads the header of each message since then, for Dovecot keeps no Received:
 * fields in its cache. */
static json_t *
query(const struct sought *wanted)
{
	json_t *json = json_pack("[s s s]", "HEADER", sought_field(wanted),
	    sought_value(wanted));
	char day[24];

	if (wanted->since / 1000 > DAY_S) {
		snprintf(day, sizeof(day), "%lld",
		    (long long)(wanted->since / 1000 - DAY_S));
		json_array_append_new(json, json_string("SINCE"));
		json_array_append_new(json, json_string(day));
	}
	return json;
}

static bool
is_wanted(const struct dovecot *dovecot, const struct dovecot_row *row,
    const struct sought *wanted)
{
	const struct dovecot_key key = { .id = wanted->message_id,
	    .queue_id = wanted->queue_id };

	if (!dovecot_has(row, &key) ||
	    (row->received != 0 && row->received < wanted->since))
		return false;
	return !dovecot_is_own(dovecot) ||
	    strcmp(row->folder, dovecot->folder) != 0;
}

/* A search on its way. */
struct hunt {
	const struct dovecot *dovecot;
	const struct sought *wanted;
	mailbox_each	*each;
	void		*arg;
};

/* tell - false: enough */
static bool
tell(const struct hunt *hunt, const struct dovecot_row *row)
{
	const struct sought *wanted = hunt->wanted;
	const struct dovecot_key key = { .box = row->box, .uid = row->uid,
	    .guid = row->guid, .id = wanted->message_id,
	    .queue_id = wanted->message_id == NULL ? wanted->queue_id : NULL };
	own(buf) struct buf line = BUF;
	struct found found = { .folder = (char *)row->folder,
	    .size = row->size, .received = row->received };

	dovecot_key_format(&key, &line);
	found.key = line.data;
	return hunt->each(hunt->arg, &found);
}

/* check_rows - before anybody hears of one of them */
static int
check_rows(const json_t *rows, struct err *err)
{
	struct dovecot_row row;

	if (dovecot_messages(rows, err) == -1)
		return -1;
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (dovecot_row(json_array_get(rows, i), &row, err) == -1)
			return -1;
	return 0;
}

/* tell_page - each of these that is wanted */
static enum mailbox_result
tell_page(void *arg, const json_t *rows, bool *out_enough, struct err *err)
{
	const struct hunt *hunt = arg;
	struct dovecot_row row;

	if (check_rows(rows, err) == -1)
		return MAILBOX_LATER;
	for (size_t i = 0; i < json_array_size(rows) && !*out_enough; i++)
		*out_enough = dovecot_row(json_array_get(rows, i), &row,
		    err) == 0 && is_wanted(hunt->dovecot, &row, hunt->wanted) &&
		    !tell(hunt, &row);
	return MAILBOX_DONE;
}

/* ask_all - by one command, or by many: who sends enough that looks like what is
 * wanted, with long Message-IDs, must not keep us from it */
static enum mailbox_result
ask_all(struct dovecot *dovecot, const struct dovecot_search *search,
    struct hunt *hunt, struct err *err)
{
	const struct dovecot_command command = { .name = "fetch",
	    .user = dovecot->owner, .arguments = json_pack("{s:o s:O}",
	    "field", dovecot_fields(search->field), "query", search->query) };
	struct dovecot_answer answer;
	enum mailbox_result result = dovecot_ask(dovecot, &command, &answer,
	    err);
	bool enough = false;

	if (result == MAILBOX_NEVER && dovecot_was_too_long(dovecot))
		return dovecot_pages(dovecot, search, tell_page, hunt, err);
	if (result != MAILBOX_DONE)
		return result;
	result = tell_page(hunt, answer.rows, &enough, err);
	dovecot_answer_drop(&answer);
	return result;
}

/* dovecot_find - in all folders */
enum mailbox_result
dovecot_find(struct mailbox *box, const struct sought *wanted,
    mailbox_each *each, void *arg, struct err *err)
{
	const struct dovecot_key by = { .id = wanted->message_id };
	struct dovecot *dovecot = dovecot_of(box);
	struct hunt hunt = { dovecot, wanted, each, arg };
	enum mailbox_result result;
	struct dovecot_search search = { .field = dovecot_field(&by) };

	if (check(wanted, err) == -1)
		return MAILBOX_NEVER;
	search.query = query(wanted);
	result = ask_all(dovecot, &search, &hunt, err);
	json_decref(search.query);
	return result;
}

/* ---- header, raw ---- */

/* read_field - the one field of what is wanted, all of it */
static enum mailbox_result
read_field(struct dovecot *dovecot, const char *key_text,
    const struct dovecot_wanted *what, struct buf *out, struct err *err)
{
	struct dovecot_key key;
	const struct dovecot_wanted wanted = { .user = dovecot->owner,
	    .key = &key, .fields = what->fields, .max = what->max };
	struct dovecot_answer answer;
	enum mailbox_result result;
	const char *text;
	size_t n;

	if (dovecot_key_parse(key_text, &key, err) == -1)
		return MAILBOX_NEVER;
	result = dovecot_fetch(dovecot, &wanted, &answer, err);
	dovecot_key_drop(&key);
	if (result != MAILBOX_DONE)
		return result;
	text = dovecot_row_text(json_array_get(answer.rows, 0),
	    what->fields[0], &n);
	if (text != NULL)
		buf_bytes(out, text, n);
	dovecot_answer_drop(&answer);
	if (text != NULL)
		return MAILBOX_DONE;
	err_set(err, ERR_LATER, "the answer has no %s", what->fields[0]);
	return MAILBOX_LATER;
}

enum mailbox_result
dovecot_header(struct mailbox *box, const struct found *found, struct buf *out,
    struct err *err)
{
	const struct dovecot_wanted wanted = { .max = HEADER_MAX,
	    .fields = (const char *const[]){ "hdr", NULL } };

	return read_field(dovecot_of(box), found->key, &wanted, out, err);
}

/* measure - its size, before all of it is asked for */
static enum mailbox_result
measure(struct dovecot *dovecot, const char *key, size_t max, size_t *out,
    struct err *err)
{
	const struct dovecot_wanted wanted = { .fields =
	    (const char *const[]){ "size.physical", NULL } };
	own(buf) struct buf size = BUF;
	enum mailbox_result result = read_field(dovecot, key, &wanted, &size,
	    err);
	unsigned long long octets;

	if (result != MAILBOX_DONE)
		return result;
	octets = strtoull(size.data, NULL, 10);
	if (octets <= max) {
		*out = (size_t)octets;
		return MAILBOX_DONE;
	}
	err_set(err, ERR_NEVER, "the message has %llu octets, more than %zu",
	    octets, max);
	return MAILBOX_NEVER;
}

/* dovecot_raw - JSON has no octets, only characters: what is not UTF-8 in the
 * message comes as U+FFFD */
enum mailbox_result
dovecot_raw(struct mailbox *box, const struct found *found, size_t max,
    struct buf *out, struct err *err)
{
	struct dovecot_wanted wanted = { .fields = (const char *const[]){
	    "text", NULL } };
	size_t size;
	enum mailbox_result result = measure(dovecot_of(box), found->key, max,
	    &size, err);

	if (result != MAILBOX_DONE)
		return result;
	wanted.max = size * ESCAPED + SLACK;
	return read_field(dovecot_of(box), found->key, &wanted, out, err);
}

/* ---- test ---- */

/* look_at - an account, and say what is in it */
static enum mailbox_result
look_at(struct dovecot *dovecot, const char *user, struct buf *said,
    struct err *err)
{
	const struct dovecot_command command = { .name = "mailboxStatus",
	    .user = user, .arguments = json_pack("{s:[s] s:[s]}",
	    "mailboxMask", "INBOX", "field", "messages") };
	struct dovecot_answer answer;
	enum mailbox_result result = dovecot_ask(dovecot, &command, &answer,
	    err);
	const char *count;

	if (result != MAILBOX_DONE)
		return result;
	count = json_string_value(json_object_get(json_array_get(answer.rows,
	    0), "messages"));
	buf_texts(said, said->len > 0 ? "; " : "", "the inbox of ", user,
	    " has ", count != NULL ? count : "no", " messages");
	dovecot_answer_drop(&answer);
	return MAILBOX_DONE;
}

/* dovecot_test - the owner's account, and that of the quarantine */
enum mailbox_result
dovecot_test(const struct profile *profile, const char *owner,
    struct buf *said, struct err *err)
{
	const char *store = profile_value(profile, "quarantine");
	enum mailbox_result result = MAILBOX_DONE;
	struct mailbox *box = NULL;

	if (owner != NULL && *owner != '\0')
		result = profile->backend->open(profile, owner, &box, err);
	else
		box = (struct mailbox *)dovecot_make(profile, err);
	if (result != MAILBOX_DONE || box == NULL)
		return result != MAILBOX_DONE ? result : MAILBOX_LATER;
	if (owner != NULL && *owner != '\0')
		result = look_at(dovecot_of(box), owner, said, err);
	if (result == MAILBOX_DONE && store != NULL)
		result = look_at(dovecot_of(box), store, said, err);
	profile->backend->close(box);
	return result;
}
