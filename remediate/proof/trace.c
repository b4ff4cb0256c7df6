/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/proof/trace.h"

#include <string.h>
#include <strings.h>
#include <time.h>

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* skip_quoted - after the character that closes what opens at p, in which a
 * backslash quotes; comments are nested */
static const char *
skip_quoted(const char *p, char open, char close)
{
	unsigned depth = 1;

	for (p++; *p != '\0' && depth > 0; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == close)
			depth--;
		else if (*p == open)
			depth++;
	}
	return p;
}

/* skip_space - and comments */
static const char *
skip_space(const char *p)
{
	for (;;) {
		if (is_space(*p))
			p++;
		else if (*p == '(')
			p = skip_quoted(p, '(', ')');
		else
			return p;
	}
}

/* word_end - of the word that begins at p; a ";" is one */
static const char *
word_end(const char *p)
{
	if (*p == ';')
		return p + 1;
	while (*p != '\0' && !is_space(*p) && *p != '(' && *p != ';') {
		if (*p == '"')
			p = skip_quoted(p, '\0', '"');
		else if (*p == '<')
			p = skip_quoted(p, '\0', '>');
		else
			p++;
	}
	return p;
}

static bool
is_word(const char *p, const char *end, const char *word)
{
	return (size_t)(end - p) == strlen(word) &&
	    strncasecmp(p, word, strlen(word)) == 0;
}

/* parse_date - "Thu, 26 Nov 2026 10:00:00 +0100", the day may be missing */
static bool
parse_date(const char *text, int64_t *out)
{
	struct tm tm = { 0 };
	const char *comma, *end;
	time_t seconds;

	text = skip_space(text);
	comma = strchr(text, ',');
	if (comma != NULL)
		text = skip_space(comma + 1);
	end = strptime(text, "%d %b %Y %H:%M:%S %z", &tm);
	if (end == NULL || *skip_space(end) != '\0')
		return false;
	seconds = timegm(&(struct tm){ .tm_year = tm.tm_year,
	    .tm_mon = tm.tm_mon, .tm_mday = tm.tm_mday, .tm_hour = tm.tm_hour,
	    .tm_min = tm.tm_min, .tm_sec = tm.tm_sec });
	*out = ((int64_t)seconds - tm.tm_gmtoff) * 1000;
	return true;
}

/* trace_parse - word by word */
bool
trace_parse(const char *value, struct trace_field *out)
{
	const char *date = NULL, *end;
	struct buf *next = NULL;

	buf_cut(out->by, 0);
	buf_cut(out->id, 0);
	for (const char *p = skip_space(value); *p != '\0';
	    p = skip_space(end)) {
		end = word_end(p);
		if (*p == ';') {
			date = end;
			next = NULL;
		} else if (next != NULL) {
			buf_bytes(next, p, (size_t)(end - p));
			next = NULL;
		} else if (is_word(p, end, "by")) {
			buf_cut(out->by, 0);
			buf_cut(out->id, 0);
			next = out->by;
		} else if (is_word(p, end, "id")) {
			buf_cut(out->id, 0);
			next = out->id;
		}
	}
	out->time = 0;
	return date != NULL && parse_date(date, &out->time) &&
	    out->by->len > 0 && out->id->len > 0;
}
