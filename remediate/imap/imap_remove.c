/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/escape.h"
#include "remediate/imap/imap_box_private.h"

/* ---- is it there ---- */

struct look {
	uint32_t	 uid;
	bool		 there;
};

static bool
heed_look(void *arg, const struct imap_answer *answer)
{
	struct look *look = arg;
	struct imap_mail mail;

	if (!imap_span_is(&answer->name, "FETCH"))
		return true;
	if (!imap_data_mail(answer, &mail))
		return false;
	look->there = look->there || mail.uid == look->uid;
	return true;
}

/* uid_command - "UID WHAT number WORDS" */
static enum mailbox_result
uid_command(struct imap_box *box, const char *what, uint32_t uid,
    const char *words, struct look *look, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;

	imap_line_text(&line, "UID ");
	imap_line_text(&line, what);
	imap_line_text(&line, " ");
	imap_line_number(&line, uid);
	imap_line_text(&line, words);
	line.heed = look != NULL ? heed_look : NULL;
	line.arg = look;
	return box_ask(box, &line, what, &reply, err);
}

/* is_gone - MAILBOX_DONE: it is; a server may say OK to anything */
static enum mailbox_result
is_gone(struct imap_box *box, uint32_t uid, struct err *err)
{
	struct look look = { uid, false };
	enum mailbox_result result = uid_command(box, "FETCH", uid, " (UID)",
	    &look, err);

	if (result != MAILBOX_DONE || !look.there)
		return result;
	err_set(err, ERR_LATER, "%s: message %u is in %s still, and the server "
	    "has said OK", ESCAPE(box->login.peer.host), uid,
	    ESCAPE(box->folder.data));
	return MAILBOX_LATER;
}

/* ---- remove ---- */

/* remove_one - for good; EXPUNGE without a number would also take what its user
 * has marked, so it is never said */
enum mailbox_result
remove_one(struct imap_box *box, uint32_t uid, bool *out_marked,
    struct err *err)
{
	enum mailbox_result result = uid_command(box, "STORE", uid,
	    " +FLAGS.SILENT (\\Deleted)", NULL, err);

	*out_marked = !imap_talk_can(box->talk)->uidplus;
	if (result != MAILBOX_DONE || *out_marked)
		return result;
	result = uid_command(box, "EXPUNGE", uid, "", NULL, err);
	return result != MAILBOX_DONE ? result : is_gone(box, uid, err);
}

/* remove_flags - what its flags are, from now on */
enum mailbox_result
remove_flags(struct imap_box *box, uint32_t uid, const char *flags,
    struct err *err)
{
	own(buf) struct buf words = BUF;

	buf_texts(&words, " FLAGS.SILENT (", flags, ")");
	return uid_command(box, "STORE", uid, words.data, NULL, err);
}

/* ---- move ---- */

/* transfer - UID MOVE or UID COPY, to a folder that is made if need be; that it
 * cannot be had then says nothing of the message */
static enum mailbox_result
transfer(struct imap_box *box, uint32_t uid, const struct remove_to *to,
    struct imap_reply *reply, struct err *err)
{
	bool move = imap_talk_can(box->talk)->move;
	enum mailbox_result result;

	for (bool made = false; ; made = true) {
		own(imap_line) struct imap_line line = IMAP_LINE;

		imap_line_text(&line, move ? "UID MOVE " : "UID COPY ");
		imap_line_number(&line, uid);
		imap_line_text(&line, " ");
		imap_line_name(&line, to->folder);
		result = box_ask(box, &line, move ? "MOVE" : "COPY", reply,
		    err);
		if (result != MAILBOX_GONE || !to->make)
			return result;
		if (!made)
			result = box_create(box, to->folder, err);
		if (result != MAILBOX_DONE)
			return mailbox_not_gone(result);
	}
}

/* place - where it is now: as the server says, or as is found */
static enum mailbox_result
place(struct imap_box *box, uint32_t uid, const struct imap_reply *reply,
    const char *folder, struct imap_ticket *ticket, struct err *err)
{
	if (!reply->has_copied || reply->copied.from != uid ||
	    reply->copied.to == 0)
		return hits_twin(box, folder, ticket, err);
	buf_cut(&ticket->folder, 0);
	buf_text(&ticket->folder, folder);
	ticket->validity = reply->copied.validity;
	ticket->uid = reply->copied.to;
	return MAILBOX_DONE;
}

/* remove_source - after a COPY, whose result must be seen first */
static enum mailbox_result
remove_source(struct imap_box *box, const struct imap_ticket *from,
    const struct imap_ticket *copy, struct err *err)
{
	own(imap_hit) struct imap_hit twin = IMAP_HIT, source = IMAP_HIT;
	enum mailbox_result result = hits_ticket(box, copy, false, &twin, err);
	bool marked;

	if (result == MAILBOX_DONE)
		result = hits_ticket(box, from, true, &source, err);
	return result != MAILBOX_DONE ? result :
	    remove_one(box, from->uid, &marked, err);
}

/* not_there - no copy was found: is there still something to be copied? */
static enum mailbox_result
not_there(struct imap_box *box, const struct imap_ticket *from,
    struct err *err)
{
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result = hits_ticket(box, from, false, &hit, err);

	return result == MAILBOX_DONE ? is_gone(box, from->uid, err) : result;
}

/* remove_moved - into another folder */
enum mailbox_result
remove_moved(struct imap_box *box, const struct imap_hit *hit,
    const struct remove_to *to, struct imap_ticket *ticket, struct err *err)
{
	own(imap_ticket) struct imap_ticket from = IMAP_TICKET;
	struct imap_reply reply;
	bool move = imap_talk_can(box->talk)->move;
	enum mailbox_result result = transfer(box, hit->uid, to, &reply, err);

	if (result != MAILBOX_DONE)
		return result;
	from.validity = box->validity;
	from.uid = hit->uid;
	from.size = hit->size;
	strcpy(from.digest, hit->digest);
	buf_text(&from.folder, box->folder.data);
	if (move)
		result = is_gone(box, hit->uid, err);
	if (result == MAILBOX_DONE)
		result = place(box, hit->uid, &reply, to->folder, ticket, err);
	if (result == MAILBOX_DONE && !move)
		result = remove_source(box, &from, ticket, err);
	return result == MAILBOX_GONE && !move ? not_there(box, &from, err) :
	    result;
}
