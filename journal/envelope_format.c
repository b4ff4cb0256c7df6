/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "journal/envelope_private.h"

enum { USUAL = 600 };		/* bytes of a line */

/* plain - how many bytes stand in JSON as they are, of ASCII */
static size_t
plain(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p >= ' ' && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return (size_t)(p - (const unsigned char *)text);
}

/* add_control - a byte below ' ' */
static void
add_control(struct buf *out, char byte)
{
	static const char bytes[] = "\b\f\n\r\t", letters[] = "bfnrt";
	const char *found = strchr(bytes, byte);

	if (found != NULL)
		buf_format(out, "\\%c", letters[found - bytes]);
	else
		buf_format(out, "\\u%04X", (unsigned char)byte);
}

/* add_odd - the next character, which is not plain; returns its length */
static size_t
add_odd(struct buf *out, const char *text, size_t n)
{
	size_t length = utf8_length(text, n);

	if (length == 0) {
		buf_format(out, "\\\\x%02x", (unsigned char)*text);
		return 1;
	}
	if (*text == '"')
		buf_text(out, "\\\"");
	else if (*text == '\\')
		buf_text(out, "\\\\\\\\");
	else if (length == 1)
		add_control(out, *text);
	else
		buf_bytes(out, text, length);
	return length;
}

/* add_text - a JSON string of
 *
 *	text    = *(UTF8-char / "\" "\" / "\x" 2hexdig)
 */
static void
add_text(struct buf *out, const char *text)
{
	const char *end = text + strlen(text);

	buf_byte(out, '"');
	while (text < end) {
		size_t n = plain(text);

		buf_bytes(out, text, n);
		text += n;
		if (text < end)
			text += add_odd(out, text, (size_t)(end - text));
	}
	buf_byte(out, '"');
}

static void
add_texts(struct buf *out, const char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_byte(out, i == 0 ? '[' : ',');
		add_text(out, texts[i]);
	}
	buf_text(out, count == 0 ? "[]" : "]");
}

static void
add_value(struct buf *out, const struct envelope *envelope,
    const struct envelope_field *field)
{
	const void *place = (const char *)envelope + field->place;

	switch (field->type) {
	case ENVELOPE_TEXT:
		add_text(out, *(const char *const *)place);
		break;
	case ENVELOPE_TEXTS:
		add_texts(out, envelope->recipients,
		    envelope->recipient_count);
		break;
	case ENVELOPE_NUMBER:
		buf_number(out, *(const uint64_t *)place);
		break;
	case ENVELOPE_TIME:
		buf_format(out, "%" PRId64, *(const int64_t *)place);
		break;
	case ENVELOPE_TRUTH:
		buf_text(out, *(const bool *)place ? "true" : "false");
		break;
	}
}

/* envelope_format - append one line of JSON
 *
 * By hand, since it is done for every copy: to build an object and have it
 * printed takes seven times as long, and almost half of all that a copy of
 * ten kB costs outside the kernel. */
void
envelope_format(const struct envelope *envelope, struct buf *out)
{
	buf_room(out, USUAL);
	for (size_t i = 0; i < ENVELOPE_FIELDS; i++) {
		buf_text(out, i == 0 ? "{\"" : ",\"");
		buf_text(out, envelope_fields[i].key);
		buf_text(out, "\":");
		add_value(out, envelope, &envelope_fields[i]);
	}
	buf_byte(out, '}');
}
