/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/digits.h"
#include "control/logs/logline_private.h"

/* text_of - a string; NULL: there is none */
static const char *
text_of(const json_t *entry, const char *key)
{
	return json_string_value(json_object_get(entry, key));
}

/* number_of - which the journal writes as a string; 0: there is none */
static uint64_t
number_of(const json_t *entry, const char *key, uint64_t most)
{
	const char *text = text_of(entry, key);
	uint64_t number = 0;

	if (text != NULL)
		(void)digits_parse(text, strlen(text), most, &number);
	return number;
}

/* message_of - that is not UTF-8 stands there as an array of bytes, which is
 * replaced by a string; NULL: there is none */
static const char *
message_of(json_t *entry)
{
	json_t *message = json_object_get(entry, "MESSAGE"), *byte, *text;
	own(buf) struct buf bytes = BUF;
	size_t i;

	if (json_is_string(message))
		return json_string_value(message);
	if (!json_is_array(message))
		return NULL;
	json_array_foreach(message, i, byte) {
		json_int_t value = json_integer_value(byte);

		buf_byte(&bytes, value > 0 && value < 256 ? (char)value : '?');
	}
	text = json_stringn_nocheck(bytes.data, bytes.len);
	if (text == NULL || json_object_set_new(entry, "MESSAGE", text) == -1)
		return NULL;
	return json_string_value(text);
}

/* ours - a line of mail_logs_file with log_format = json: its time is a number of
 * seconds, and "event" the name of the line */
static bool
ours(const json_t *entry, struct logline *out)
{
	double at = json_number_value(json_object_get(entry, "time"));

	out->program = text_of(entry, "program");
	out->text = text_of(entry, "text");
	if (!(at > 0 && at < 1e12) || out->program == NULL || out->text == NULL)
		return false;
	out->at = (int64_t)(at * 1000 + 0.5);
	out->asyncos = true;
	return true;
}

/* logline_json - of journalctl -o json, or ours */
bool
logline_json(struct logline_parser *parser, const char *text, size_t n,
    struct logline *out)
{
	json_t *entry = json_loadb(text, n, 0, NULL);

	logline_drop(parser);
	parser->json = entry;
	if (!json_is_object(entry))
		return false;
	if (text_of(entry, "event") != NULL)
		return ours(entry, out);
	out->at = (int64_t)(number_of(entry, "__REALTIME_TIMESTAMP", INT64_MAX) /
	    1000);
	out->text = message_of(entry);
	out->program = text_of(entry, "SYSLOG_IDENTIFIER");
	if (out->program == NULL)
		out->program = text_of(entry, "_COMM");
	if (out->at == 0 || out->text == NULL || out->program == NULL)
		return false;
	out->pid = number_of(entry, "SYSLOG_PID", UINT32_MAX);
	if (out->pid == 0)
		out->pid = number_of(entry, "_PID", UINT32_MAX);
	return true;
}
