/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/mem.h"
#include "remediate/imap/imap_box_private.h"

enum {
	BATCH = 32,			/* messages that one FETCH asks for */
	HITS_MAX = 20000		/* of one folder */
};

#define ITEMS "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.262144>)"
_Static_assert(HEADER_FIRST == 262144, "as ITEMS has it");

/* ---- FETCH ---- */

/* What is asked for, and what came of it. */
struct batch {
	const uint32_t	*uids;
	size_t		 count;
	struct imap_hit	 hits[BATCH];		/* uid 0: nothing yet */
};

static void
take_hit(const struct imap_mail *mail, struct imap_hit *hit)
{
	hit->uid = mail->uid;
	hit->size = mail->size;
	hit->received = mail->received;
	strcpy(hit->flags, mail->flags);
	strcpy(hit->date, mail->date);
	buf_bytes(&hit->header, mail->header.at, mail->header.length);
	imap_digest(hit->header.data, hit->header.len, hit->digest);
}

/* heed_mail - one that was asked for, with all that was asked; servers tell of
 * flags of others by themselves */
static bool
heed_mail(void *arg, const struct imap_answer *answer)
{
	struct batch *batch = arg;
	struct imap_mail mail;

	if (!imap_span_is(&answer->name, "FETCH"))
		return true;
	if (!imap_data_mail(answer, &mail))
		return false;
	if (mail.header.at == NULL || mail.size == -1 || mail.date[0] == '\0' ||
	    !mail.has_flags || mail.header.length > HEADER_FIRST)
		return true;
	for (size_t i = 0; i < batch->count; i++)
		if (batch->uids[i] == mail.uid && batch->hits[i].uid == 0)
			take_hit(&mail, &batch->hits[i]);
	return true;
}

static void
add_uids(struct imap_line *line, const uint32_t *uids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			imap_line_text(line, ",");
		imap_line_number(line, uids[i]);
	}
}

/* fetch - a batch of the folder that is selected */
static enum mailbox_result
fetch(struct imap_box *box, struct batch *batch, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;

	for (size_t i = 0; i < batch->count; i++)
		batch->hits[i] = (struct imap_hit)IMAP_HIT;
	imap_line_text(&line, "UID FETCH ");
	add_uids(&line, batch->uids, batch->count);
	imap_line_text(&line, " " ITEMS);
	line.heed = heed_mail;
	line.arg = batch;
	return box_ask(box, &line, "FETCH", &reply, err);
}

static void
drop_batch(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		buf_drop(&batch->hits[i].header);
}

/* hits_one - that number */
enum mailbox_result
hits_one(struct imap_box *box, uint32_t uid, struct imap_hit *out,
    struct err *err)
{
	struct batch batch = { .uids = &uid, .count = 1 };
	enum mailbox_result result = fetch(box, &batch, err);

	if (result == MAILBOX_DONE && batch.hits[0].uid == 0) {
		err_set(err, ERR_NEVER, "%s: no message %u in %s",
		    ESCAPE(box->login.peer.host), uid,
		    ESCAPE(box->folder.data));
		result = MAILBOX_GONE;
	}
	if (result == MAILBOX_DONE)
		result = hits_whole(box, &batch.hits[0], err);
	if (result != MAILBOX_DONE) {
		drop_batch(&batch);
		return result;
	}
	*out = batch.hits[0];
	return MAILBOX_DONE;
}

/* hits_ticket - the message that it names, if it is that one */
enum mailbox_result
hits_ticket(struct imap_box *box, const struct imap_ticket *ticket,
    bool writable, struct imap_hit *out, struct err *err)
{
	own(imap_hit) struct imap_hit hit = IMAP_HIT;
	enum mailbox_result result = box_enter(box, ticket->folder.data,
	    writable, err);

	if (result != MAILBOX_DONE)
		return result;
	if (box->validity != ticket->validity) {
		err_set(err, ERR_NEVER, "%s: %s: UIDVALIDITY has changed",
		    ESCAPE(box->login.peer.host), ESCAPE(box->folder.data));
		return MAILBOX_GONE;
	}
	result = hits_one(box, ticket->uid, &hit, err);
	if (result != MAILBOX_DONE)
		return result;
	if (hit.size != ticket->size ||
	    strcmp(hit.digest, ticket->digest) != 0) {
		err_set(err, ERR_NEVER, "%s: message %u in %s is another one",
		    ESCAPE(box->login.peer.host), ticket->uid,
		    ESCAPE(box->folder.data));
		return MAILBOX_GONE;
	}
	*out = hit;
	hit.header = (struct buf)BUF;
	return MAILBOX_DONE;
}

/* ---- SEARCH ---- */

struct numbers {
	uint32_t	*uids;
	size_t		 count, room;
};

static bool
add_number(void *arg, uint32_t uid)
{
	struct numbers *numbers = arg;

	if (numbers->count == HITS_MAX + 1)
		return false;
	if (numbers->count == numbers->room) {
		numbers->room = numbers->room > 0 ? 2 * numbers->room : 64;
		numbers->uids = mem_grow(numbers->uids, numbers->room,
		    sizeof(*numbers->uids));
	}
	numbers->uids[numbers->count++] = uid;
	return true;
}

static bool
heed_search(void *arg, const struct imap_answer *answer)
{
	return !imap_span_is(&answer->name, "SEARCH") ||
	    imap_data_search(answer, add_number, arg);
}

/* add_wanted - since then, by the server's own zone, and with that in its
 * header */
static void
add_wanted(struct imap_line *line, const struct sought *wanted)
{
	enum { DAY = 24 * 3600 * 1000 };
	char day[IMAP_DATE];

	if (wanted->since > DAY) {
		imap_line_text(line, " SINCE ");
		imap_line_text(line, imap_date_day(wanted->since - DAY, day));
	}
	imap_line_text(line, " HEADER ");
	imap_line_text(line, sought_field(wanted));
	imap_line_text(line, " ");
	imap_line_name(line, sought_value(wanted));
}

/* add_size - Courier counts a line's end as one octet here, and as two in FETCH,
 * so it may be half of that */
static void
add_size(struct imap_line *line, int64_t size)
{
	imap_line_text(line, " SMALLER ");
	imap_line_number(line, (uint64_t)size + 1);
	if (size > 1) {
		imap_line_text(line, " LARGER ");
		imap_line_number(line, (uint64_t)size / 2 - 1);
	}
}

/* search - what may be it: IMAP's HEADER is a part of the value, in any case */
static enum mailbox_result
search(struct imap_box *box, const struct hits_wish *wish,
    struct numbers *out, struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;

	imap_line_text(&line, "UID SEARCH");
	if (!wish->deleted_too)
		imap_line_text(&line, " UNDELETED");
	if (wish->wanted != NULL)
		add_wanted(&line, wish->wanted);
	else
		add_size(&line, wish->size);
	line.heed = heed_search;
	line.arg = out;
	return box_ask(box, &line, "SEARCH", &reply, err);
}

/* may_be - as far as can be told without its header */
static bool
may_be(const struct imap_hit *hit, const struct hits_wish *wish)
{
	return wish->wanted != NULL ? hit->received >= wish->wanted->since :
	    hit->size == wish->size;
}

/* A search on its way. */
struct hunt {
	struct imap_box	*box;
	const struct hits_wish *wish;
	hits_each	*each;
	void		*arg;
	uint32_t	 validity;
	struct err	*err;
	bool		 left_out;	/* one that cannot be read; err says why */
};

/* come_back - each() may have left the folder, and it may have changed */
static enum mailbox_result
come_back(const struct hunt *hunt)
{
	struct imap_box *box = hunt->box;
	enum mailbox_result result = box_enter(box, hunt->wish->folder, false,
	    hunt->err);

	if (result != MAILBOX_DONE || box->validity == hunt->validity)
		return result;
	err_set(hunt->err, ERR_LATER, "%s: %s: UIDVALIDITY has changed",
	    ESCAPE(box->login.peer.host), ESCAPE(hunt->wish->folder));
	return MAILBOX_LATER;
}

/* tell_one - if it is what was wished for, which only all of its header tells */
static enum mailbox_result
tell_one(struct hunt *hunt, struct imap_hit *hit)
{
	if (hit->uid == 0 || !may_be(hit, hunt->wish))
		return MAILBOX_DONE;
	if (hit->header.len >= HEADER_FIRST) {
		enum mailbox_result result = come_back(hunt);
		struct err err;

		if (result != MAILBOX_DONE)
			return result;
		result = hits_whole(hunt->box, hit, &err);
		if (result == MAILBOX_GONE)
			return MAILBOX_DONE;
		if (result != MAILBOX_DONE)
			*hunt->err = err;
		if (result == MAILBOX_NEVER) {
			hunt->left_out = true;
			return MAILBOX_DONE;
		}
		if (result != MAILBOX_DONE)
			return result;
	}
	if (hunt->wish->wanted != NULL && !sought_has(hunt->wish->wanted,
	    hit->header.data, hit->header.len))
		return MAILBOX_DONE;
	return hunt->each(hunt->arg, hit, hunt->err);
}

static enum mailbox_result
batches(struct hunt *hunt, const struct numbers *numbers)
{
	enum mailbox_result result = MAILBOX_DONE;

	for (size_t at = 0; at < numbers->count && result == MAILBOX_DONE;
	    at += BATCH) {
		struct batch batch = { .uids = numbers->uids + at,
		    .count = numbers->count - at < BATCH ?
		    numbers->count - at : BATCH };

		result = come_back(hunt);
		if (result == MAILBOX_DONE)
			result = fetch(hunt->box, &batch, hunt->err);
		for (size_t i = 0; i < batch.count && result == MAILBOX_DONE;
		    i++) {
			result = tell_one(hunt, &batch.hits[i]);
			buf_drop(&batch.hits[i].header);
		}
		drop_batch(&batch);
	}
	return result == MAILBOX_DONE && hunt->left_out ? MAILBOX_NEVER :
	    result;
}

/* hits_all - each message of a folder that is wished for */
enum mailbox_result
hits_all(struct imap_box *box, const struct hits_wish *wish, hits_each *each,
    void *arg, struct err *err)
{
	struct numbers numbers = { 0 };
	enum mailbox_result result = box_enter(box, wish->folder, false, err);
	struct hunt hunt = { .box = box, .wish = wish, .each = each,
	    .arg = arg, .validity = box->validity, .err = err };
	bool more;

	if (result != MAILBOX_DONE)
		return result;
	result = search(box, wish, &numbers, err);
	more = numbers.count > HITS_MAX;
	if (more)
		numbers.count = HITS_MAX;
	if (result == MAILBOX_DONE)
		result = batches(&hunt, &numbers);
	free(numbers.uids);
	if (result != MAILBOX_DONE || !more)
		return result;
	err_set(err, ERR_LATER, "%s: %s: more than %d messages are found, and "
	    "no more are looked at", ESCAPE(box->login.peer.host),
	    ESCAPE(wish->folder), HITS_MAX);
	return MAILBOX_UNFINISHED;
}
