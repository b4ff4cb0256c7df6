/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_pattern - any text as a table of patterns: the first byte says of which
 * type, the rest is the file, and each of its lines also a key */
#include <string.h>

#include "base/mem.h"
#include "policy/pattern/expand.h"
#include "policy/pattern/pattern.h"
#include "policy/table/lines.h"
#include "policy/template.h"
#include "tests/fuzz/fuzz.h"

/* try_template - whatever the groups took: what is asked for is what stands in
 * the table, and so is the domain where it has no $n; and an address that it
 * came to be is one that it could come to be */
static void
try_template(const struct pattern_row *row, const struct buf *taken)
{
	struct arena arena = { 0 };
	struct template template;
	struct value value;
	struct err err;

	if (template_parse(row->result, &arena, &template, &err) == 0 &&
	    template_fill(&template, taken, &arena, &value, &err) == 0) {
		const char *at = value.intake != NULL ?
		    strrchr(value.intake, '@') : NULL;
		bool open = template_is_open(&template);

		must(value.action == template.action);
		must((value.intake != NULL) ==
		    (template.action == ACTION_ADDRESS));
		must(at == NULL || value_is_mailbox(value.intake));
		must(at == NULL || *value.intake == '"' ||
		    strchr(value.intake, '@') == at);
		must(at == NULL || open ||
		    strcmp(at + 1, template.domain) == 0);
		must(at == NULL || open ||
		    template_leads_to(&template, value.intake));
		must(value.name == NULL || value_is_name(value.name));
		must(template.name != NULL || value.name == NULL);
	}
	arena_drop(&arena);
}

/* ask - whatever is found is a row, and its groups are parts of the key */
static void
ask(const struct patterns *patterns, size_t rows, const char *key)
{
	own(buf) struct buf taken = BUF;
	struct pattern_row row;
	struct err err;
	size_t number;

	if (patterns_find(patterns, key, &number, &taken, &err) != 1)
		return;
	must(number < rows);
	patterns_row(patterns, number, &row);
	must(row.made == (taken.len > 0));
	must(taken.len <= 99 * (strlen(key) + 1));
	for (unsigned i = 1; row.made && i < 100; i++)
		must(strstr(key, expand_took(&taken, i)) != NULL);
	if (row.made)
		try_template(&row, &taken);
}

/* is_costly - the C library takes its time, and memory, for numbers in braces
 * and for back references, and twice as much for each "+" around another; PCRE
 * for repeated groups, up to its limits.  That is their own affair (and a unit
 * test's). */
static bool
is_costly(char type, const char *text)
{
	size_t plus = 0;

	for (const char *p = text; *p != '\0'; p++)
		plus += *p == '+';
	if (type == 'r')
		return plus > 8 || strpbrk(text, "{\\") != NULL;
	return type != 'c' && (strstr(text, ")+") != NULL ||
	    strstr(text, ")*") != NULL || strstr(text, "){") != NULL);
}

static void
try_text(const struct pattern_type *type, const char *text, size_t size)
{
	struct patterns *patterns = patterns_new(type);
	struct pattern_row row;
	struct lines lines;
	size_t rows = 0, keys = 0;
	struct err err;
	unsigned dead;
	int got;

	lines_init(&lines, text, size);
	while (lines_next(&lines, &err) == 1) {
		got = patterns_add(patterns, lines.text.data, lines.first,
		    &row, &err);
		must(got != 1 || (row.line == lines.first &&
		    *row.pattern != '\0'));
		rows += got == 1;
	}
	lines_drop(&lines);
	if (patterns_end(patterns, &err) == 0) {
		lines_init(&lines, text, size);
		while (keys++ < 4 && lines_next(&lines, &err) == 1)
			ask(patterns, rows, lines.text.data);
		lines_drop(&lines);
		ask(patterns, rows, "10.1.2.3");
		ask(patterns, rows, "2001:db8::1");
	}
	for (size_t i = 0; i < rows && i < 20; i++)
		if (patterns_dead(patterns, i, &dead))
			must(dead > 0);
	patterns_free(patterns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct pattern_type *type;
	char *text;

	if (size == 0 || size > 400)
		return 0;
	type = *data == 'c' ? &pattern_cidr : *data == 'r' ? &pattern_regexp :
	    &pattern_pcre;
	text = mem_bytes(data + 1, size - 1);
	if (!is_costly((char)*data, text))
		try_text(type, text, size - 1);
	free(text);
	return 0;
}
