/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/report/header.h"

#include <string.h>
#include <strings.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_space(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

/* line_end - after the LF of the line that begins at p, or the end */
static const char *
line_end(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	return lf != NULL ? lf + 1 : end;
}

static bool
is_empty_line(const char *p, const char *end)
{
	return p == end || *p == '\n' ||
	    (*p == '\r' && end - p > 1 && p[1] == '\n');
}

/* name_end - after a field name that stands before a colon, or NULL
 *
 *	field-name = 1*ftext
 *	ftext      = %d33-57 / %d59-126		; printable but ":"
 *	obs-field  = field-name *WSP ":" ...
 */
static const char *
name_end(const char *p, const char *end)
{
	const char *start = p, *name;

	while (p < end && *p > ' ' && *p < 127 && *p != ':')
		p++;
	name = p;
	while (p < end && is_blank(*p))
		p++;
	return name > start && p < end && *p == ':' ? name : NULL;
}

/* without_line_end - end of the text in front of one CRLF or LF */
static const char *
without_line_end(const char *start, const char *end)
{
	if (end == start || end[-1] != '\n')
		return end;
	end--;
	return end > start && end[-1] == '\r' ? end - 1 : end;
}

/* header_next - the next field; false: the header ends here
 *
 *	field = field-name *WSP ":" *(any / CRLF WSP) CRLF
 */
bool
header_next(const char *bytes, size_t size, size_t *at,
    struct header_field *out)
{
	const char *end = bytes + size, *p = bytes + *at, *start, *name;

	for (;;) {
		if (is_empty_line(p, end)) {
			*at = (size_t)(p - bytes);
			return false;
		}
		start = p;
		name = name_end(p, end);
		p = line_end(p, end);
		while (p < end && is_blank(*p))
			p = line_end(p, end);
		if (name != NULL)
			break;
	}
	out->start = start;
	out->length = (size_t)(p - start);
	out->name = start;
	out->name_length = (size_t)(name - start);
	out->value = (const char *)memchr(name, ':', (size_t)(p - name)) + 1;
	out->value_length =
	    (size_t)(without_line_end(out->value, p) - out->value);
	*at = (size_t)(p - bytes);
	return true;
}

/* header_is - is this the field of that name? */
bool
header_is(const struct header_field *field, const char *name)
{
	return strlen(name) == field->name_length &&
	    strncasecmp(field->name, name, field->name_length) == 0;
}

/* header_unfold - append the value as one line */
void
header_unfold(const struct header_field *field, struct buf *out)
{
	const char *p = field->value, *end = p + field->value_length;
	const char *line;

	while (p < end && is_space(*p))
		p++;
	while (end > p && is_space(end[-1]))
		end--;
	for (; p < end; p = line) {
		line = line_end(p, end);
		buf_bytes(out, p, (size_t)(without_line_end(p, line) - p));
	}
}
