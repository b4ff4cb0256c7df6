/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/list.h"

#include <stdbool.h>
#include <string.h>

#include "base/blank.h"
#include "base/escape.h"

/* is_gap - does the character separate words? */
static bool
is_gap(char c)
{
	return c == ',' || is_blank(c);
}

/* list_next - the next word */
int
list_next(const char **at, struct list_span *out, struct err *err)
{
	const char *start = *at, *end;
	unsigned depth = 0;

	while (is_gap(*start))
		start++;
	for (end = start; *end != '\0'; end++) {
		if (*end == '{')
			depth++;
		else if (*end == '}' && depth > 0)
			depth--;
		else if (depth == 0 && is_gap(*end))
			break;
	}
	if (depth > 0)
		return err_set(err, ERR_NEVER, "no closing brace: %s",
		    ESCAPE(start));
	*at = end;
	*out = (struct list_span){ start, (size_t)(end - start) };
	return end > start;
}

/* closing - index of the brace that closes the first one, or 0 */
static size_t
closing(struct list_span in)
{
	unsigned depth = 0;

	for (size_t i = 0; i < in.length; i++) {
		if (in.text[i] == '{')
			depth++;
		else if (in.text[i] == '}' && --depth == 0)
			return i;
	}
	return 0;
}

/* list_unbrace - remove one pair of braces, and the blanks within */
int
list_unbrace(struct list_span in, struct list_span *out, struct err *err)
{
	size_t last;

	if (in.length == 0 || in.text[0] != '{')
		return err_set(err, ERR_NEVER, "no opening brace");
	last = closing(in);
	if (last == 0)
		return err_set(err, ERR_NEVER, "no closing brace");
	if (last != in.length - 1)
		return err_set(err, ERR_NEVER, "text after the closing brace");
	in = (struct list_span){ in.text + 1, last - 1 };
	while (in.length > 0 && strchr(BLANKS, in.text[0]) != NULL)
		in = (struct list_span){ in.text + 1, in.length - 1 };
	while (in.length > 0 &&
	    strchr(BLANKS, in.text[in.length - 1]) != NULL)
		in.length--;
	*out = in;
	return 0;
}
