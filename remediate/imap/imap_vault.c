/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "remediate/imap/imap_box_private.h"
#include "remediate/imap/imap_names.h"

/* ---- the account ---- */

/* name_folder - one for each owner; what may be a separator, and would make
 * folders of folders, is written "=2E" */
static void
name_folder(struct imap_box *vault, const char *owner)
{
	own(buf) struct buf text = BUF;

	buf_byte(&text, ' ');
	for (; *owner != '\0'; owner++)
		if (strchr("./\\%*^=", *owner) != NULL)
			buf_format(&text, "=%02X", (unsigned char)*owner);
		else
			buf_byte(&text, *owner);
	(void)imap_utf7(text.data, &vault->quarantine);
}

/* vault_open - once; it is the box's */
enum mailbox_result
vault_open(struct imap_box *box, struct err *err)
{
	const char *account = profile_value(box->box.profile, "quarantine");
	enum mailbox_result result;

	if (box->vault != NULL)
		return MAILBOX_DONE;
	if (account == NULL) {
		err_set(err, ERR_NEVER, "%s: it is in a quarantine account, and "
		    "the profile has no quarantine=", box->box.profile->where);
		return MAILBOX_NEVER;
	}
	result = box_open(box->box.profile, account, &box->vault, err);
	if (result != MAILBOX_DONE) {
		err_wrap(err, "quarantine account");
		return result == MAILBOX_NOBODY ? MAILBOX_LOCKED_OUT :
		    result == MAILBOX_UNFINISHED ? MAILBOX_LATER : result;
	}
	name_folder(box->vault, box->owner);
	return MAILBOX_DONE;
}

/* ---- APPEND ---- */

/* append_once - with the flags and the date of the ticket */
static enum mailbox_result
append_once(struct imap_box *box, const char *folder,
    const struct imap_ticket *ticket, const struct buf *raw,
    struct imap_reply *reply, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;

	imap_line_text(&line, "APPEND ");
	imap_line_name(&line, folder);
	imap_line_text(&line, " (");
	imap_line_text(&line, ticket->flags.data);
	imap_line_text(&line, ") ");
	imap_line_name(&line, ticket->date.data);
	imap_line_text(&line, " ");
	imap_line_literal(&line, raw->data, raw->len);
	return box_ask(box, &line, "APPEND", reply, err);
}

/* same_octets - what is there now is what was meant */
static enum mailbox_result
same_octets(struct imap_box *box, const struct imap_ticket *ticket,
    const struct buf *raw, struct err *err)
{
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	own(buf) struct buf there = BUF;
	enum mailbox_result result = hits_ticket(box, ticket, false, &hit, err);

	if (result == MAILBOX_DONE)
		result = hits_raw(box, &hit, MESSAGE_MAX, &there, err);
	if (result != MAILBOX_DONE)
		return result;
	if (there.len == raw->len && memcmp(there.data, raw->data,
	    raw->len) == 0)
		return MAILBOX_DONE;
	err_set(err, ERR_NEVER, "%s: message %u in %s is not what was put there",
	    ESCAPE(box->login.peer.host), ticket->uid,
	    ESCAPE(ticket->folder.data));
	return MAILBOX_NEVER;
}

/* append - and see that it is there; the ticket gets its place */
static enum mailbox_result
append(struct imap_box *box, const struct remove_to *to,
    struct imap_ticket *ticket, const struct buf *raw, struct err *err)
{
	struct imap_reply reply;
	enum mailbox_result result = append_once(box, to->folder, ticket, raw,
	    &reply, err);

	if (result == MAILBOX_GONE && to->make) {
		result = box_create(box, to->folder, err);
		if (result == MAILBOX_DONE)
			result = append_once(box, to->folder, ticket, raw,
			    &reply, err);
	}
	if (result != MAILBOX_DONE)
		return to->make ? mailbox_not_gone(result) : result;
	/* a box that was selected before may not show it yet */
	buf_cut(&box->folder, 0);
	if (!reply.has_copied || reply.copied.to == 0) {
		result = hits_twin(box, to->folder, ticket, err);
	} else {
		buf_cut(&ticket->folder, 0);
		buf_text(&ticket->folder, to->folder);
		ticket->validity = reply.copied.validity;
		ticket->uid = reply.copied.to;
	}
	result = result != MAILBOX_DONE ? result :
	    same_octets(box, ticket, raw, err);
	/* then it cannot be told where it went, and the source stays */
	return mailbox_not_gone(result);
}

/* ---- there and back ---- */

/* vault_quarantine - over there first, and only then away from here.  What an
 * attempt has left there that came to no end stays: it may as well be the only
 * copy of a message that is the same. */
enum mailbox_result
vault_quarantine(struct imap_box *box, struct imap_hit *hit,
    struct imap_ticket *ticket, struct err *err)
{
	own(imap_ticket) struct imap_ticket from = IMAP_TICKET;
	own(imap_hit) struct imap_hit again = IMAP_HIT;
	own(buf) struct buf raw = BUF;
	struct remove_to to = { .make = true };
	bool marked;
	enum mailbox_result result = hits_raw(box, hit, MESSAGE_MAX, &raw, err);

	if (result == MAILBOX_DONE)
		result = vault_open(box, err);
	if (result != MAILBOX_DONE)
		return result;
	buf_text(&from.folder, box->folder.data);
	from.validity = box->validity;
	from.uid = hit->uid;
	from.size = hit->size;
	strcpy(from.digest, hit->digest);
	to.folder = box->vault->quarantine.data;
	result = append(box->vault, &to, ticket, &raw, err);
	if (result == MAILBOX_DONE)
		result = hits_ticket(box, &from, true, &again, err);
	return result != MAILBOX_DONE ? result :
	    remove_one(box, from.uid, &marked, err);
}

/* vault_restore - back first, and only then away from there */
enum mailbox_result
vault_restore(struct imap_box *box, struct imap_ticket *ticket,
    struct err *err)
{
	own(imap_ticket) struct imap_ticket back = IMAP_TICKET;
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	own(buf) struct buf raw = BUF, line = BUF;
	const struct remove_to home = { ticket->home.data, false };
	const struct remove_to inbox = { "INBOX", true };
	bool marked;
	enum mailbox_result result = vault_open(box, err);

	if (result == MAILBOX_DONE)
		result = own_find(box->vault, ticket, &hit, err);
	if (result == MAILBOX_DONE)
		result = hits_raw(box->vault, &hit, MESSAGE_MAX, &raw, err);
	if (result != MAILBOX_DONE)
		return result;
	imap_ticket_print(ticket, &line);
	(void)imap_ticket_parse(line.data, &back);
	result = append(box, &home, &back, &raw, err);
	if (result == MAILBOX_GONE)
		result = append(box, &inbox, &back, &raw, err);
	if (result == MAILBOX_DONE)
		result = box_enter(box->vault, ticket->folder.data, true, err);
	return result != MAILBOX_DONE ? result :
	    remove_one(box->vault, hit.uid, &marked, err);
}
