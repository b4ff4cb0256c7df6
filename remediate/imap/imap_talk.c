/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/imap/imap_talk.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "remediate/imap/imap_talk_private.h"

/* To one command; what is beyond is no answer to anything that we ask. */
enum {
	ANSWERS_MAX = 500000,
	OCTETS_MAX = 64 << 20,		/* and what literals may have */
	PATIENCE = 10			/* time-outs, for all answers */
};

/* ---- what comes ---- */

/* talk_broken - the connection is of no use any more */
int
talk_broken(const struct imap_talk *talk, const char *why, struct err *err)
{
	return err_set(err, ERR_LATER, "%s port %s: no IMAP: %s",
	    ESCAPE(talk->login->peer.host), talk->login->peer.port, why);
}

/* talk_answer - the next one */
int
talk_answer(struct imap_talk *talk, struct imap_answer *answer,
    struct err *err)
{
	struct imap_link *link = talk->link;
	enum imap_frame_state state = IMAP_MORE;

	imap_frame_next(&talk->frame);
	while (state == IMAP_MORE) {
		size_t used;

		if (link->start == link->end && imap_link_fill(link, err) == -1)
			return -1;
		state = imap_frame_add(&talk->frame, link->in + link->start,
		    link->end - link->start, &used);
		link->start += used;
		talk->octets += used;
	}
	if (state == IMAP_WRONG)
		return talk_broken(talk, talk->frame.why, err);
	if (++talk->answers > ANSWERS_MAX ||
	    talk->octets > OCTETS_MAX + talk->frame.literals_max)
		return talk_broken(talk, "answers without end", err);
	if (!imap_answer_parse(talk->frame.bytes.data, talk->frame.bytes.len,
	    answer))
		return talk_broken(talk, "an answer that is none", err);
	return 0;
}

/* talk_capabilities - those that matter */
void
talk_capabilities(struct imap_talk *talk, struct imap_cursor cursor)
{
	struct imap_can can = { 0 };
	const struct { const char *word; bool *can; } rows[] = {
		{ "MOVE", &can.move }, { "UIDPLUS", &can.uidplus },
		{ "SASL-IR", &can.sasl_ir }, { "NAMESPACE", &can.namespaces },
		{ "AUTH=PLAIN", &can.plain }, { "STARTTLS", &can.starttls },
		{ "LOGINDISABLED", &can.login_disabled },
	};
	struct imap_token token;

	while (imap_next(&cursor, &token) == IMAP_ATOM) {
		/* which has these built in (RFC 9051, appendix E) */
		if (imap_is(&token, "IMAP4rev2"))
			can.move = can.uidplus = can.sasl_ir =
			    can.namespaces = true;
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
			if (imap_is(&token, rows[i].word))
				*rows[i].can = true;
	}
	talk->can = can;
}

/* copy_text - for people, as much as there is room for */
static void
copy_text(const struct imap_span *span, char *out, size_t size)
{
	char text[200];

	snprintf(text, sizeof(text), "%.*s",
	    (int)(span->length < sizeof(text) ? span->length :
	    sizeof(text) - 1), span->at);
	snprintf(out, size, "%s", ESCAPE(text));
}

static void
copy_code(const struct imap_answer *answer, struct imap_reply *reply)
{
	struct imap_span word = answer->code;

	for (size_t i = 0; i < word.length; i++)
		if (word.at[i] == ' ')
			word.length = i;
	copy_text(&word, reply->code, sizeof(reply->code));
}

/* untagged - what comes before the end; -1: it may not */
static int
untagged(struct imap_talk *talk, const struct imap_line *line,
    const struct imap_answer *answer, struct imap_reply *reply,
    struct err *err)
{
	char text[256];

	switch (answer->status) {
	case IMAP_BYE:
		copy_text(&answer->text, text, sizeof(text));
		return err_set(err, ERR_LATER, "%s port %s: server says "
		    "goodbye: %s", ESCAPE(talk->login->peer.host),
		    talk->login->peer.port, text);
	case IMAP_PREAUTH:
		return talk_broken(talk, "PREAUTH in between", err);
	case IMAP_DATA:
		if (imap_span_is(&answer->name, "CAPABILITY"))
			talk_capabilities(talk, answer->rest);
		break;
	default:
		break;
	}
	if (imap_data_copied(answer, &reply->copied))
		reply->has_copied = true;
	if (line->heed != NULL && !line->heed(line->arg, answer))
		return talk_broken(talk, "an answer of another form", err);
	return 0;
}

enum said { SAID_NOTHING_GOOD = -1, SAID_END, SAID_GO_ON };

/* hear - up to the answer with our tag, or (go_on) to a "+" */
static enum said
hear(struct imap_talk *talk, const struct imap_line *line,
    struct imap_reply *reply, bool go_on, struct err *err)
{
	struct imap_answer answer;

	for (;;) {
		if (talk_answer(talk, &answer, err) == -1)
			return SAID_NOTHING_GOOD;
		if (imap_span_is(&answer.tag, "+")) {
			if (go_on)
				return SAID_GO_ON;
			talk_broken(talk, "\"+\" that nobody asked for", err);
			return SAID_NOTHING_GOOD;
		}
		if (!imap_span_is(&answer.tag, "*"))
			break;
		if (untagged(talk, line, &answer, reply, err) == -1)
			return SAID_NOTHING_GOOD;
	}
	if (!imap_span_is(&answer.tag, talk->tag) ||
	    answer.status < IMAP_OK || answer.status > IMAP_BAD) {
		talk_broken(talk, "an answer to what nobody asked", err);
		return SAID_NOTHING_GOOD;
	}
	reply->status = answer.status;
	copy_code(&answer, reply);
	copy_text(&answer.text, reply->text, sizeof(reply->text));
	if (imap_data_copied(&answer, &reply->copied))
		reply->has_copied = true;
	return SAID_END;
}

/* ---- commands ---- */

/* begin - its tag, its limits */
static int
begin(struct imap_talk *talk, const struct imap_line *line, struct err *err)
{
	unsigned char chance[4];

	if (talk->dead)
		return talk_broken(talk, "the connection was lost", err);
	if (RAND_bytes(chance, sizeof(chance)) != 1)
		return err_set(err, ERR_LATER, "OpenSSL has no random numbers");
	snprintf(talk->tag, sizeof(talk->tag), "T%02x%02x%02x%02x.%u",
	    chance[0], chance[1], chance[2], chance[3], ++talk->number);
	talk->frame.literals_max = line->literals_max > 0 ?
	    line->literals_max : 1 << 20;
	talk->octets = 0;
	talk->answers = 0;
	talk->link->deadline = clock_now() +
	    PATIENCE * talk->login->peer.timeout;
	return 0;
}

/* say_piece - in one record where it is short; it may hold a password */
static int
say_piece(struct imap_talk *talk, const char *before, struct imap_span piece,
    const char *after, struct err *err)
{
	enum { SHORT = 8192 };
	own(imap_line) struct imap_line whole = IMAP_LINE;

	if (piece.length > SHORT)
		return imap_link_write(talk->link, before, strlen(before),
		    err) == -1 || imap_link_write(talk->link, piece.at,
		    piece.length, err) == -1 || imap_link_write(talk->link,
		    after, strlen(after), err) == -1 ? -1 : 0;
	(void)buf_room(&whole.bytes, SHORT + 64);
	buf_text(&whole.bytes, before);
	buf_bytes(&whole.bytes, piece.at, piece.length);
	buf_text(&whole.bytes, after);
	return imap_link_write(talk->link, whole.bytes.data, whole.bytes.len,
	    err);
}

/* say - the command, as far as the server wants it */
static int
say(struct imap_talk *talk, const struct imap_line *line,
    struct imap_reply *reply, struct err *err)
{
	const struct buf *bytes = &line->bytes;
	char before[sizeof(talk->tag) + 1];
	size_t from = 0;

	snprintf(before, sizeof(before), "%s ", talk->tag);
	for (size_t i = 0; i < line->count; i++) {
		const struct imap_span piece = { bytes->data + from,
		    line->cuts[i] - from };

		if (say_piece(talk, i == 0 ? before : "", piece, "", err) == -1)
			return -1;
		from = line->cuts[i];
		switch (hear(talk, line, reply, true, err)) {
		case SAID_NOTHING_GOOD:
			return -1;
		case SAID_END:			/* it does not want the rest */
			return reply->status == IMAP_OK ? talk_broken(talk,
			    "OK to half a command", err) : 0;
		case SAID_GO_ON:
			break;
		}
	}
	if (say_piece(talk, line->count == 0 ? before : "", (struct imap_span){
	    bytes->data + from, bytes->len - from }, "\r\n", err) == -1)
		return -1;
	return hear(talk, line, reply, false, err) == SAID_END ? 0 : -1;
}

/* imap_talk_ask - a command and its answers */
int
imap_talk_ask(struct imap_talk *talk, const struct imap_line *line,
    struct imap_reply *reply, struct err *err)
{
	memset(reply, 0, sizeof(*reply));
	if (begin(talk, line, err) == -1)
		return -1;
	if (say(talk, line, reply, err) == -1) {
		talk->dead = true;
		return -1;
	}
	return 0;
}

/* ---- opening and closing ---- */

/* imap_talk_open - connect, TLS, log in */
int
imap_talk_open(const struct imap_login *login, struct imap_talk **out,
    enum imap_refusal *out_refused, struct err *err)
{
	struct imap_talk *talk = mem_new(sizeof(*talk));

	*out_refused = LOGIN_NOT_REFUSED;
	talk->login = login;
	talk->frame = (struct imap_frame)IMAP_FRAME;
	if (imap_link_open(&login->peer, &talk->link, err) == -1 ||
	    talk_login(talk, out_refused, err) == -1) {
		talk->dead = true;
		imap_talk_close(talk);
		return -1;
	}
	*out = talk;
	return 0;
}

/* imap_talk_close - with a word of goodbye, and no wait for one */
struct imap_talk *
imap_talk_close(struct imap_talk *talk)
{
	struct err ignored;

	if (talk == NULL)
		return NULL;
	if (!talk->dead)
		(void)imap_link_write(talk->link, "bye LOGOUT\r\n", 12,
		    &ignored);
	talk->link = imap_link_close(talk->link);
	imap_frame_drop(&talk->frame);
	free(talk);
	return NULL;
}

/* imap_talk_can - what it told last */
const struct imap_can *
imap_talk_can(const struct imap_talk *talk)
{
	return &talk->can;
}
