/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "remediate/imap/imap_box_private.h"

/* ---- the same message in another place ---- */

struct twin {
	const struct imap_ticket *ticket;
	uint32_t	 uid;			/* 0: none */
};

static enum mailbox_result
see_twin(void *arg, const struct imap_hit *hit, struct err *err)
{
	struct twin *twin = arg;

	(void)err;
	if (hit->size == twin->ticket->size && hit->uid > twin->uid &&
	    strcmp(hit->digest, twin->ticket->digest) == 0)
		twin->uid = hit->uid;
	return MAILBOX_DONE;
}

/* hits_twin - the newest that is the same */
enum mailbox_result
hits_twin(struct imap_box *box, const char *folder,
    struct imap_ticket *ticket, struct err *err)
{
	const struct hits_wish wish = { .folder = folder,
	    .size = ticket->size };
	struct twin twin = { ticket, 0 };
	enum mailbox_result result;

	/* what came while it was selected may not be seen in it yet */
	buf_cut(&box->folder, 0);
	result = hits_all(box, &wish, see_twin, &twin, err);
	/* one of the others may be the newest; but this one is the same */
	if (result == MAILBOX_UNFINISHED || result == MAILBOX_NEVER)
		result = twin.uid != 0 ? MAILBOX_DONE : MAILBOX_LATER;
	if (result == MAILBOX_DONE && twin.uid == 0) {
		err_set(err, ERR_LATER, "%s: it is not in %s",
		    ESCAPE(box->login.peer.host), ESCAPE(folder));
		result = MAILBOX_GONE;
	}
	if (result != MAILBOX_DONE)
		return result;
	if (ticket->folder.data != folder) {
		buf_cut(&ticket->folder, 0);
		buf_text(&ticket->folder, folder);
	}
	ticket->validity = box->validity;
	ticket->uid = twin.uid;
	return MAILBOX_DONE;
}

/* own_find - the message of a handle, selected.  Its folder may have got another
 * UIDVALIDITY meanwhile, and then one that is the same will do; else that would
 * be the message of another handle */
enum mailbox_result
own_find(struct imap_box *box, struct imap_ticket *ticket,
    struct imap_hit *out, struct err *err)
{
	enum mailbox_result result = hits_ticket(box, ticket, true, out, err);

	if (result != MAILBOX_GONE || box->folder.len == 0 ||
	    box->validity == ticket->validity)
		return result;
	result = hits_twin(box, ticket->folder.data, ticket, err);
	return result != MAILBOX_DONE ? result :
	    hits_ticket(box, ticket, true, out, err);
}

/* ---- a folder of the owner's own ---- */

/* own_quarantine - into the folder */
enum mailbox_result
own_quarantine(struct imap_box *box, struct imap_hit *hit,
    struct imap_ticket *ticket, struct err *err)
{
	const struct remove_to to = { box->quarantine.data, true };

	return remove_moved(box, hit, &to, ticket, err);
}

/* own_restore - and as it was: somebody may have seen it meanwhile */
enum mailbox_result
own_restore(struct imap_box *box, struct imap_ticket *ticket,
    struct err *err)
{
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	const struct remove_to home = { ticket->home.data, false };
	const struct remove_to inbox = { "INBOX", true };
	enum mailbox_result result = own_find(box, ticket, &hit, err);

	if (result == MAILBOX_DONE)
		result = remove_flags(box, hit.uid, ticket->flags.data, err);
	if (result != MAILBOX_DONE)
		return result;
	result = remove_moved(box, &hit, &home, ticket, err);
	if (result != MAILBOX_GONE)
		return result;
	/* gone is that folder, or the message */
	buf_drop(&hit.header);
	result = own_find(box, ticket, &hit, err);
	return result != MAILBOX_DONE ? result :
	    remove_moved(box, &hit, &inbox, ticket, err);
}
