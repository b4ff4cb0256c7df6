/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/lines.h"

#include <stdbool.h>
#include <string.h>

#include "base/blank.h"
#include "base/escape.h"

/* lines_init - before the first line */
void
lines_init(struct lines *lines, const char *text, size_t n)
{
	*lines = (struct lines){ .next = text, .end = text + n, .text = BUF };
}

/* counts - is the physical line more than blanks or a comment? */
static bool
counts(const char *line, const char *end)
{
	while (line < end && is_blank(*line))
		line++;
	return line < end && *line != '#';
}

/* goes_on - may the next line belong to the current one? */
static bool
goes_on(const struct lines *lines)
{
	return lines->next < lines->end &&
	    (*lines->next == '#' || is_blank(*lines->next));
}

/* take - add one physical line, if it counts */
static void
take(struct lines *lines)
{
	const char *line = lines->next;
	const char *end = memchr(line, '\n', (size_t)(lines->end - line));

	lines->next = end != NULL ? end + 1 : lines->end;
	lines->number++;
	if (end == NULL)
		end = lines->end;
	if (!counts(line, end))
		return;
	if (lines->text.len == 0)
		lines->first = lines->number;
	buf_bytes(&lines->text, line, (size_t)(end - line));
}

/* lines_next - the next logical line */
int
lines_next(struct lines *lines, struct err *err)
{
	buf_cut(&lines->text, 0);
	while (lines->next < lines->end) {
		take(lines);
		if (lines->text.len > 0 && !goes_on(lines))
			break;
	}
	if (lines->text.len == 0)
		return 0;
	if (is_blank(lines->text.data[0]))
		return err_set(err, ERR_NEVER, "continuation of no line: '%s'",
		    ESCAPE(lines->text.data));
	if (strlen(lines->text.data) != lines->text.len)
		return err_set(err, ERR_NEVER, "a NUL byte in the text");
	return 1;
}

/* lines_drop - free the current line */
void
lines_drop(struct lines *lines)
{
	buf_drop(&lines->text);
}

/* lines_each - pass on every pair of a text file */
int
lines_each(struct source *source, lines_pair *next, struct err *err)
{
	own(buf) struct buf text = BUF;
	struct lines lines;
	struct source_pair pair;
	int got;

	if (source_text(source, &text, err) == -1)
		return -1;
	lines_init(&lines, text.data, text.len);
	while ((got = next(&lines, &pair, err)) != 0) {
		if (got == -1)
			err_wrap(err, "%s:%u", source->path, lines.first);
		if (got == -1 && source->bad != NULL)
			source->bad(source, err);
		else if (got == -1 || source->pair(source, &pair, err) == -1)
			break;
	}
	lines_drop(&lines);
	return got == 0 ? 0 : -1;
}

/* whole_line - the line as a key, with no value */
static int
whole_line(struct lines *lines, struct source_pair *out, struct err *err)
{
	int got = lines_next(lines, err);

	*out = (struct source_pair){ .key = lines->text.data,
		.key_length = lines->text.len, .value = "",
		.line = lines->first };
	return got;
}

/* lines_read - the lines of a text file, one by one */
int
lines_read(struct source *source, struct err *err)
{
	return lines_each(source, whole_line, err);
}
