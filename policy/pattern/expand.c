/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/pattern/expand.h"

#include <ctype.h>
#include <string.h>

#include "base/digits.h"
#include "base/escape.h"

struct name {
	const char	*text;
	size_t		 length;
};

/* closing - the brace that closes the one at the start, or NULL */
static const char *
closing(const char *at)
{
	char open = *at, close = open == '{' ? '}' : ')';
	unsigned depth = 0;

	for (; *at != '\0'; at++) {
		if (*at == open)
			depth++;
		else if (*at == close && --depth == 0)
			return at;
	}
	return NULL;
}

/* name_at - the name after a dollar sign; *at moves to its end */
static int
name_at(const char **at, struct name *out, struct err *err)
{
	const char *start = *at, *end;

	if (*start == '{' || *start == '(') {
		end = closing(start);
		if (end == NULL)
			return err_set(err, ERR_NEVER, "no closing brace: $%s",
			    ESCAPE(start));
		*out = (struct name){ start + 1, (size_t)(end - start - 1) };
		*at = end + 1;
		return 0;
	}
	for (end = start; isalnum((unsigned char)*end) || *end == '_'; end++)
		;
	*out = (struct name){ start, (size_t)(end - start) };
	*at = end;
	return 0;
}

/* number_of - the number that the name is */
static int
number_of(const struct name *name, unsigned *out, struct err *err)
{
	uint64_t number;

	if (!digits_parse(name->text, name->length, 99, &number) ||
	    number == 0)
		return err_set(err, ERR_NEVER, "want $1 to $99 after a dollar "
		    "sign, not '%.*s' (a dollar sign is written $$)",
		    (int)(name->length < 40 ? name->length : 40), name->text);
	*out = (unsigned)number;
	return 0;
}

/* expand - replace each $n */
int
expand(const char *text, expand_group *group, void *arg, struct buf *out,
    unsigned *out_highest, struct err *err)
{
	unsigned highest = 0, number = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, "$");
		struct name name;

		buf_bytes(out, text, n);
		text += n;
		if (*text == '\0')
			break;
		if (*++text == '$') {
			buf_byte(out, *text++);
			continue;
		}
		if (name_at(&text, &name, err) == -1 ||
		    number_of(&name, &number, err) == -1)
			return -1;
		if (number > highest)
			highest = number;
		if (group != NULL)
			group(arg, number, out);
	}
	*out_highest = highest;
	return 0;
}

/* expand_took - what a group matched */
const char *
expand_took(const struct buf *taken, unsigned number)
{
	const char *at = taken->data, *end = at + taken->len;

	while (--number > 0 && at < end)
		at += strlen(at) + 1;
	return at < end ? at : "";
}

/* expand_taken - append what a group matched */
void
expand_taken(void *taken, unsigned number, struct buf *out)
{
	buf_text(out, expand_took(taken, number));
}
