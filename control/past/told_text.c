/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/past/told_text.h"

#include <string.h>

#include "base/digits.h"

/* told_word - these letters */
bool
told_word(const char **at, const char *literal)
{
	size_t n = strlen(literal);

	if (strncmp(*at, literal, n) != 0)
		return false;
	*at += n;
	return true;
}

/* told_number - in decimal, as far as it goes */
bool
told_number(const char **at, uint64_t *out)
{
	size_t n = strspn(*at, "0123456789");

	if (n == 0 || !digits_parse(*at, n, INT64_MAX, out))
		return false;
	*at += n;
	return true;
}

/* hex - of a digit; -1: it is none */
static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/* byte - one that was escaped; where the next one begins.  A NUL cannot have
 * been in a text */
static const char *
byte(const char *at, char *out)
{
	int high, low;

	if (*at != '\\' || at[1] == '\0') {
		*out = *at;
		return at + 1;
	}
	high = hex(at[2]);
	low = high != -1 ? hex(at[3]) : -1;
	if (at[1] == 'x' && high >= 0 && low >= 0) {
		*out = (char)(high << 4 | low);
		if (*out == '\0')
			*out = '?';
		return at + 4;
	}
	*out = at[1];
	return at + 2;
}

/* told_plain - as it was before escape() */
const char *
told_plain(const char *text, size_t n, struct arena *arena)
{
	char *out = arena_new(arena, n + 1), *to = out;

	for (const char *at = text; at < text + n; to++)
		at = byte(at, to);
	*to = '\0';
	return out;
}

/* told_inside - up to the first end that is not escaped */
bool
told_inside(const char **at, char end, struct arena *arena, const char **out)
{
	const char *p = *at;

	while (*p != '\0' && *p != end)
		p += *p == '\\' && p[1] != '\0' ? 2 : 1;
	if (*p == '\0')
		return false;
	*out = told_plain(*at, (size_t)(p - *at), arena);
	*at = p + 1;
	return true;
}

/* told_until - where the form has no quotes */
bool
told_until(const char **at, const char *literal, struct arena *arena,
    const char **out)
{
	const char *found = strstr(*at, literal);

	if (found == NULL)
		return false;
	*out = told_plain(*at, (size_t)(found - *at), arena);
	*at = found + strlen(literal);
	return true;
}

static void
add(const char *text, struct arena *arena, const char ***list, size_t *count)
{
	size_t n = *count;

	/* It has room for the next power of two. */
	if ((n & (n - 1)) == 0) {
		const char **more = arena_new(arena, (n > 0 ? 2 * n : 1) *
		    sizeof(*more));

		if (n > 0)
			memcpy(more, *list, n * sizeof(*more));
		*list = more;
	}
	(*list)[(*count)++] = text;
}

/* told_list - of addresses */
bool
told_list(const char **at, struct arena *arena, const char ***list,
    size_t *count, uint64_t *more)
{
	const char *address;
	uint64_t left;

	do {
		if (!told_word(at, "<") ||
		    !told_inside(at, '>', arena, &address))
			return false;
		add(address, arena, list, count);
	} while (told_word(at, ","));
	if (told_word(at, " and ")) {
		if (!told_number(at, &left) || !told_word(at, " more"))
			return false;
		*more += left;
	}
	return true;
}
