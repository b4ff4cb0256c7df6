/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/texthash.h"

#include <stdbool.h>
#include <string.h>

#include "base/log.h"
#include "base/own.h"

/* key_end - the first blank outside quotation marks, or the end; NULL: a
 * quotation mark stays open */
static char *
key_end(char *text)
{
	bool in_quotes = false;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			in_quotes = !in_quotes;
		else if (!in_quotes && strchr(LINES_BLANKS, *text) != NULL)
			break;
	}
	return in_quotes ? NULL : text;
}

/* texthash_next - the next key and value */
int
texthash_next(struct lines *lines, struct pair *out, struct err *err)
{
	const char *end;
	char *value;
	int got = lines_next(lines, err);

	if (got != 1)
		return got;
	value = key_end(lines->text.data);
	if (value == NULL)
		return err_set(err, ERR_NEVER, "no closing quotation mark: %s",
		    LOG_ESCAPE(lines->text.data));
	*out = (struct pair){
		.key = lines->text.data,
		.key_length = (size_t)(value - lines->text.data),
		.line = lines->first,
	};
	value += strspn(value, LINES_BLANKS);
	end = lines->text.data + lines->text.len;
	while (end > value && strchr(LINES_BLANKS, end[-1]) != NULL)
		end--;
	if (end == value)
		return err_set(err, ERR_NEVER, "key '%s' has no value",
		    LOG_ESCAPE(lines->text.data));
	out->value = value;
	out->value_length = (size_t)(end - value);
	return 1;
}

/* slurp - the whole file */
static int
slurp(struct source *source, struct buf *out, struct err *err)
{
	own(fd) int fd = -1;
	size_t size, room;
	ssize_t n;

	if (source_open(source, &fd, &size, err) == -1)
		return -1;
	do {
		/* One byte more than there should be: to see the end. */
		room = out->len < size ? size - out->len + 1 : 4096;
		n = read(fd, buf_room(out, room), room);
		if (n > 0)
			out->len += (size_t)n;
	} while (n > 0 || (n == -1 && errno == EINTR));
	if (n == -1)
		return err_sys(err, "read %s", source->path);
	out->data[out->len] = '\0';
	return 0;
}

/* texthash_read - all pairs of a text file */
int
texthash_read(struct source *source, struct err *err)
{
	own(buf) struct buf text = BUF;
	struct lines lines;
	struct pair pair;
	int got;

	if (slurp(source, &text, err) == -1)
		return -1;
	lines_init(&lines, text.data, text.len);
	while ((got = texthash_next(&lines, &pair, err)) == 1)
		if (source->pair(source, &pair, err) == -1)
			break;
	if (got == -1)
		err_wrap(err, "%s:%u", source->path, lines.first);
	lines_drop(&lines);
	return got == 0 ? 0 : -1;
}
