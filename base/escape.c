/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/escape.h"

#include <stdio.h>
#include <string.h>

/* escape_byte - as it may stand in a line; returns its length */
static size_t
escape_byte(char *out, unsigned char byte, char quote)
{
	if (byte == '\\' || (byte == (unsigned char)quote && quote != '\0'))
		return (size_t)sprintf(out, "\\%c", byte);
	if (byte < ' ' || byte > '~')
		return (size_t)sprintf(out, "\\x%02x", byte);
	*out = (char)byte;
	return 1;
}

static size_t
escape_text(char *out, const char *text, char quote)
{
	enum { MOST = 500 };
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (n > MOST - 4) {
			memcpy(out + n, "...", 3);
			n += 3;
			break;
		}
		n += escape_byte(out + n, (unsigned char)*text, quote);
	}
	out[n] = '\0';
	return n;
}

/* escape - one line of printable ASCII */
const char *
escape(struct escaped *out, const char *text)
{
	escape_text(out->s, text, '\0');
	return out->s;
}

/* escape_inside - the same, between quotes or brackets */
const char *
escape_inside(struct escaped *out, const char *text, char end)
{
	escape_text(out->s, text, end);
	return out->s;
}

/* escape_repr - the same, quoted as Python's repr does */
const char *
escape_repr(struct escaped *out, const char *text)
{
	char quote = strchr(text, '\'') != NULL && strchr(text, '"') == NULL ?
	    '"' : '\'';
	size_t n;

	out->s[0] = quote;
	n = escape_text(out->s + 1, text, quote);
	out->s[n + 1] = quote;
	out->s[n + 2] = '\0';
	return out->s;
}
