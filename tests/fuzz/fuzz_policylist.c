/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_policylist - any text as policy_maps: its words, the tables that stand
 * in it, their values, and the keys of the words taken as addresses */
#include <string.h>

#include "base/mem.h"
#include "policy/keys.h"
#include "policy/list.h"
#include "policy/table.h"
#include "policy/value.h"
#include "tests/fuzz/fuzz.h"

/* try_table - tables without a file only */
static void
try_table(const char *word, struct arena *arena)
{
	struct table *table;
	struct value value;
	struct err err;

	if (strncmp(word, "inline:", 7) != 0 && strncmp(word, "static:", 7) != 0)
		return;
	if (table_load(word, 0, &table, &err) == -1) {
		must(strlen(err.text) > 0);
		return;
	}
	for (uint32_t i = 0; i < table_values(table); i++)
		(void)value_parse(table_value(table, i), arena, &value, &err);
	table_leave(table);
}

/* try_keys - the first key is the whole, and none is empty */
static void
try_keys(const char *address)
{
	struct keys_options options = { "+-", strlen(address) % 2 == 0 };
	struct keys keys = KEYS;
	struct key key;
	size_t count = 0;

	keys_of_address(&keys, address, &options);
	while (keys_next(&keys, &key)) {
		must(*key.text != '\0');
		must(key.whole || count > 0);
		count++;
	}
	must(count > 0 && count <= 3 * strlen(address) + 20);
	keys_drop(&keys);
}

/* try_client - no key is empty, and the first is a whole one */
static void
try_client(const char *text)
{
	struct keys_options options = { "+-", strlen(text) % 2 == 0 };
	struct keys keys = KEYS;
	struct key key;
	bool first = true;

	keys_of_client(&keys, text, text, &options);
	for (; keys_next(&keys, &key); first = false)
		must(*key.text != '\0' && (key.whole || !first));
	if (strlen(text) < 100) {
		keys_of_pair(&keys, text, text, &options);
		for (first = true; keys_next(&keys, &key); first = false)
			must(strchr(key.text, ' ') != NULL &&
			    (key.whole || !first));
	}
	keys_drop(&keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	const char *at = arena_bytes(&arena, data, size);
	struct span word;
	struct err err;

	while (list_next(&at, &word, &err) == 1) {
		char *text = arena_bytes(&arena, word.text, word.length);

		must(word.length > 0);
		try_table(text, &arena);
		try_keys(text);
		try_client(text);
	}
	arena_drop(&arena);
	return 0;
}
