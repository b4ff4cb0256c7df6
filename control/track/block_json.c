/* SPDX-License-Identifier: BSD-2-Clause */
/* A message as an object of JSON */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_put.h"
#include "base/own.h"
#include "control/ledger/remedies.h"
#include "control/ledger/tracked.h"
#include "control/track/block.h"

/* ---- values ---- */

/* add_text - null where nothing is known */
static void
add_text(struct buf *out, const char *name, const char *text)
{
	json_put_text(out, name, *text != '\0' ? text : NULL);
}

/* add_time - in seconds since 1970, or null */
static void
add_time(struct buf *out, const char *name, int64_t at)
{
	if (at > 0)
		json_put_time(out, name, at);
	else
		json_put_null(out, name);
}

/* add_real - with three decimals, or null */
static void
add_real(struct buf *out, const char *name, bool known, double number)
{
	json_put_key(out, name);
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

	json_put_key(out, name);
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
	json_put_key(out, name);
	json_put_array(out);
	for (size_t i = 0; i < lines->count; i++) {
		const struct said *said = lines->said[i];

		if (passes != NULL && !passes(said))
			continue;
		json_put_begin(out);
		add_time(out, "time", said->at);
		add_text(out, "program", said->program);
		json_put_shown(out, "text", said->text);
		json_put_end(out);
	}
	json_put_array_end(out);
}

/* ---- Postfix ---- */

static void
add_delivery(struct buf *out, const struct delivery *delivery)
{
	json_put_begin(out);
	add_text(out, "address", delivery->address);
	add_text(out, "original", delivery->was);
	add_text(out, "status", delivery->status);
	add_text(out, "relay", delivery->relay);
	add_text(out, "dsn", delivery->dsn);
	add_digits(out, "delay", delivery->delay);
	json_put_number(out, "attempts", delivery->attempts);
	add_time(out, "time", delivery->at);
	add_text(out, "answer", delivery->answer);
	json_put_end(out);
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
	json_put_text(out, "sender", stay->sender);
	json_put_number(out, "size", stay->size);
	json_put_number(out, "recipient_count", stay->recipients);
	json_put_bool(out, "removed", stay->removed);
	json_put_key(out, "recipients");
	json_put_array(out);
	for (size_t i = 0; i < stay->delivery_count; i++)
		add_delivery(out, &stay->deliveries[i]);
	json_put_array_end(out);
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

	json_put_key(out, "recipients");
	json_put_array(out);
	for (size_t i = 0; kept != NULL && i < kept->recipient_count; i++) {
		json_put_item(out, kept->recipients[i]);
	}
	while (kept == NULL &&
	    (token = event_next_token(&at, &n, &angle)) != NULL) {
		own(str) char *address = mem_bytes(token, n);

		if (!angle)
			continue;
		json_put_item(out, address);
	}
	json_put_array_end(out);
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
	json_put_number(out, "dcid", dcid);
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
	json_put_number(out, "attempts", block_attempts(copied));
	add_text(out, "reply", copied->reply);
	add_text(out, "reason", kept != NULL ? kept->reason : "");
	add_real(out, "next_try", next_in >= 0, (double)next_in / 1000);
	json_put_bool(out, "kept", kept != NULL && kept->set_aside);
}

static void
add_copy(struct buf *out, const struct block *block, const struct copied *copied)
{
	own(buf) struct buf line = BUF;
	int64_t at;

	json_put_begin(out);
	json_put_number(out, "mid", copied->mid);
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
	json_put_shown(out, "line", line.data);
	json_put_end(out);
}

/* ---- remediation ---- */

static void
add_remedy(struct buf *out, const struct ledger *ledger,
    const struct ledger_action *action)
{
	const struct ledger_batch *batch = ledger_batch(ledger, action->batch);
	own(buf) struct buf line = BUF;

	json_put_begin(out);
	json_put_number(out, "mid", action->mid);
	add_text(out, "recipient", action->recipient);
	add_text(out, "status", remedy_word(remedy_of(action)));
	add_text(out, "verdict", action->verdict);
	add_text(out, "action", conf_remedial_action(action->what));
	add_text(out, "batch", batch != NULL ? batch->name : "");
	add_time(out, "found", action->made);
	add_time(out, "time", action->changed);
	json_put_number(out, "attempts", action->attempts);
	add_text(out, "profile", action->profile);
	add_text(out, "reason", action->reason);
	(void)tracked_ended(ledger, action, &line);
	add_text(out, "line", line.len > 0 ? line.data : "");
	json_put_end(out);
}

static void
add_remedies(struct buf *out, const struct block *block)
{
	const struct ledger_action **actions;
	size_t count = block_remedies(block, &actions);

	json_put_key(out, "remediation");
	json_put_array(out);
	for (size_t i = 0; i < count; i++)
		add_remedy(out, block->ledger, actions[i]);
	json_put_array_end(out);
	free(actions);
}

/* ---- all of it ---- */

/* block_print_json - the first stay is the object, with the others in it */
void
block_print_json(const struct block *block)
{
	const struct said *none = block_no_copy(block);
	own(buf) struct buf out = BUF;

	json_put_begin(&out);
	add_stay(&out, block->stays[0]);
	json_put_key(&out, "related");
	json_put_array(&out);
	for (size_t i = 1; i < block->stay_count; i++) {
		json_put_begin(&out);
		add_stay(&out, block->stays[i]);
		json_put_end(&out);
	}
	json_put_array_end(&out);
	json_put_key(&out, "copies");
	json_put_array(&out);
	for (size_t i = 0; i < block->copy_count; i++)
		add_copy(&out, block, block->copies[i]);
	json_put_array_end(&out);
	add_remedies(&out, block);
	add_text(&out, "no_copy", none != NULL ? none->event.rest : "");
	json_put_end(&out);
	buf_byte(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
}
