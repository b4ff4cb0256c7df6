/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/envelope_private.h"

#include <string.h>

/* take_literal - go over what must stand here */
static bool
take_literal(const char **at, const char *end, const char *literal)
{
	size_t n = strlen(literal);

	if ((size_t)(end - *at) < n || memcmp(*at, literal, n) != 0)
		return false;
	*at += n;
	return true;
}

/* take_text - of characters that stand for themselves */
static const char *
take_text(const char **at, const char *end, struct arena *arena)
{
	const char *start, *p;

	if (!take_literal(at, end, "\""))
		return NULL;
	for (start = p = *at; p < end && *p != '"'; p++)
		if (*p < ' ' || *p > '~' || *p == '\\')
			return NULL;
	if (p == end)
		return NULL;
	*at = p + 1;
	return arena_bytes(arena, start, (size_t)(p - start));
}

static bool
take_texts(const char **at, const char *end, struct arena *arena,
    struct envelope *out)
{
	enum { MOST = 64 };
	const char *texts[MOST];
	size_t count = 0;

	if (!take_literal(at, end, "["))
		return false;
	do {
		if (count == MOST ||
		    (texts[count++] = take_text(at, end, arena)) == NULL)
			return false;
	} while (take_literal(at, end, ","));
	out->recipients = arena_new(arena, count * sizeof(*texts));
	memcpy(out->recipients, texts, count * sizeof(*texts));
	out->recipient_count = count;
	return take_literal(at, end, "]");
}

/* take_number - as JSON has it: no sign, no zero in front */
static bool
take_number(const char **at, const char *end, uint64_t *out)
{
	const char *p = *at;

	for (*out = 0; p < end && *p >= '0' && *p <= '9'; p++)
		*out = 10 * *out + (uint64_t)(*p - '0');
	if (p == *at || p - *at > 18 || (**at == '0' && p - *at > 1))
		return false;
	*at = p;
	return true;
}

static bool
take_field(const char **at, const char *end, const struct envelope_field *field,
    struct arena *arena, struct envelope *out)
{
	void *place = (char *)out + field->place;
	uint64_t number;

	switch (field->type) {
	case ENVELOPE_TEXT:
		*(const char **)place = take_text(at, end, arena);
		return *(const char **)place != NULL;
	case ENVELOPE_TEXTS:
		return take_texts(at, end, arena, out);
	case ENVELOPE_NUMBER:
		return take_number(at, end, place);
	case ENVELOPE_TIME:
		if (!take_number(at, end, &number))
			return false;
		*(int64_t *)place = (int64_t)number;
		return true;
	case ENVELOPE_TRUTH:
		*(bool *)place = take_literal(at, end, "true");
		return *(bool *)place || take_literal(at, end, "false");
	}
	return false;
}

/* envelope_fast - read it, if it is of the plain kind */
bool
envelope_fast(const char *at, const char *end, struct arena *arena,
    struct envelope *out)
{
	for (size_t i = 0; i < ENVELOPE_FIELDS; i++)
		if (!take_literal(&at, end, i == 0 ? "{\"" : ",\"") ||
		    !take_literal(&at, end, envelope_fields[i].key) ||
		    !take_literal(&at, end, "\":") ||
		    !take_field(&at, end, &envelope_fields[i], arena, out))
			return false;
	if (!take_literal(&at, end, "}"))
		return false;
	(void)take_literal(&at, end, "\n");
	return at == end;
}
