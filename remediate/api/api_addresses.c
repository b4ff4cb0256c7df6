/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/api/api_addresses.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "remediate/api/api_private.h"

enum { COMPARED = 1000 };	/* with so many at most; then some may repeat */

struct list {
	struct arena	*arena;
	const char	**names;
	size_t		 count, room;
};

static bool
is_known(const struct list *list, const char *name, size_t n)
{
	size_t most = list->count < COMPARED ? list->count : COMPARED;

	for (size_t i = 0; i < most; i++)
		if (strlen(list->names[i]) == n &&
		    memcmp(list->names[i], name, n) == 0)
			return true;
	return false;
}

/* add - n bytes, when they are an address */
static void
add(struct list *list, const char *name, size_t n)
{
	if (memchr(name, '@', n) == NULL || is_known(list, name, n))
		return;
	if (list->count == list->room) {
		list->room = list->room * 2 + 16;
		list->names = mem_grow(list->names, list->room,
		    sizeof(*list->names));
	}
	list->names[list->count++] = arena_bytes(list->arena, name, n);
}

/* add_text - "a@x", "<a@x>", "A <a@x>, b@x"; what is quoted stays whole */
static void
add_text(struct list *list, const char *text)
{
	static const char ends[] = ",; \t\r\n<>";

	while (*text != '\0') {
		bool quoted = false;
		size_t n = 0;

		for (; text[n] != '\0' && (quoted ||
		    strchr(ends, text[n]) == NULL); n++) {
			if (text[n] == '"')
				quoted = !quoted;
			else if (quoted && text[n] == '\\' &&
			    text[n + 1] != '\0')
				n++;
		}
		add(list, text, n);
		text += n + (text[n] != '\0');
	}
}

/* add_value - a text, or an object with one */
static void
add_value(struct list *list, const json_t *value)
{
	static const char *const keys[] = { "address", "email",
		"emailAddress", "mailbox", "recipient" };

	if (json_is_object(value)) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
			add_text(list, api_text(list->arena,
			    json_object_get(value, keys[i])));
	} else if (!json_is_array(value)) {
		add_text(list, api_text(list->arena, value));
	}
}

static void
add_field(struct list *list, const json_t *message, const char *name)
{
	const json_t *value = json_object_get(message, name);

	if (!json_is_array(value))
		add_value(list, value);
	for (size_t i = 0; i < json_array_size(value); i++)
		add_value(list, json_array_get(value, i));
}

/* api_addresses - those whose mailbox is told; else those of the header */
void
api_addresses(struct arena *arena, const json_t *message,
    const char *const **out, size_t *out_count)
{
	struct list list = { .arena = arena };
	const char **names;

	add_field(&list, message, "mailboxes");
	add_field(&list, message, "envelopeTo");
	add_field(&list, message, "deliveredTo");
	if (list.count == 0)
		add_field(&list, message, "toAddresses");
	names = arena_new(arena, (list.count + 1) * sizeof(*names));
	if (list.count > 0)
		memcpy(names, list.names, list.count * sizeof(*names));
	free(list.names);
	*out = names;
	*out_count = list.count;
}
