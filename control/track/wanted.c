/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/track/wanted.h"

#include <search.h>
#include <string.h>

#include "base/digits.h"
#include "base/libc.h"

enum { WANTED_MAX = 1000 };

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* make - what is longer than ids are is cut: it is only looked for */
static const char *
make(enum wanted_type type, const char *text, size_t n, char out[WANTED_MAX])
{
	if (n > WANTED_MAX - 2)
		n = WANTED_MAX - 2;
	out[0] = (char)type;
	memcpy(out + 1, text, n);
	out[n + 1] = '\0';
	return out;
}

/* wanted_has - is it one of them? */
bool
wanted_has(const struct wanted *keys, enum wanted_type type, const char *text,
    size_t n)
{
	char key[WANTED_MAX];

	return tfind(make(type, text, n, key), &keys->root, compare) != NULL;
}

/* wanted_add - one more */
void
wanted_add(struct wanted *keys, enum wanted_type type, const char *text,
    size_t n)
{
	char key[WANTED_MAX];

	if (n == 0 || wanted_has(keys, type, text, n))
		return;
	if (tsearch(arena_text(&keys->arena, make(type, text, n, key)),
	    &keys->root, compare) == NULL)
		mem_none();
	keys->count++;
}

/* wanted_has_number - of a MID or DCID */
bool
wanted_has_number(const struct wanted *keys, enum wanted_type type,
    uint64_t number)
{
	char text[DIGITS_MAX];

	return number != 0 && wanted_has(keys, type, text,
	    (size_t)(digits_decimal(text, number) - text));
}

/* wanted_add_number - likewise */
void
wanted_add_number(struct wanted *keys, enum wanted_type type, uint64_t number)
{
	char text[DIGITS_MAX];

	if (number != 0)
		wanted_add(keys, type, text,
		    (size_t)(digits_decimal(text, number) - text));
}

/* ---- MIDs ---- */

struct mids {
	void	(*each)(void *, uint64_t);
	void	*arg;
};

static void
visit(const void *node, VISIT which, void *closure)
{
	const char *key = *(const char *const *)node;
	const struct mids *mids = closure;
	uint64_t mid;

	if ((which == postorder || which == leaf) && *key == WANTED_MID &&
	    digits_parse(key + 1, strlen(key + 1), UINT64_MAX, &mid))
		mids->each(mids->arg, mid);
}

/* wanted_mids - those that are wanted */
void
wanted_mids(const struct wanted *keys, void (*each)(void *, uint64_t),
    void *arg)
{
	struct mids mids = { each, arg };

	twalk_r(keys->root, visit, &mids);
}

static void
leave(void *key)
{
	(void)key;		/* of the arena */
}

/* wanted_drop - all of them */
void
wanted_drop(struct wanted *keys)
{
	tdestroy(keys->root, leave);
	arena_drop(&keys->arena);
	*keys = (struct wanted){ .count = 0 };
}
