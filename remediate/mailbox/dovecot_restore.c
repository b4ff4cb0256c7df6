/* SPDX-License-Identifier: BSD-2-Clause */
/* From the quarantine: back, or gone for good. */
#include <stdlib.h>
#include <string.h>

#include "remediate/mailbox/dovecot_private.h"

/* has_gone - after it was to go; MAILBOX_DONE: it has gone */
static enum mailbox_result
has_gone(struct dovecot *dovecot, const struct dovecot_key *key,
    struct err *err)
{
	own(str) char *flags = NULL;
	enum mailbox_result result = dovecot_look(dovecot, key->user, key,
	    &flags, err);

	if (result == MAILBOX_GONE)
		return MAILBOX_DONE;
	if (result != MAILBOX_DONE)
		return result;
	err_set(err, ERR_LATER, "the message is still in quarantine");
	return MAILBOX_LATER;
}

/* expunge - only this message, whatever else is marked there */
static enum mailbox_result
expunge(struct dovecot *dovecot, const struct dovecot_key *key,
    struct err *err)
{
	const struct dovecot_command command = { .name = "expunge",
	    .user = key->user, .arguments = json_pack("{s:o}", "query",
	    dovecot_query(key)) };

	return mailbox_not_gone(dovecot_do(dovecot, &command, err));
}

/* dovecot_purge - for good */
enum mailbox_result
dovecot_purge(struct mailbox *box, const char *handle, struct err *err)
{
	struct dovecot *dovecot = dovecot_of(box);
	own(str) char *flags = NULL;
	struct dovecot_key key;
	enum mailbox_result result;

	if (dovecot_handle_parse(handle, &key, err) == -1)
		return MAILBOX_NEVER;
	result = dovecot_look(dovecot, key.user, &key, &flags, err);
	if (result == MAILBOX_DONE)
		result = expunge(dovecot, &key, err);
	if (result == MAILBOX_DONE)
		result = has_gone(dovecot, &key, err);
	dovecot_key_drop(&key);
	return result;
}

static enum mailbox_result
move_to(struct dovecot *dovecot, const struct dovecot_key *key,
    const char *folder, struct err *err)
{
	const struct dovecot_passage passage = { .from = key->user,
	    .to = dovecot->owner, .folder = folder };

	return dovecot_pass(dovecot, key, &passage, err);
}

/* move_back - where it was; a folder that is gone is made again, and where that
 * cannot be, or it takes no messages, it is the inbox */
static enum mailbox_result
move_back(struct dovecot *dovecot, const struct dovecot_key *key,
    struct err *err)
{
	enum mailbox_result result = move_to(dovecot, key, key->from, err);

	if (result == MAILBOX_GONE)
		result = dovecot_make_folder(dovecot, dovecot->owner,
		    key->from, err) == MAILBOX_DONE ? move_to(dovecot, key,
		    key->from, err) : MAILBOX_GONE;
	if (result == MAILBOX_GONE || result == MAILBOX_NEVER)
		result = move_to(dovecot, key, "INBOX", err);
	return mailbox_not_gone(result);
}

/* set_flags - as they were; somebody may have read it in quarantine.  Without
 * them it is worth more than not at all. */
static enum mailbox_result
set_flags(struct dovecot *dovecot, const struct dovecot_key *key,
    const char *now, struct err *err)
{
	struct dovecot_command command = { .name = "flagsReplace",
	    .user = key->user };
	enum mailbox_result result;

	if (strcmp(now, key->flags) == 0)
		return MAILBOX_DONE;
	command.arguments = json_pack("{s:o s:o}", "flag",
	    dovecot_flags(key->flags), "query", dovecot_query(key));
	result = dovecot_do(dovecot, &command, err);
	return result == MAILBOX_NEVER ? MAILBOX_DONE : mailbox_not_gone(result);
}

/* dovecot_restore - Dovecot keeps date and flags of what it moves */
enum mailbox_result
dovecot_restore(struct mailbox *box, const char *handle, struct err *err)
{
	struct dovecot *dovecot = dovecot_of(box);
	own(str) char *flags = NULL;
	struct dovecot_key key;
	enum mailbox_result result;

	if (dovecot_handle_parse(handle, &key, err) == -1)
		return MAILBOX_NEVER;
	result = dovecot_look(dovecot, key.user, &key, &flags, err);
	if (result == MAILBOX_DONE)
		result = set_flags(dovecot, &key, flags, err);
	if (result == MAILBOX_DONE)
		result = move_back(dovecot, &key, err);
	if (result == MAILBOX_DONE)
		result = has_gone(dovecot, &key, err);
	dovecot_key_drop(&key);
	return result;
}
