/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/owner/owners.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"

struct search {
	const struct owners_tables *tables;
	struct owners	*out;
	struct err	*err;
};

/* without_extension - "user@domain" of "user+ext@domain"; NULL: it has none */
static char *
without_extension(struct arena *arena, const char *address,
    const char *delimiters)
{
	const char *at = strrchr(address, '@');
	size_t local = at != NULL ? (size_t)(at - address) : strlen(address);
	size_t user = strcspn(address, delimiters);

	if (*delimiters == '\0' || user == 0 || user >= local)
		return NULL;
	return arena_format(arena, "%.*s%s", (int)user, address,
	    address + local);
}

/* look - the address, then without its extension, then its domain */
static int
look(const struct search *search, const struct maps *maps,
    const char *address, struct buf *out)
{
	const char *at = strrchr(address, '@');
	const char *keys[] = { address,
		without_extension(&search->out->arena, address,
		    search->tables->delimiters), at };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		int got = keys[i] == NULL ? 0 :
		    maps_find(maps, keys[i], out, search->err);

		if (got != 0)
			return got;
	}
	return 0;
}

/* add - an owner, once */
static int
add(const struct search *search, const char *name)
{
	struct owners *out = search->out;

	for (size_t i = 0; i < out->count; i++)
		if (strcasecmp(out->names[i], name) == 0)
			return 0;
	if (out->count == OWNERS_MAX)
		return err_set(search->err, ERR_NEVER,
		    "it leads to more than %d mailboxes", OWNERS_MAX);
	out->names[out->count++] = arena_text(&out->arena, name);
	return 0;
}

/* next_word - separated by commas or blanks; false: none is left */
static bool
next_word(const char **at, struct arena *arena, char **out)
{
	size_t length;

	*at += strspn(*at, ", \t\r\n");
	length = strcspn(*at, ", \t\r\n");
	if (length == 0)
		return false;
	*out = arena_bytes(arena, *at, length);
	*at += length;
	return true;
}

/* add_mailboxes - what mailbox_maps have for an address, or itself */
static int
add_mailboxes(const struct search *search, const char *address)
{
	own(buf) struct buf value = BUF;
	const char *at, *plain;
	char *word;
	int got = look(search, search->tables->mailboxes, address, &value);

	if (got == -1)
		return -1;
	if (got == 0) {
		plain = without_extension(&search->out->arena, address,
		    search->tables->delimiters);
		return add(search, plain != NULL ? plain : address);
	}
	at = value.data;
	while (next_word(&at, &search->out->arena, &word))
		if (add(search, word) == -1)
			return -1;
	return 0;
}

static int	resolve(const struct search *, const char *, unsigned);

/* follow - each address that an alias stands for */
static int
follow(const struct search *search, const char *from, const char *value,
    unsigned depth)
{
	const char *domain = strrchr(from, '@');
	char *word;

	while (next_word(&value, &search->out->arena, &word)) {
		if (*word == '@' && domain != NULL)	/* of the whole domain */
			word = arena_format(&search->out->arena, "%.*s%s",
			    (int)(domain - from), from, word);
		else if (strchr(word, '@') == NULL &&
		    *search->tables->origin != '\0')
			word = arena_format(&search->out->arena, "%s@%s",
			    word, search->tables->origin);
		/* an alias of itself is an end, as in Postfix */
		if (strcasecmp(word, from) == 0 ? add_mailboxes(search, word) ==
		    -1 : resolve(search, word, depth + 1) == -1)
			return -1;
	}
	return 0;
}

static int
resolve(const struct search *search, const char *address, unsigned depth)
{
	own(buf) struct buf value = BUF;
	int got;

	if (depth > OWNERS_DEPTH)
		return err_set(search->err, ERR_NEVER,
		    "virtual aliases lead nowhere");
	got = look(search, search->tables->aliases, address, &value);
	if (got == -1)
		return -1;
	return got == 0 ? add_mailboxes(search, address) :
	    follow(search, address, value.data, depth);
}

/* owners_find - through all tables */
int
owners_find(const struct owners_tables *tables, const char *address,
    struct owners *out, struct err *err)
{
	const struct search search = { tables, out, err };

	*out = (struct owners){ 0 };
	if (resolve(&search, address, 0) == 0)
		return 0;
	owners_drop(out);
	return err_wrap(err, "%s", ESCAPE(address));
}

/* owners_drop - all of it */
void
owners_drop(struct owners *owners)
{
	arena_drop(&owners->arena);
	*owners = (struct owners){ 0 };
}
