/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_texthash - any text as postmap's input */
#include <string.h>

#include "base/blank.h"
#include "base/mem.h"
#include "policy/table/texthash.h"
#include "policy/value.h"
#include "tests/fuzz/fuzz.h"

/* check - what every pair promises */
static void
check(const struct lines *lines, const struct source_pair *pair)
{
	must(pair->key_length > 0 && pair->value_length > 0);
	must(pair->line == lines->first);
	must(lines->first <= lines->number);
	must(pair->key == lines->text.data);
	must(pair->value + pair->value_length <=
	    lines->text.data + lines->text.len);
	must(strchr(BLANKS, pair->value[0]) == NULL);
	must(memchr(pair->key, '\0', pair->key_length) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct lines lines;
	struct source_pair pair;
	struct err err;

	lines_init(&lines, (const char *)data, size);
	while (texthash_next(&lines, &pair, &err) == 1) {
		struct value value;
		char *text;

		check(&lines, &pair);
		text = arena_bytes(&arena, pair.value, pair.value_length);
		(void)value_parse(text, &arena, &value, &err);
	}
	lines_drop(&lines);
	arena_drop(&arena);
	return 0;
}
