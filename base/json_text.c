/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* plain - how many bytes stand in JSON as they are, of ASCII */
static size_t
plain(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\')
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

/* is_c1 - a control character beyond ASCII, U+0080 to U+009F */
static bool
is_c1(const char *text, size_t length)
{
	return length == 2 && (unsigned char)text[0] == 0xc2 &&
	    (unsigned char)text[1] < 0xa0;
}

/* add_odd - the next character, which is not plain; returns its length */
static size_t
add_odd(struct buf *out, const char *text, size_t n, const char *backslash)
{
	size_t length = *text != '\0' ? utf8_length(text, n) : 0;

	if (length == 0) {
		buf_format(out, "\\\\x%02x", (unsigned char)*text);
		return 1;
	}
	if (*text == '"')
		buf_text(out, "\\\"");
	else if (*text == '\\')
		buf_text(out, backslash);
	else if (length == 1)
		add_control(out, *text);
	else if (is_c1(text, length))
		buf_format(out, "\\u%04X", (unsigned char)text[1]);
	else
		buf_bytes(out, text, length);
	return length;
}

static void
add(const char *text, size_t all, const char *backslash, struct buf *out)
{
	const char *end = text + all;

	buf_byte(out, '"');
	while (text < end) {
		size_t n = plain(text);

		buf_bytes(out, text, n);
		text += n;
		if (text < end)
			text += add_odd(out, text, (size_t)(end - text),
			    backslash);
	}
	buf_byte(out, '"');
}

/* json_text_add - in quotes */
void
json_text_add(const char *text, struct buf *out)
{
	json_text_add_bytes(text, strlen(text), out);
}

/* json_text_add_bytes - so many */
void
json_text_add_bytes(const char *bytes, size_t n, struct buf *out)
{
	add(bytes, n, "\\\\\\\\", out);
}

/* json_text_add_shown - the same of what is for people */
void
json_text_add_shown(const char *text, struct buf *out)
{
	add(text, strlen(text), "\\\\", out);
}
