/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from elsewhere, as it may stand in a log line. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"

/* escape - one byte as it may stand in a log line; returns its length */
static size_t
escape(char *out, unsigned char byte, char quote)
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
		n += escape(out + n, (unsigned char)*text, quote);
	}
	out[n] = '\0';
	return n;
}

/* log_escape - one line of printable ASCII */
const char *
log_escape(struct log_text *out, const char *text)
{
	escape_text(out->s, text, '\0');
	return out->s;
}

/* log_inside - the same, between quotes or brackets */
const char *
log_inside(struct log_text *out, const char *text, char end)
{
	escape_text(out->s, text, end);
	return out->s;
}

/* log_repr - the same, quoted as Python's repr does */
const char *
log_repr(struct log_text *out, const char *text)
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
