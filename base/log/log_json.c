/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_json.h"

#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/json_put.h"
#include "base/own.h"

enum { TEXT_MOST = 1000, KEY = 32 };

/* log_level - its name */
const char *
log_level(int level)
{
	return level <= LOG_CRIT ? "critical" :
	    level <= LOG_WARNING ? "warning" :
	    level <= LOG_INFO ? "info" : "debug";
}

/* hex - the value of "xNN"; 0: it is none, and no text has that byte */
static unsigned
hex(const char *text)
{
	static const char digits[] = "0123456789abcdef";
	const char *high = *text == 'x' && text[1] != '\0' ?
	    strchr(digits, text[1]) : NULL;
	const char *low = high != NULL && text[2] != '\0' ?
	    strchr(digits, text[2]) : NULL;

	return low == NULL ? 0 :
	    (unsigned)((high - digits) * 16 + (low - digits));
}

/* plain - the next byte of an escaped text, and past it */
static char
plain(const char **at)
{
	unsigned byte;

	if (**at != '\\' || (*at)[1] == '\0')
		return *(*at)++;
	byte = hex(*at + 1);
	*at += byte != 0 ? 4 : 2;
	return byte != 0 ? (char)byte : (*at)[-1];
}

/* undo - an escaped text, to its end or to the first such byte that has no
 * backslash; returns where that is */
static const char *
undo(const char *text, char end, struct buf *out)
{
	while (*text != '\0' && *text != end) {
		if (out->len >= TEXT_MOST) {
			buf_text(out, "...");
			return text + strlen(text);
		}
		buf_byte(out, plain(&text));
	}
	return text;
}

static void
put_text(struct buf *out, const char *key, const char *value)
{
	own(buf) struct buf text = BUF;

	undo(value, '\0', &text);
	json_put_text(out, key, text.data);
}

/* put_recipients - "<a>,<b> and 3 more", as an array and that number */
static void
put_recipients(struct buf *out, const char *value)
{
	uint64_t more;

	json_put_key(out, "recipients");
	json_put_array(out);
	while (*value == '<') {
		own(buf) struct buf text = BUF;

		value = undo(value + 1, '>', &text);
		json_put_item(out, text.data);
		value += *value == '>';
		value += *value == ',';
	}
	json_put_array_end(out);
	if (strncmp(value, " and ", 5) == 0 && digits_parse(value + 5,
	    strcspn(value + 5, " "), UINT32_MAX, &more))
		json_put_number(out, "more_recipients", more);
}

/* put_argument - the next one; returns the format after its conversion */
static const char *
put_argument(struct buf *out, const char *key, const char *format,
    va_list *args)
{
	size_t n = strspn(format, "0123456789.lz");
	char last = n > 0 ? format[n - 1] : '\0';

	if (format[n] == 's' && strcmp(key, "recipients") == 0)
		put_recipients(out, va_arg(*args, const char *));
	else if (format[n] == 's')
		put_text(out, key, va_arg(*args, const char *));
	else if (last == 'z')
		json_put_number(out, key, va_arg(*args, size_t));
	else if (last == 'l')		/* %llu alone: test_log_json.c */
		json_put_number(out, key, va_arg(*args, unsigned long long));
	else
		json_put_number(out, key, va_arg(*args, unsigned));
	return format + n + 1;
}

/* next_field - of names with a blank between them */
static const char *
next_field(const char *fields, char key[KEY])
{
	size_t n = strcspn(fields, " ");

	snprintf(key, KEY, "%.*s", (int)n, fields);
	return fields + n + (fields[n] == ' ');
}

/* log_json - one object */
void
log_json(const struct log_line *line, va_list args, struct buf *out)
{
	const char *fields = line->row->fields, *format = line->row->format;
	char key[KEY];
	va_list rest;

	json_put_begin(out);
	json_put_time(out, "time", line->wall);
	json_put_text(out, "level", log_level(line->row->level));
	json_put_text(out, "program", line->program);
	json_put_text(out, "event", line->row->name);
	va_copy(rest, args);
	while ((format = strchr(format, '%')) != NULL && *fields != '\0') {
		fields = next_field(fields, key);
		format = put_argument(out, key, format + 1, &rest);
	}
	va_end(rest);
	json_put_shown(out, "text", line->text);
	json_put_end(out);
}
