/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "remediate/api/api_private.h"

static const char stray[] = "\xef\xbf\xbd";		/* U+FFFD */

enum surrogate { NONE, HIGH, LOW };

/* surrogate - half of a character, "\uD83D"? */
static enum surrogate
surrogate(const char *at, size_t n)
{
	if (n < 6 || at[0] != '\\' || at[1] != 'u' ||
	    tolower((unsigned char)at[2]) != 'd' ||
	    !isxdigit((unsigned char)at[4]) || !isxdigit((unsigned char)at[5]))
		return NONE;
	if (strchr("89abAB", at[3]) != NULL)
		return HIGH;
	return strchr("cdefCDEF", at[3]) != NULL ? LOW : NONE;
}

/* add_escape - what a backslash begins; returns its length */
static size_t
add_escape(const char *at, size_t n, struct buf *out)
{
	enum surrogate half = surrogate(at, n);

	if (half == HIGH && surrogate(at + 6, n - 6) == LOW) {
		buf_bytes(out, at, 12);
		return 12;
	}
	if (half != NONE) {
		buf_text(out, stray);
		return 6;
	}
	buf_bytes(out, at, n < 2 ? n : 2);
	return n < 2 ? n : 2;
}

/* add_character - one of UTF-8; returns how much of the text it was */
static size_t
add_character(const char *at, size_t n, bool inside, struct buf *out)
{
	size_t length = utf8_length(at, n);

	if (length == 0 || (inside && (unsigned char)*at < ' '))
		buf_text(out, stray);
	else
		buf_bytes(out, at, length);
	return length > 0 ? length : 1;
}

/* api_clean - JSON whose texts have U+FFFD for what may not be in them */
void
api_clean(const char *text, size_t n, struct buf *out)
{
	bool inside = false;

	for (size_t done; n > 0; text += done, n -= done) {
		if (inside && *text == '\\') {
			done = add_escape(text, n, out);
			continue;
		}
		if (*text == '"')
			inside = !inside;
		done = add_character(text, n, inside, out);
	}
}

/* api_json - the value */
struct json_t *
api_json(const char *bytes, size_t n, struct err *err)
{
	own(buf) struct buf clean = BUF_SECRET;	/* it may hold a token */
	json_error_t why;
	json_t *value;

	api_clean(bytes, n, &clean);
	value = json_loadb(clean.data, clean.len, JSON_ALLOW_NUL, &why);
	if (value == NULL)
		err_set(err, ERR_LATER, "no JSON: %s", ESCAPE(why.text));
	return value;
}

/* api_text - a text, whatever the type */
const char *
api_text(struct arena *arena, const json_t *value)
{
	own(buf) struct buf text = BUF;
	const char *part, *end;

	if (json_is_array(value))
		value = json_array_get(value, 0);
	if (json_is_integer(value))
		return arena_format(arena, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	if (!json_is_string(value))
		return "";
	part = json_string_value(value);
	end = part + json_string_length(value);
	for (;; part++) {
		buf_text(&text, part);
		part += strlen(part);
		if (part >= end)
			return arena_bytes(arena, text.data, text.len);
		buf_text(&text, stray);
	}
}
