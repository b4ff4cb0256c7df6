/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/blank.h"
#include "base/escape.h"
#include "base/mem.h"
#include "remediate/ews/ews_folders.h"
#include "remediate/ews/ews_items.h"
#include "remediate/ews/ews_private.h"

/* So many folders are searched in one request. */
enum { BATCH = 20 };

/* A search of all folders on its way. */
struct hunt {
	struct ews	*ews;
	const struct ews_folders *folders;
	const struct ews_search *search;
	mailbox_each	*each;
	void		*arg;
};

/* tell - of one message; false: enough */
static bool
tell(const struct hunt *hunt, const struct ews_item *item, size_t folder)
{
	const struct ews_key key = { item->id, item->parent, item->search_key,
		item->read, item->message_id };
	own(str) char *path = ews_folders_path(hunt->folders, folder);
	own(buf) struct buf line = BUF;
	const struct found found = { .folder = path, .size = item->size,
	    .received = item->received,
	    .key = (ews_key_format(&key, &line), line.data) };

	return hunt->each(hunt->arg, &found);
}

/* search - these folders.  All are known before the first is told of, since
 * who hears of one may move it: *enough: no more. */
static enum mailbox_result
search(const struct hunt *hunt, const size_t *which, size_t n, bool *enough,
    struct err *err)
{
	__attribute__((cleanup(own_ews_items))) struct ews_items items = { 0 };
	struct ews_place places[BATCH];
	enum mailbox_result result;

	for (size_t i = 0; i < n; i++)
		places[i] = hunt->folders->list[which[i]].place;
	result = ews_items_find(hunt->ews, places, n, hunt->search, &items,
	    err);
	for (size_t i = 0; result == MAILBOX_DONE && !*enough &&
	    i < items.count; i++)
		*enough = !tell(hunt, &items.list[i].item,
		    which[items.list[i].place]);
	return result;
}

/* batch_of - the next folders, from *at on; how many.  The first ones are a
 * batch of their own: who hears of what is there may have enough, before the rest
 * is searched, which may take long. */
static size_t
batch_of(const struct ews_folders *folders, size_t *at, size_t which[BATCH])
{
	bool first = *at < folders->count &&
	    folders->list[*at].place.distinguished;
	size_t n = 0;

	for (; *at < folders->count && n < BATCH; ++*at) {
		const struct ews_folder *folder = &folders->list[*at];

		if (folder->place.distinguished != first)
			break;
		if (!folder->skip)
			which[n++] = *at;
	}
	return n;
}

/* check - can a request have it? */
static int
check(const struct sought *wanted, struct err *err)
{
	const char *id = wanted->message_id;

	if (id == NULL || (*id != '\0' && ews_xml_can(id)))
		return sought_check(wanted, err);
	return err_set(err, ERR_NEVER, "Message-ID %s cannot be searched for",
	    ESCAPE(id));
}

/* ews_find - in every folder, the likely ones first.  By a queue id the server
 * finds what has it anywhere in its header: that is too much, and never too
 * little. */
enum mailbox_result
ews_find(struct mailbox *box, const struct sought *wanted,
    mailbox_each *each, void *arg, struct err *err)
{
	__attribute__((cleanup(own_ews_folders)))
	    struct ews_folders folders = { 0 };
	const struct ews_search search_ = { .message_id = wanted->message_id,
	    .queue_id = wanted->queue_id, .since = wanted->since };
	const struct hunt hunt = { ews_of(box), &folders, &search_, each,
	    arg };
	size_t which[BATCH], n, at = 0;
	enum mailbox_result result;
	bool enough = false;

	if (check(wanted, err) == -1)
		return MAILBOX_NEVER;
	result = ews_folders_list(ews_of(box), &folders, err);
	while (result == MAILBOX_DONE && !enough && at < folders.count) {
		n = batch_of(&folders, &at, which);
		if (n > 0)
			result = search(&hunt, which, n, &enough, err);
	}
	return result;
}

/* ---- header and message ---- */

/* key_of - of a found message; room holds its texts */
static enum mailbox_result
key_of(const struct found *found, char **room, struct ews_key *out,
    struct err *err)
{
	*room = mem_text(found->key);
	if (ews_key_parse(*room, out))
		return MAILBOX_DONE;
	err_set(err, ERR_NEVER, "a key that is none of Exchange's");
	return MAILBOX_NEVER;
}

/* add_field - on one line, whatever the server gave */
static void
add_field(struct buf *out, const xmlNode *node)
{
	own(str) char *name = ews_xml_attribute(node, "HeaderName");
	own(str) char *value = ews_xml_text(node);

	if (name == NULL || *name == '\0' || value == NULL ||
	    strpbrk(name, " \t\r\n:") != NULL)
		return;
	for (char *c = value; (c = strpbrk(c, "\r\n")) != NULL; c++)
		*c = ' ';
	buf_texts(out, name, ": ", value + strspn(value, BLANKS), "\r\n");
}

/* add_transport - the header as it came, up to its empty line */
static void
add_transport(struct buf *out, const xmlNode *item)
{
	own(str) char *text = ews_xml_text(ews_xml_child(ews_xml_child(item,
	    EWS_TYPES, "ExtendedProperty"), EWS_TYPES, "Value"));
	const char *line = text != NULL ? text : "";

	while (strcspn(line, "\r\n") > 0) {
		size_t n = strcspn(line, "\r\n");

		buf_bytes(out, line, n);
		buf_text(out, "\r\n");
		line += n;
		line += *line == '\r';
		line += *line == '\n';
	}
}

/* ews_header - as Exchange tells it, field by field */
enum mailbox_result
ews_header(struct mailbox *box, const struct found *found, struct buf *out,
    struct err *err)
{
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	own(str) char *room = NULL;
	const xmlNode *item, *field;
	size_t before = out->len;
	struct ews_key key;
	enum mailbox_result result = key_of(found, &room, &key, err);

	if (result == MAILBOX_DONE)
		result = ews_items_get(ews_of(box), key.first, EWS_HEADER,
		    &answer, &item, err);
	if (result != MAILBOX_DONE)
		return result;
	field = ews_xml_child(ews_xml_child(item, EWS_TYPES,
	    "InternetMessageHeaders"), EWS_TYPES, "InternetMessageHeader");
	for (; field != NULL; field = ews_xml_next(field, EWS_TYPES,
	    "InternetMessageHeader"))
		add_field(out, field);
	if (out->len == before)
		add_transport(out, item);
	buf_text(out, "\r\n");
	return MAILBOX_DONE;
}

/* judge_mime - did the answer have it? */
static enum mailbox_result
judge_mime(const struct ews *ews, const struct ews_mime *mime, struct err *err)
{
	if (mime->state == EWS_MIME_WHOLE)
		return MAILBOX_DONE;
	if (mime->state != EWS_MIME_TOO_LARGE)
		return ews_strange(ews, "a message whose content is no base64",
		    err);
	err_set(err, ERR_NEVER, "%s: a message of more than %zu octets",
	    ews->host, mime->max);
	return MAILBOX_NEVER;
}

/* ews_raw - the message, as Exchange composes it again */
enum mailbox_result
ews_raw(struct mailbox *box, const struct found *found, size_t max,
    struct buf *out, struct err *err)
{
	/* base64, its line ends, and what is around it */
	enum { AROUND = 1 << 20, MOST = 1 << 30 };
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	__attribute__((cleanup(own_ews_mime))) struct ews_mime mime = {
	    .out = out, .max = max < MOST ? max : MOST };
	struct ews *ews = ews_of(box);
	own(str) char *room = NULL;
	size_t before = out->len;
	const xmlNode *item;
	struct ews_key key;
	enum mailbox_result result = key_of(found, &room, &key, err);

	if (result == MAILBOX_DONE) {
		ews->mime = &mime;
		ews->max = mime.max / 3 * 4 + mime.max / 19 + AROUND;
		result = ews_items_get(ews, key.first, EWS_MIME, &answer,
		    &item, err);
		ews->mime = NULL;
		ews->max = 0;
	}
	if (result == MAILBOX_DONE)
		result = judge_mime(ews, &mime, err);
	if (result != MAILBOX_DONE)
		buf_cut(out, before);
	return result;
}
