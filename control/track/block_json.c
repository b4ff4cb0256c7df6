/* SPDX-License-Identifier: BSD-2-Clause */
/* A message as an object of JSON */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/own.h"
#include "control/ledger/remedies.h"
#include "control/ledger/tracked.h"
#include "control/track/block.h"

/* ---- values ---- */

/* next - a comma, unless it is the first of its object or list */
static void
next(struct buf *out)
{
	char last = out->len > 0 ? out->data[out->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_text(out, ",");
}

static void
key(struct buf *out, const char *name)
{
	next(out);
	buf_texts(out, "\"", name, "\":");
}

/* add_value - which may be shown on a terminal */
static void
add_value(struct buf *out, const char *text)
{
	json_text_add_bytes(text, strlen(text), out);
}

/* add_text - null where nothing is known */
static void
add_text(struct buf *out, const char *name, const char *text)
{
	key(out, name);
	if (*text != '\0')
		add_value(out, text);
	else
		buf_text(out, "null");
}

/* add_shown - of what was written for people, where bytes are escaped already */
static void
add_shown(struct buf *out, const char *name, const char *text)
{
	key(out, name);
	json_text_add_shown(text, out);
}

static void
add_number(struct buf *out, const char *name, uint64_t number)
{
	key(out, name);
	buf_number(out, number);
}

/* add_time - in seconds since 1970, or null */
static void
add_time(struct buf *out, const char *name, int64_t at)
{
	key(out, name);
	if (at > 0)
		buf_format(out, "%" PRId64 ".%03d", at / 1000,
		    (int)(at % 1000));
	else
		buf_text(out, "null");
}

/* add_real - with three decimals, or null */
static void
add_real(struct buf *out, const char *name, bool known, double number)
{
	key(out, name);
	if (known)
		buf_format(out, "%.3f", number);
	else
		buf_text(out, "null");
}

/* add_digits - a number as somebody else wrote it, or null */
static void
add_digits(struct buf *out, const char *name, const char *text)
{
	size_t n = strspn(text, "0123456789");
	char *end;

	key(out, name);
	if (n > 0 && n < 10 && strtod(text, &end) >= 0 &&
	    strspn(text, "0123456789.") == (size_t)(end - text))
		buf_bytes(out, text, (size_t)(end - text));
	else
		buf_text(out, "null");
}

/* add_part - the word after that one, of a text that has both */
static void
add_part(struct buf *out, const char *name, const char *text, const char *after)
{
	own(str) char *part = NULL;

	text = *after != '\0' ? strstr(text, after) : text;
	part = text != NULL ? mem_bytes(text + strlen(after),
	    strcspn(text + strlen(after), " ")) : mem_text("");
	if (strcmp(name, "port") == 0)
		add_digits(out, name, part);
	else
		add_text(out, name, part);
}

/* add_lines - those that pass, with their times */
static void
add_lines(struct buf *out, const char *name, const struct lines *lines,
    bool (*passes)(const struct said *))
{
	key(out, name);
	buf_text(out, "[");
	for (size_t i = 0; i < lines->count; i++) {
		const struct said *said = lines->said[i];

		if (passes != NULL && !passes(said))
			continue;
		next(out);
		buf_text(out, "{");
		add_time(out, "time", said->at);
		add_text(out, "program", said->program);
		add_shown(out, "text", said->text);
		buf_text(out, "}");
	}
	buf_text(out, "]");
}

/* ---- Postfix ---- */

static void
add_delivery(struct buf *out, const struct delivery *delivery)
{
	next(out);
	buf_text(out, "{");
	add_text(out, "address", delivery->address);
	add_text(out, "original", delivery->was);
	add_text(out, "status", delivery->status);
	add_text(out, "relay", delivery->relay);
	add_text(out, "dsn", delivery->dsn);
	add_digits(out, "delay", delivery->delay);
	add_number(out, "attempts", delivery->attempts);
	add_time(out, "time", delivery->at);
	add_text(out, "answer", delivery->answer);
	buf_text(out, "}");
}

/* add_stay - its members; the null sender is an empty text */
static void
add_stay(struct buf *out, const struct message *stay)
{
	add_text(out, "queue_id", stay->queue_id);
	add_text(out, "relation", stay->relation);
	add_text(out, "message_id", stay->message_id);
	add_time(out, "time", stay->begin);
	add_text(out, "client", stay->client);
	key(out, "sender");
	add_value(out, stay->sender);
	add_number(out, "size", stay->size);
	add_number(out, "recipient_count", stay->recipients);
	key(out, "removed");
	buf_text(out, stay->removed ? "true" : "false");
	key(out, "recipients");
	buf_text(out, "[");
	for (size_t i = 0; i < stay->delivery_count; i++)
		add_delivery(out, &stay->deliveries[i]);
	buf_text(out, "]");
	add_lines(out, "log", &stay->remarks, NULL);
	add_lines(out, "policy", &stay->policy, NULL);
}

/* ---- copies ---- */

static const char *
verdict_of(const struct copied *copied)
{
	if (*copied->verdict != '\0')
		return copied->verdict;
	return copied->fate == FATE_WAITS ? "waiting" :
	    copied->fate == FATE_GIVEN_UP ? "given up" : "";
}

/* add_recipients - as it is kept; the log has them in one text, perhaps cut */
static void
add_recipients(struct buf *out, const struct copied *copied)
{
	const struct kept_copy *kept = copied->kept;
	const char *at = copied->to, *token;
	bool angle;
	size_t n;

	key(out, "recipients");
	buf_text(out, "[");
	for (size_t i = 0; kept != NULL && i < kept->recipient_count; i++) {
		next(out);
		add_value(out, kept->recipients[i]);
	}
	while (kept == NULL &&
	    (token = event_next_token(&at, &n, &angle)) != NULL) {
		own(str) char *address = mem_bytes(token, n);

		if (!angle)
			continue;
		next(out);
		add_value(out, address);
	}
	buf_text(out, "]");
}

static void
add_connection(struct buf *out, const struct block *block, uint64_t dcid)
{
	static const struct connection unknown = { .peer = "", .trust = "",
		.tls = "" };
	const struct connection *connection = story_connection(block->story,
	    dcid);

	if (connection == NULL)
		connection = &unknown;
	add_number(out, "dcid", dcid);
	add_part(out, "interface", connection->peer, "");
	add_part(out, "address", connection->peer, " address ");
	add_part(out, "port", connection->peer, " port ");
	add_part(out, "tls_protocol", connection->tls, "");
	add_part(out, "tls_cipher", connection->tls, " cipher ");
	add_text(out, "tls_trust", connection->trust);
}

/* add_ending - how far it is */
static void
add_ending(struct buf *out, const struct copied *copied)
{
	const struct kept_copy *kept = copied->kept;
	int64_t next_in = kept != NULL && kept->waits ? kept->next_in : -1;

	add_text(out, "verdict", verdict_of(copied));
	add_time(out, "end", copied->ended);
	add_real(out, "delay", block_delay(copied) >= 0, block_delay(copied));
	add_number(out, "attempts", block_attempts(copied));
	add_text(out, "reply", copied->reply);
	add_text(out, "reason", kept != NULL ? kept->reason : "");
	add_real(out, "next_try", next_in >= 0, (double)next_in / 1000);
	key(out, "kept");
	buf_text(out, kept != NULL && kept->set_aside ? "true" : "false");
}

static void
add_copy(struct buf *out, const struct block *block, const struct copied *copied)
{
	own(buf) struct buf line = BUF;
	int64_t at;

	next(out);
	buf_text(out, "{");
	add_number(out, "mid", copied->mid);
	add_text(out, "queue_id", copied->queue_id);
	add_text(out, "intake", copied->intake);
	add_text(out, "alternate_intake", copied->alternate);
	add_text(out, "policy", copied->policy);
	add_recipients(out, copied);
	add_time(out, "time", copied->accepted);
	add_connection(out, block, copied->dcid);
	add_ending(out, copied);
	add_lines(out, "failures", &copied->lines, block_is_attempt);
	block_end(block, copied, &line, &at);
	add_shown(out, "line", line.data);
	buf_text(out, "}");
}

/* ---- remediation ---- */

static void
add_remedy(struct buf *out, const struct ledger *ledger,
    const struct ledger_action *action)
{
	const struct ledger_batch *batch = ledger_batch(ledger, action->batch);
	own(buf) struct buf line = BUF;

	next(out);
	buf_text(out, "{");
	add_number(out, "mid", action->mid);
	add_text(out, "recipient", action->recipient);
	add_text(out, "status", remedy_word(remedy_of(action)));
	add_text(out, "verdict", action->verdict);
	add_text(out, "action", ledger_what(action->what));
	add_text(out, "batch", batch != NULL ? batch->name : "");
	add_time(out, "found", action->made);
	add_time(out, "time", action->changed);
	add_number(out, "attempts", action->attempts);
	add_text(out, "profile", action->profile);
	add_text(out, "reason", action->reason);
	(void)tracked_ended(ledger, action, &line);
	add_text(out, "line", line.len > 0 ? line.data : "");
	buf_text(out, "}");
}

static void
add_remedies(struct buf *out, const struct block *block)
{
	const struct ledger_action **actions;
	size_t count = block_remedies(block, &actions);

	key(out, "remediation");
	buf_text(out, "[");
	for (size_t i = 0; i < count; i++)
		add_remedy(out, block->ledger, actions[i]);
	buf_text(out, "]");
	free(actions);
}

/* ---- all of it ---- */

/* block_print_json - the first stay is the object, with the others in it */
void
block_print_json(const struct block *block)
{
	const struct said *none = block_no_copy(block);
	own(buf) struct buf out = BUF;

	buf_text(&out, "{");
	add_stay(&out, block->stays[0]);
	key(&out, "related");
	buf_text(&out, "[");
	for (size_t i = 1; i < block->stay_count; i++) {
		next(&out);
		buf_text(&out, "{");
		add_stay(&out, block->stays[i]);
		buf_text(&out, "}");
	}
	buf_text(&out, "]");
	key(&out, "copies");
	buf_text(&out, "[");
	for (size_t i = 0; i < block->copy_count; i++)
		add_copy(&out, block, block->copies[i]);
	buf_text(&out, "]");
	add_remedies(&out, block);
	add_text(&out, "no_copy", none != NULL ? none->event.rest : "");
	buf_text(&out, "}\n");
	fwrite(out.data, 1, out.len, stdout);
}
