/* SPDX-License-Identifier: BSD-2-Clause */
/* All of a header, all of a message: what is too much for a batch. */
#include <string.h>

#include "base/escape.h"
#include "remediate/imap/imap_box_private.h"

/* ---- one literal ---- */

struct whole {
	uint32_t	 uid;
	bool		 header;	/* of it alone */
	struct buf	*out;
	bool		 there;
};

static bool
heed_whole(void *arg, const struct imap_answer *answer)
{
	struct whole *whole = arg;
	struct imap_mail mail;
	const struct imap_span *span;

	if (!imap_span_is(&answer->name, "FETCH"))
		return true;
	if (!imap_data_mail(answer, &mail))
		return false;
	span = whole->header ? &mail.header : &mail.body;
	if (mail.uid != whole->uid || span->at == NULL || whole->there)
		return true;
	buf_bytes(whole->out, span->at, span->length);
	whole->there = true;
	return true;
}

/* ask - for it; what: as FETCH has it */
static enum mailbox_result
ask(struct imap_box *box, struct whole *whole, const char *what, size_t max,
    struct err *err)
{
	own(imap_line) struct imap_line line = IMAP_LINE;
	struct imap_reply reply;

	imap_line_text(&line, "UID FETCH ");
	imap_line_number(&line, whole->uid);
	imap_line_text(&line, what);
	line.literals_max = max;
	line.heed = heed_whole;
	line.arg = whole;
	return box_ask(box, &line, "FETCH", &reply, err);
}

/* same_header - the whole begins as the header that is known */
static bool
same_header(const struct imap_hit *hit, const struct buf *whole)
{
	return whole->len >= hit->header.len &&
	    memcmp(whole->data, hit->header.data, hit->header.len) == 0;
}

/* check - is it what was asked for, of that very message */
static enum mailbox_result
check(const struct imap_box *box, const struct imap_hit *hit,
    const struct whole *whole, struct err *err)
{
	if (whole->there && same_header(hit, whole->out))
		return MAILBOX_DONE;
	err_set(err, ERR_LATER, "%s: message %u: %s",
	    ESCAPE(box->login.peer.host), hit->uid, whole->there ?
	    "has another header than before" : "no answer to FETCH");
	return whole->there ? MAILBOX_LATER : MAILBOX_GONE;
}

/* ---- what is asked for ---- */

/* hits_whole - who puts much before the Message-ID, or a second one after much,
 * must not have it judged by the half.  The server is asked for an octet more
 * than is taken, so that what is cut is seen to be. */
enum mailbox_result
hits_whole(struct imap_box *box, struct imap_hit *hit, struct err *err)
{
	own(buf) struct buf bytes = BUF, what = BUF;
	struct whole whole = { hit->uid, true, &bytes, false };
	enum mailbox_result result;

	if (hit->header.len < HEADER_FIRST)
		return MAILBOX_DONE;
	buf_format(&what, " (UID BODY.PEEK[HEADER]<0.%d>)", HEADER_MAX + 1);
	result = ask(box, &whole, what.data, HEADER_MAX + ANSWER_SLACK, err);
	if (result == MAILBOX_DONE)
		result = check(box, hit, &whole, err);
	if (result != MAILBOX_DONE)
		return result;
	if (bytes.len > HEADER_MAX) {
		err_set(err, ERR_NEVER, "%s: message %u in %s: a header of more "
		    "than %d octets is not looked at",
		    ESCAPE(box->login.peer.host), hit->uid,
		    ESCAPE(box->folder.data), HEADER_MAX);
		return MAILBOX_NEVER;
	}
	buf_drop(&hit->header);
	hit->header = bytes;
	bytes = (struct buf)BUF;
	return MAILBOX_DONE;
}

/* hits_raw - all of it */
enum mailbox_result
hits_raw(struct imap_box *box, const struct imap_hit *hit, size_t max,
    struct buf *out, struct err *err)
{
	own(buf) struct buf bytes = BUF;
	struct whole whole = { hit->uid, false, &bytes, false };
	enum mailbox_result result;

	if (hit->size < 0 || (uint64_t)hit->size > max) {
		err_set(err, ERR_NEVER, "%s: message of %lld octets, and %zu is "
		    "the limit", ESCAPE(box->login.peer.host),
		    (long long)hit->size, max);
		return MAILBOX_NEVER;
	}
	result = ask(box, &whole, " (UID BODY.PEEK[])", max, err);
	if (result == MAILBOX_DONE)
		result = check(box, hit, &whole, err);
	if (result == MAILBOX_DONE)
		buf_bytes(out, bytes.data, bytes.len);
	return result;
}
