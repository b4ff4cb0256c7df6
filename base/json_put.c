/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json_put.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_text.h"

/* separate - from what stands before it */
static void
separate(struct buf *out)
{
	char last = out->len > 0 ? out->data[out->len - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		buf_byte(out, ',');
}

/* json_put_begin - an object */
void
json_put_begin(struct buf *out)
{
	separate(out);
	buf_byte(out, '{');
}

/* json_put_end - of the object */
void
json_put_end(struct buf *out)
{
	buf_byte(out, '}');
}

/* json_put_key - of the value that follows */
void
json_put_key(struct buf *out, const char *key)
{
	separate(out);
	buf_texts(out, "\"", key, "\":");
}

/* json_put_array - its elements follow */
void
json_put_array(struct buf *out)
{
	separate(out);
	buf_byte(out, '[');
}

/* json_put_array_end - of the array */
void
json_put_array_end(struct buf *out)
{
	buf_byte(out, ']');
}

/* json_put_item - a text in an array */
void
json_put_item(struct buf *out, const char *text)
{
	separate(out);
	json_text_add_bytes(text, strlen(text), out);
}

/* json_put_text - a member that keeps any bytes */
void
json_put_text(struct buf *out, const char *key, const char *text)
{
	if (text == NULL) {
		json_put_null(out, key);
		return;
	}
	json_put_bytes(out, key, text, strlen(text));
}

/* json_put_shown - a member for people */
void
json_put_shown(struct buf *out, const char *key, const char *text)
{
	json_put_key(out, key);
	json_text_add_shown(text, out);
}

/* json_put_bytes - among which may be NUL */
void
json_put_bytes(struct buf *out, const char *key, const char *bytes, size_t n)
{
	json_put_key(out, key);
	json_text_add_bytes(bytes, n, out);
}

/* json_put_number - a whole one */
void
json_put_number(struct buf *out, const char *key, uint64_t number)
{
	json_put_key(out, key);
	buf_number(out, number);
}

/* json_put_time - in seconds */
void
json_put_time(struct buf *out, const char *key, int64_t wall)
{
	json_put_key(out, key);
	buf_format(out, "%" PRId64 ".%03d", wall / 1000, (int)(wall % 1000));
}

/* json_put_bool - true or false */
void
json_put_bool(struct buf *out, const char *key, bool value)
{
	json_put_key(out, key);
	buf_text(out, value ? "true" : "false");
}

/* json_put_null - not known, or none */
void
json_put_null(struct buf *out, const char *key)
{
	json_put_key(out, key);
	buf_text(out, "null");
}
