/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json_text.h"

#include <string.h>

#include "base/utf8.h"

struct form {
	const char	*backslash;
	bool		 shown;		/* DEL and beyond are escaped, too */
};

/* plain - how many bytes stand in JSON as they are, of ASCII */
static size_t
plain(const char *text, const struct form *form)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned end = form->shown ? 0x7f : 0x80;

	while (*p >= ' ' && *p < end && *p != '"' && *p != '\\')
		p++;
	return (size_t)(p - (const unsigned char *)text);
}

/* add_control - a byte below ' ', or DEL */
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
add_odd(struct buf *out, const char *text, size_t n, const struct form *form)
{
	size_t length = *text != '\0' ? utf8_length(text, n) : 0;

	if (length == 0) {
		buf_format(out, "\\\\x%02x", (unsigned char)*text);
		return 1;
	}
	if (*text == '"')
		buf_text(out, "\\\"");
	else if (*text == '\\')
		buf_text(out, form->backslash);
	else if (length == 1)
		add_control(out, *text);
	else if (form->shown && is_c1(text, length))
		buf_format(out, "\\u%04X", (unsigned char)text[1]);
	else
		buf_bytes(out, text, length);
	return length;
}

static void
add(const char *text, size_t all, const struct form *form, struct buf *out)
{
	const char *end = text + all;

	buf_byte(out, '"');
	while (text < end) {
		size_t n = plain(text, form);

		buf_bytes(out, text, n);
		text += n;
		if (text < end)
			text += add_odd(out, text, (size_t)(end - text), form);
	}
	buf_byte(out, '"');
}

/* json_text_add - in quotes */
void
json_text_add(const char *text, struct buf *out)
{
	add(text, strlen(text), &(struct form){ "\\\\\\\\", false }, out);
}

/* json_text_add_bytes - so many */
void
json_text_add_bytes(const char *bytes, size_t n, struct buf *out)
{
	add(bytes, n, &(struct form){ "\\\\\\\\", true }, out);
}

/* json_text_add_shown - the same of what is for people */
void
json_text_add_shown(const char *text, struct buf *out)
{
	add(text, strlen(text), &(struct form){ "\\\\", true }, out);
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
