/* SPDX-License-Identifier: BSD-2-Clause */
/* What takes messages away, and what brings them back.  A message has another id
 * wherever it is moved to; its search key and its Message-ID stay. */
#include <string.h>

#include "base/mem.h"
#include "remediate/ews/ews_folders.h"
#include "remediate/ews/ews_items.h"
#include "remediate/ews/ews_private.h"

#define PURGES "purges"		/* first word of a handle */
#define HIDDEN "hidden"

/* wanted_hidden - the name of the folder that the profile wants as quarantine;
 * NULL: Purges */
static const char *
wanted_hidden(const struct ews *ews)
{
	const char *name = ews_value(ews->box.profile, "quarantine");

	return name == NULL || strcmp(name, PURGES) == 0 ? NULL : name;
}

static enum mailbox_result
parse(const char *text, char **room, struct ews_key *out, struct err *err)
{
	*room = mem_text(text);
	if (ews_key_parse(*room, out))
		return MAILBOX_DONE;
	err_set(err, ERR_NEVER, "a key that is none of Exchange's");
	return MAILBOX_NEVER;
}

static enum mailbox_result
parse_handle(const char *text, char **room, struct ews_key *out,
    struct err *err)
{
	enum mailbox_result result = parse(text, room, out, err);

	if (result != MAILBOX_DONE || strcmp(out->first, PURGES) == 0 ||
	    strcmp(out->first, HIDDEN) == 0)
		return result;
	err_set(err, ERR_NEVER, "a handle that is none of Exchange's");
	return MAILBOX_NEVER;
}

static enum mailbox_result
gone(const struct ews *ews, const char *what, struct err *err)
{
	err_set(err, ERR_NEVER, "%s: %s", ews->host, what);
	return MAILBOX_GONE;
}

/* act - the request is in body; the answer only tells whether it was done */
static enum mailbox_result
act(struct ews *ews, struct buf *body, struct err *err)
{
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	struct ews_part part;

	return ews_ask_one(ews, body, &answer, &part, err);
}

static enum mailbox_result
hard_delete(struct ews *ews, const char *id, struct err *err)
{
	own(buf) struct buf body = BUF;

	ews_begin(ews, &body);
	ews_body_delete(&body, id);
	return act(ews, &body, err);
}

static enum mailbox_result
move(struct ews *ews, const char *id, const struct ews_place *to,
    struct err *err)
{
	own(buf) struct buf body = BUF;

	ews_begin(ews, &body);
	ews_body_move(&body, id, to);
	return act(ews, &body, err);
}

/* ---- away ---- */

/* look_again - is it still the one that was found? */
static enum mailbox_result
look_again(struct ews *ews, const struct ews_key *key, struct ews_item *out,
    struct err *err)
{
	__attribute__((cleanup(own_ews_answer)))
	    struct ews_answer answer = { 0 };
	const xmlNode *node;
	enum mailbox_result result = ews_items_get(ews, key->first,
	    EWS_IDENTITY, &answer, &node, err);

	if (result != MAILBOX_DONE)
		return result;
	if (!ews_item_read(node, out))
		return ews_strange(ews, "a message without its ids", err);
	if (strcmp(out->id, key->first) != 0 ||
	    strcmp(out->message_id, key->message_id) != 0 ||
	    strcmp(out->search_key, key->search_key) != 0)
		return gone(ews, "another message stands there", err);
	return MAILBOX_DONE;
}

static enum mailbox_result
take_away(struct ews *ews, const char *id, struct err *err)
{
	const char *name = wanted_hidden(ews);
	enum mailbox_result result;

	if (name == NULL)
		return hard_delete(ews, id, err);
	result = ews_folders_hidden(ews, name, true, err);
	return result == MAILBOX_DONE ? move(ews, id,
	    &(struct ews_place){ ews->hidden, false }, err) : result;
}

/* first_of - the first word of a handle */
static const char *
first_of(const struct ews *ews)
{
	return wanted_hidden(ews) == NULL ? PURGES : HIDDEN;
}

static void
add_handle(const struct ews_key *key, bool read, struct buf *out)
{
	ews_key_format(&(struct ews_key){ key->first, key->parent,
	    key->search_key, read, key->message_id }, out);
}

/* ---- what was taken away ---- */

/* only - the one with that search key.  Without one it must be the only one with
 * that Message-ID. */
static const struct ews_item *
only(const struct ews_items *items, const struct ews_key *key)
{
	if (strcmp(key->search_key, "-") == 0)
		return items->count == 1 ? &items->list[0].item : NULL;
	for (size_t i = 0; i < items->count; i++)
		if (strcmp(items->list[i].item.search_key,
		    key->search_key) == 0)
			return &items->list[i].item;
	return NULL;
}

/* places_of - where a handle's message may be */
static enum mailbox_result
places_of(struct ews *ews, const struct ews_key *key,
    struct ews_place out[2], struct err *err)
{
	const char *name = wanted_hidden(ews);
	enum mailbox_result result;

	out[0] = (struct ews_place){ "recoverableitemspurges", true };
	out[1] = (struct ews_place){ "recoverableitemsdeletions", true };
	if (strcmp(key->first, HIDDEN) != 0)
		return MAILBOX_DONE;
	if (name == NULL)
		return gone(ews, "the profile has no quarantine= any more",
		    err);
	result = ews_folders_hidden(ews, name, false, err);
	out[0] = (struct ews_place){ ews->hidden, false };
	return result;
}

/* seek - the message with that key, in one of these places */
static enum mailbox_result
seek(struct ews *ews, const struct ews_key *key,
    const struct ews_place places[2], struct ews_item *out, struct err *err)
{
	__attribute__((cleanup(own_ews_items))) struct ews_items items = { 0 };
	const struct ews_search search = { .search_key = key->search_key,
	    .message_id = *key->message_id != '\0' ? key->message_id : NULL };
	const struct ews_item *item;
	enum mailbox_result result = ews_items_find(ews, places,
	    places[1].id != NULL ? 2 : 1, &search, &items, err);

	if (result != MAILBOX_DONE)
		return result;
	item = only(&items, key);
	if (item == NULL)
		return gone(ews, "it is not in the quarantine", err);
	ews_item_drop(out);
	*out = (struct ews_item){ .id = mem_text(item->id),
	    .change = mem_text(item->change), .read = item->read };
	return MAILBOX_DONE;
}

/* seek_in_archive - an archive has a Purges of its own; most mailboxes have no
 * archive, and servers no one word for that */
static enum mailbox_result
seek_in_archive(struct ews *ews, const struct ews_key *key, bool others,
    struct ews_item *out, struct err *err)
{
	const struct ews_place places[2] = {
	    { "archiverecoverableitemspurges", true },
	    { others ? "archiverecoverableitemsdeletions" : NULL, true } };
	enum mailbox_result result = seek(ews, key, places, out, err);

	return result == MAILBOX_NOBODY ? gone(ews, "it is not in the "
	    "quarantine", err) : result;
}

/* seek_away - one that was taken away.  Others: also where somebody may have
 * moved it to from Purges. */
static enum mailbox_result
seek_away(struct ews *ews, const struct ews_key *key, bool others,
    struct ews_item *out, struct err *err)
{
	struct ews_place places[2];
	enum mailbox_result result = places_of(ews, key, places, err);

	if (!others)
		places[1].id = NULL;
	if (result == MAILBOX_DONE)
		result = seek(ews, key, places, out, err);
	if (result == MAILBOX_GONE && strcmp(key->first, PURGES) == 0 &&
	    ews_wants_archive(ews))
		result = seek_in_archive(ews, key, others, out, err);
	return result;
}

/* A request whose answer is lost with the connection may be sent once more, and
 * is answered then as if the message had been gone before: so what was there a
 * moment ago, and is gone, is looked for where it was to go. */

/* ews_quarantine - to Purges, or to our folder */
enum mailbox_result
ews_quarantine(struct mailbox *box, const struct found *found,
    struct buf *handle, struct err *err)
{
	__attribute__((cleanup(own_ews_item))) struct ews_item item = { 0 };
	struct ews *ews = ews_of(box);
	own(str) char *room = NULL;
	struct ews_key key;
	bool read;
	enum mailbox_result result = parse(found->key, &room, &key, err);

	if (result == MAILBOX_DONE)
		result = look_again(ews, &key, &item, err);
	if (result != MAILBOX_DONE)
		return result;
	read = item.read;
	result = take_away(ews, item.id, err);
	key.first = first_of(ews);
	if (result == MAILBOX_GONE)
		result = seek_away(ews, &key, false, &item, err);
	if (result == MAILBOX_DONE)
		add_handle(&key, read, handle);
	return result;
}

/* ews_moved - did it get there? */
enum mailbox_result
ews_moved(struct mailbox *box, const char *message_id,
    const struct found *found, struct buf *handle, struct err *err)
{
	__attribute__((cleanup(own_ews_item))) struct ews_item item = { 0 };
	struct ews *ews = ews_of(box);
	own(str) char *room = NULL;
	struct ews_key key;
	enum mailbox_result result = parse(found->key, &room, &key, err);

	if (result != MAILBOX_DONE)
		return result;
	(void)message_id;	/* stands in the key, if it has one */
	key.first = first_of(ews);
	result = seek_away(ews, &key, false, &item, err);
	if (result == MAILBOX_DONE)
		add_handle(&key, key.read, handle);
	return result;
}

/* delete_there - where it was put */
static enum mailbox_result
delete_there(struct ews *ews, const struct ews_key *key, struct err *err)
{
	__attribute__((cleanup(own_ews_item))) struct ews_item item = { 0 };
	enum mailbox_result result = seek_away(ews, key, false, &item, err);

	if (result != MAILBOX_DONE)
		return result;
	result = hard_delete(ews, item.id, err);
	return result == MAILBOX_GONE ? MAILBOX_DONE : result;
}

/* ews_purge - for good, as far as no hold keeps it */
enum mailbox_result
ews_purge(struct mailbox *box, const char *handle, struct err *err)
{
	struct ews *ews = ews_of(box);
	own(str) char *room = NULL;
	bool was_gone = true;
	struct ews_key key;
	enum mailbox_result result = parse_handle(handle, &room, &key, err);

	if (result != MAILBOX_DONE)
		return result;
	/* From our folder it only goes to Purges. */
	if (strcmp(key.first, HIDDEN) == 0) {
		result = delete_there(ews, &key, err);
		if (result != MAILBOX_DONE && result != MAILBOX_GONE)
			return result;
		was_gone = result == MAILBOX_GONE;
		key.first = PURGES;
	}
	result = delete_there(ews, &key, err);
	return result == MAILBOX_GONE && !was_gone ? MAILBOX_DONE : result;
}

/* ---- back ---- */

/* put_back - where it was, or in the inbox */
static enum mailbox_result
put_back(struct ews *ews, const struct ews_key *key, struct ews_item *item,
    struct err *err)
{
	const struct ews_place to[2] = { { key->parent, false },
	    { "inbox", true } };
	enum mailbox_result result = move(ews, item->id, &to[0], err);

	/* GONE: the folder, or the message, which the next try tells. */
	if (result == MAILBOX_GONE)
		result = move(ews, item->id, &to[1], err);
	if (result == MAILBOX_GONE)
		result = seek(ews, key, to, item, err);
	return result;
}

/* mark - as read or not, as it was.  What cannot be marked, as some invitations,
 * is restored all the same. */
static enum mailbox_result
mark(struct ews *ews, const struct ews_item *item, bool read, struct err *err)
{
	own(buf) struct buf body = BUF;
	enum mailbox_result result;

	ews_begin(ews, &body);
	ews_body_mark(&body, item->id, item->change, read);
	result = act(ews, &body, err);
	return result == MAILBOX_NEVER ? MAILBOX_DONE : result;
}

/* ews_restore - with its flags and its date, which a move leaves alone */
enum mailbox_result
ews_restore(struct mailbox *box, const char *handle, struct err *err)
{
	__attribute__((cleanup(own_ews_item))) struct ews_item item = { 0 };
	struct ews *ews = ews_of(box);
	own(str) char *room = NULL;
	struct ews_key key;
	enum mailbox_result result = parse_handle(handle, &room, &key, err);

	if (result == MAILBOX_DONE)
		result = seek_away(ews, &key, true, &item, err);
	if (result == MAILBOX_DONE && item.read != key.read)
		result = mark(ews, &item, key.read, err);
	return result == MAILBOX_DONE ? put_back(ews, &key, &item, err) :
	    result;
}
