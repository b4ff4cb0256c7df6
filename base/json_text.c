/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json_text.h"

#include <string.h>

#include "base/utf8.h"

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

/* json_text_add - in quotes */
void
json_text_add(const char *text, struct buf *out)
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

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *p;

	p = c != '\0' ? strchr(digits, c) : NULL;
	return p != NULL ? (int)(p - digits) : -1;
}

/* json_text_undo - the text that is meant */
bool
json_text_undo(const char *text, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		int high, low;

		if (text[i] != '\\') {
			buf_byte(out, text[i]);
			continue;
		}
		if (i + 1 < n && text[i + 1] == '\\') {
			buf_byte(out, '\\');
			i++;
			continue;
		}
		if (n - i < 4 || text[i + 1] != 'x')
			return false;
		high = hex_digit(text[i + 2]);
		low = hex_digit(text[i + 3]);
		if (high < 8 || low < 0)
			return false;
		buf_byte(out, (char)(high << 4 | low));
		i += 3;
	}
	return true;
}
