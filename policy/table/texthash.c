/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/texthash.h"

#include <stdbool.h>
#include <string.h>

#include "base/blank.h"
#include "base/escape.h"
#include "base/own.h"

/* key_end - the first blank outside quotation marks, or the end; NULL: a
 * quotation mark is not closed */
static char *
key_end(char *text)
{
	bool in_quotes = false;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			in_quotes = !in_quotes;
		else if (!in_quotes && strchr(BLANKS, *text) != NULL)
			break;
	}
	return in_quotes ? NULL : text;
}

/* texthash_next - the next key and value */
int
texthash_next(struct lines *lines, struct source_pair *out, struct err *err)
{
	const char *end;
	char *value;
	int got = lines_next(lines, err);

	if (got != 1)
		return got;
	value = key_end(lines->text.data);
	if (value == NULL)
		return err_set(err, ERR_NEVER, "no closing quotation mark: %s",
		    ESCAPE(lines->text.data));
	*out = (struct source_pair){
		.key = lines->text.data,
		.key_length = (size_t)(value - lines->text.data),
		.line = lines->first,
	};
	value += strspn(value, BLANKS);
	end = lines->text.data + lines->text.len;
	while (end > value && strchr(BLANKS, end[-1]) != NULL)
		end--;
	if (end == value)
		return err_set(err, ERR_NEVER, "key '%s' has no value",
		    ESCAPE(lines->text.data));
	out->value = value;
	out->value_length = (size_t)(end - value);
	return 1;
}

/* texthash_read - all pairs of a text file */
int
texthash_read(struct source *source, struct err *err)
{
	return lines_each(source, texthash_next, err);
}
