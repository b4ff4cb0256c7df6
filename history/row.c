/* SPDX-License-Identifier: BSD-2-Clause */
#include "history/row.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/json_text.h"
#include "base/own.h"

/* row_format - one line */
void
row_format(const char *envelope, const struct history_fate *fate,
    struct buf *out)
{
	buf_text(out, "{\"verdict\":");
	json_text_add(fate->verdict, out);
	buf_text(out, ",\"reply\":");
	json_text_add(fate->reply, out);
	buf_text(out, ",\"attempts\":");
	buf_number(out, fate->attempts);
	buf_text(out, ",\"dcid\":");
	buf_number(out, fate->dcid);
	buf_text(out, ",\"ended\":");
	buf_number(out, (uint64_t)fate->ended);
	buf_texts(out, ",\"header_sum\":\"", fate->header_sum,
	    "\",\"fields_sum\":\"", fate->fields_sum, "\"} ");
	buf_text(out, envelope);
	buf_byte(out, '\n');
}

/* text_of - in the arena; NULL: no text of ours */
static const char *
text_of(const json_t *object, const char *key, struct arena *arena)
{
	const json_t *value = json_object_get(object, key);
	own(buf) struct buf text = BUF;

	return json_is_string(value) && json_text_undo(
	    json_string_value(value), json_string_length(value), &text) ?
	    arena_bytes(arena, text.data, text.len) : NULL;
}

/* number_of - -1: none that can be */
static int64_t
number_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* sum_of - as many digits as there are, or none */
static void
sum_of(const json_t *object, const char *key, char out[HISTORY_SUM])
{
	const char *text = json_string_value(json_object_get(object, key));

	out[0] = '\0';
	if (text != NULL && strlen(text) == HISTORY_SUM - 1)
		memcpy(out, text, HISTORY_SUM);
}

static int
fate_of(const json_t *object, struct arena *arena, struct history_fate *out)
{
	int64_t attempts = number_of(object, "attempts");
	int64_t dcid = number_of(object, "dcid");

	out->verdict = text_of(object, "verdict", arena);
	out->reply = text_of(object, "reply", arena);
	out->ended = number_of(object, "ended");
	if (out->verdict == NULL || out->reply == NULL || out->ended < 0 ||
	    attempts < 0 || attempts > INT32_MAX || dcid < 0)
		return -1;
	out->attempts = (unsigned)attempts;
	out->dcid = (uint64_t)dcid;
	sum_of(object, "header_sum", out->header_sum);
	sum_of(object, "fields_sum", out->fields_sum);
	return 0;
}

/* row_parse - the other way */
int
row_parse(const char *line, size_t n, struct arena *arena,
    struct history_row *out, struct err *err)
{
	json_error_t error;
	json_t *fate = json_loadb(line, n, JSON_DISABLE_EOF_CHECK, &error);
	size_t at = fate != NULL ? (size_t)error.position : 0;
	int result = fate == NULL ? -1 : fate_of(fate, arena, &out->fate);

	json_decref(fate);
	if (result == -1 || at >= n || line[at] != ' ')
		return err_set(err, ERR_NEVER, "no row of a history");
	return envelope_parse(line + at + 1, n - at - 1, arena,
	    &out->envelope, err);
}
