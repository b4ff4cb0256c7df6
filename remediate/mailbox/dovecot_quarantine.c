/* SPDX-License-Identifier: BSD-2-Clause */
/* Out of the owner's reach: one message, by folder, UID and what it was found by,
 * and not before its GUID was looked at again. */
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "remediate/mailbox/dovecot_private.h"

/* ---- what is there ---- */

/* What of a message lies in the owner's quarantine folder. */
struct kept {
	uint64_t	 last;		/* the highest UID of what may be it */
	uint64_t	 uid;		/* the highest with its GUID, too, after
					   some UID; 0: none */
	struct dovecot_key key;		/* of that; borrowed from the answer */
	char		*flags;
	struct dovecot_answer answer;
};

static void
kept_drop(struct kept *kept)
{
	free(kept->flags);
	dovecot_answer_drop(&kept->answer);
	*kept = (struct kept){ .last = 0 };
}

static void
take_row(const struct dovecot_row *row, const struct dovecot_key *original,
    uint64_t after, struct kept *kept)
{
	uint64_t uid = 0;

	(void)digits_parse(row->uid, strlen(row->uid), UINT32_MAX, &uid);
	if (uid > kept->last)
		kept->last = uid;
	if (uid <= after || uid <= kept->uid ||
	    strcmp(row->guid, original->guid) != 0 ||
	    !dovecot_has(row, original))
		return;
	kept->uid = uid;
	kept->key = (struct dovecot_key){ .box = row->box, .uid = row->uid,
	    .guid = row->guid, .id = original->id,
	    .queue_id = original->queue_id };
	free(kept->flags);
	kept->flags = dovecot_flags_text(row->flags);
}

/* list_kept - nothing, too, when there is no such folder yet */
static enum mailbox_result
list_kept(struct dovecot *dovecot, const struct dovecot_key *original,
    uint64_t after, struct kept *out, struct err *err)
{
	const struct sought wanted = { original->id, original->queue_id, 0 };
	const struct dovecot_command command = { .name = "fetch",
	    .user = dovecot->store, .arguments = json_pack(
	    "{s:[sssss] s:[sssss]}", "field", "mailbox-guid", "uid", "guid",
	    "flags", dovecot_field(original), "query", "mailbox",
	    dovecot->folder, "HEADER", sought_field(&wanted),
	    sought_value(&wanted)) };
	struct dovecot_row row;
	enum mailbox_result result;

	*out = (struct kept){ .last = 0 };
	result = dovecot_ask(dovecot, &command, &out->answer, err);
	if (result == MAILBOX_DONE &&
	    dovecot_messages(out->answer.rows, err) == -1)
		result = MAILBOX_LATER;
	for (size_t i = 0; result == MAILBOX_DONE &&
	    i < json_array_size(out->answer.rows); i++) {
		if (dovecot_row(json_array_get(out->answer.rows, i), &row,
		    err) == -1)
			result = MAILBOX_LATER;
		else
			take_row(&row, original, after, out);
	}
	if (result != MAILBOX_DONE)
		kept_drop(out);
	return result;
}

static void
put_handle(const struct dovecot *dovecot, const struct kept *kept,
    const char *from, const char *flags, struct buf *handle)
{
	struct dovecot_key key = kept->key;

	key.user = dovecot->store;
	key.in = dovecot->folder;
	key.from = from;
	key.flags = flags;
	dovecot_key_format(&key, handle);
}

/* ---- quarantine ---- */

/* move_out - of the owner's folders; the first time there is nothing to move
 * it to */
static enum mailbox_result
move_out(struct dovecot *dovecot, const struct dovecot_key *key,
    struct err *err)
{
	const struct dovecot_passage passage = { .from = dovecot->owner,
	    .to = dovecot->store, .folder = dovecot->folder };
	enum mailbox_result result = dovecot_pass(dovecot, key, &passage, err);

	if (result != MAILBOX_GONE)
		return result;
	result = dovecot_make_folder(dovecot, dovecot->store, dovecot->folder,
	    err);
	if (result == MAILBOX_DONE)
		result = dovecot_pass(dovecot, key, &passage, err);
	return mailbox_not_gone(result);
}

/* not_moved - why: it is gone, or the server did not do as it has said */
static enum mailbox_result
not_moved(struct dovecot *dovecot, const struct dovecot_key *key,
    struct err *err)
{
	own(str) char *flags = NULL;
	enum mailbox_result result = dovecot_look(dovecot, dovecot->owner, key,
	    &flags, err);

	if (result == MAILBOX_GONE)
		err_set(err, ERR_NEVER, "the message was not moved, somebody "
		    "else has removed it");
	if (result != MAILBOX_DONE)
		return result;
	err_set(err, ERR_LATER, "the message is still where it was");
	return MAILBOX_LATER;
}

/* move_and_see - where it lies then; no answer but this one tells that it was
 * moved, and not only that nothing stood against it */
static enum mailbox_result
move_and_see(struct dovecot *dovecot, const struct dovecot_key *key,
    const struct dovecot_key *from, struct buf *handle, struct err *err)
{
	struct kept kept;
	uint64_t last;
	enum mailbox_result result = list_kept(dovecot, key, 0, &kept, err);

	if (result != MAILBOX_DONE)
		return result;
	last = kept.last;
	kept_drop(&kept);
	result = move_out(dovecot, key, err);
	if (result == MAILBOX_DONE)
		result = list_kept(dovecot, key, last, &kept, err);
	if (result != MAILBOX_DONE)
		return result;
	if (kept.uid > 0)
		put_handle(dovecot, &kept, from->from, from->flags, handle);
	else
		result = not_moved(dovecot, key, err);
	kept_drop(&kept);
	return result;
}

/* dovecot_quarantine - one message, as it is now */
enum mailbox_result
dovecot_quarantine(struct mailbox *box, const struct found *found,
    struct buf *handle, struct err *err)
{
	struct dovecot *dovecot = dovecot_of(box);
	own(str) char *flags = NULL;
	struct dovecot_key key;
	enum mailbox_result result;

	if (dovecot_key_parse(found->key, &key, err) == -1)
		return MAILBOX_NEVER;
	result = dovecot_look(dovecot, dovecot->owner, &key, &flags, err);
	if (result == MAILBOX_DONE) {
		const struct dovecot_key from = { .from = found->folder,
		    .flags = flags };

		result = move_and_see(dovecot, &key, &from, handle, err);
	}
	dovecot_key_drop(&key);
	return result;
}

/* was_moved - it is not where it was, but in the quarantine */
static enum mailbox_result
was_moved(struct dovecot *dovecot, const struct dovecot_key *key,
    const char *folder, struct buf *handle, struct err *err)
{
	own(str) char *flags = NULL;
	struct kept kept;
	enum mailbox_result result = dovecot_look(dovecot, dovecot->owner, key,
	    &flags, err);

	if (result == MAILBOX_DONE) {
		err_set(err, ERR_NEVER, "the message is where it was");
		return MAILBOX_GONE;
	}
	if (result == MAILBOX_GONE)
		result = list_kept(dovecot, key, 0, &kept, err);
	if (result != MAILBOX_DONE)
		return result;
	if (kept.uid > 0) {
		put_handle(dovecot, &kept, folder, kept.flags, handle);
	} else {
		err_set(err, ERR_NEVER, "the message is not in quarantine");
		result = MAILBOX_GONE;
	}
	kept_drop(&kept);
	return result;
}

/* dovecot_moved - by its GUID, which it keeps when it is moved */
enum mailbox_result
dovecot_moved(struct mailbox *box, const char *message_id,
    const struct found *found, struct buf *handle, struct err *err)
{
	struct dovecot_key key;
	enum mailbox_result result;

	(void)message_id;	/* stands in the key, too */
	if (dovecot_key_parse(found->key, &key, err) == -1)
		return MAILBOX_NEVER;
	result = was_moved(dovecot_of(box), &key, found->folder, handle, err);
	dovecot_key_drop(&key);
	return result;
}
