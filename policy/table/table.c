/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "policy/table/default_type.h"
#include "policy/table/table_private.h"

#if WITH_PCRE
#define PCRE_READ	lines_read
#define PCRE_PATTERNS	&pattern_pcre
#else
#define PCRE_READ	NULL
#define PCRE_PATTERNS	NULL
#endif

/* One without a reader was left out of this build. */
static const struct table_type types[] = {
	{ "btree", ".db", btree_read, .isolated = true, .replaced = true },
	{ "cdb", ".cdb", cdb_read_all, .isolated = true },
	{ "cidr", "", lines_read, .patterns = &pattern_cidr },
	{ "hash", ".db", hash_read, .isolated = true, .replaced = true },
	{ "inline", NULL, inline_read, .folds = true, .last_counts = true },
	{ "lmdb", ".lmdb", lmdb_read, .isolated = true },
	{ "pcre", "", PCRE_READ, .patterns = PCRE_PATTERNS },
	{ "regexp", "", lines_read, .patterns = &pattern_regexp },
	{ "static", NULL, static_read, .any_key = true },
	{ "texthash", "", texthash_read, .folds = true },
};

/* table_types - names of those that this build can read; new */
char *
table_types(void)
{
	struct buf names = BUF;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].read != NULL)
			buf_format(&names, "%s%s", names.len > 0 ? " " : "",
			    types[i].name);
	return buf_give(&names);
}

static const struct table_type *
type_of(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strlen(types[i].name) == n &&
		    strncmp(types[i].name, name, n) == 0)
			return &types[i];
	return NULL;
}

/* table_full_name - the name with its type */
char *
table_full_name(const char *name)
{
	return *name == '/' ? mem_format("%s:%s", default_type(), name) :
	    mem_text(name);
}

/* stand_in - use a file of the default type, if the table's own is absent and
 * that one exists */
static void
stand_in(struct table *table, const char *argument)
{
	const char *name;
	const struct table_type *type;
	char *path;

	if (!table->type->replaced || access(table->path, F_OK) == 0)
		return;
	name = default_type();
	type = type_of(name, strlen(name));
	if (type == NULL || type->read == NULL || type->suffix == NULL ||
	    type->patterns != NULL ||
	    strcmp(type->suffix, table->type->suffix) == 0)
		return;
	path = mem_format("%s%s", argument, type->suffix);
	if (access(path, F_OK) == -1) {
		free(path);
		return;
	}
	table->type = type;
	table->absent = table->path;
	table->path = path;
}

/* no_type - of a table that this program cannot read; -1 */
static int
no_type(const struct table_type *type, const char *name, struct err *err)
{
	own(str) char *known = table_types();
	own(str) char *word = mem_bytes(name, strcspn(name, ":"));
	const char *meant = nearest(word, &types[0].name,
	    sizeof(types) / sizeof(*types), sizeof(*types));

	if (*word == '{')
		return err_set(err, ERR_NEVER, "one pair of braces too many");
	if (type == NULL && meant != NULL)
		return err_set(err, ERR_NEVER, "unknown table type '%s', did "
		    "you mean '%s'?", ESCAPE(word), meant);
	return err_set(err, ERR_NEVER, type == NULL ?
	    "unknown table type '%s' (known: %s)" :
	    "table type '%s' was left out when this program was built "
	    "(it has: %s)", ESCAPE(word), known);
}

static int
load(const char *name, const char *argument, int64_t patience,
    const struct table_inspector *inspector, struct table **out,
    struct err *err)
{
	const struct table_type *type = type_of(name,
	    (size_t)(argument - name) - 1);
	struct table *table;

	if (type == NULL || type->read == NULL)
		return no_type(type, name, err);
	if (type->suffix != NULL && *argument != '/')
		return err_set(err, ERR_NEVER, "want an absolute path");
	table = mem_new(sizeof(*table));
	table->users = 1;
	table->type = type;
	table->name = mem_text(name);
	if (type->suffix != NULL) {
		table->path = mem_format("%s%s", argument, type->suffix);
		stand_in(table, argument);
	}
	if (table_fill(table, table->path != NULL ? table->path : argument,
	    patience, inspector, err) == -1) {
		table_leave(table);
		return -1;
	}
	*out = table;
	return 0;
}

/* table_inspect - read "type:file" into memory; new */
int
table_inspect(const char *name, int64_t patience,
    const struct table_inspector *inspector, struct table **out,
    struct err *err)
{
	own(str) char *full = table_full_name(name);
	size_t n = strcspn(full, ":");

	if (full[n] == '\0' || full[n + 1] == '\0')
		return err_set(err, ERR_NEVER, "no table: want type:name");
	return load(full, full + n + 1, patience, inspector, out, err);
}

/* table_load - the same, up to the first error */
int
table_load(const char *name, int64_t patience, struct table **out,
    struct err *err)
{
	return table_inspect(name, patience, NULL, out, err);
}

/* table_hold - one more owner */
struct table *
table_hold(struct table *table)
{
	atomic_fetch_add(&table->users, 1);
	return table;
}

/* table_leave - one owner less; the last one frees it */
struct table *
table_leave(struct table *table)
{
	if (table == NULL || atomic_fetch_sub(&table->users, 1) > 1)
		return NULL;
	table_empty(table);
	free(table->name);
	free(table->path);
	free(table->absent);
	free(table);
	return NULL;
}

/* find_row - look a key up in a pattern table */
static int
find_row(const struct table *table, const char *key, struct table_found *out,
    struct err *err)
{
	struct pattern_row row;
	size_t number;
	int got;

	buf_cut(&out->taken, 0);
	got = patterns_find(table->patterns, key, &number, &out->taken, err);
	if (got == -1)
		return err_wrap(err, "%s", table->path);
	if (got == 0)
		return 0;
	patterns_row(table->patterns, number, &row);
	out->value = table->value_of[number];
	out->key = row.pattern;
	out->line = row.line;
	out->is_made = row.made;
	return 1;
}

/* table_look - look a key up */
int
table_look(const struct table *table, const char *key, struct table_found *out,
    struct err *err)
{
	uint32_t number = 0;

	if (table->patterns != NULL)
		return find_row(table, key, out, err);
	if (!table->type->any_key && !strings_find(&table->keys, key, &number))
		return 0;
	out->value = table->value_of[number];
	out->key = strings_text(&table->keys, number);
	out->line = 0;
	out->is_made = false;
	return 1;
}

/* table_find - look a key up in a table without $n */
bool
table_find(const struct table *table, const char *key, uint32_t *out_value,
    const char **out_key)
{
	struct table_found found = TABLE_FOUND;
	struct err err;
	bool is = table_look(table, key, &found, &err) == 1;

	table_found_drop(&found);
	if (is) {
		*out_value = found.value;
		*out_key = found.key;
	}
	return is;
}

/* table_name - "type:file" */
const char *
table_name(const struct table *table)
{
	return table->name;
}

/* table_sees_whole_keys_only - does it have patterns? */
bool
table_sees_whole_keys_only(const struct table *table)
{
	return table->patterns != NULL;
}

/* table_is_of_text - patterns on any text, not on addresses */
bool
table_is_of_text(const char *name)
{
	own(str) char *full = table_full_name(name);
	const struct table_type *type = type_of(full, strcspn(full, ":"));

	return type == NULL || type->read == NULL || (type->patterns != NULL &&
	    type->patterns != &pattern_cidr);
}

/* table_path - the file it was read from, or NULL */
const char *
table_path(const struct table *table)
{
	return table->path;
}

/* table_source - the text that the file was made from; new */
char *
table_source(const struct table *table)
{
	size_t suffix = table->path == NULL ? 0 :
	    strlen(table->type->suffix);

	return suffix == 0 ? NULL :
	    mem_bytes(table->path, strlen(table->path) - suffix);
}

/* table_is_current - nothing to read again? */
bool
table_is_current(const struct table *table, struct stamp *out_stamp)
{
	stamp_take(table->path, out_stamp);
	return !table->stamp.fresh && stamp_same(&table->stamp, out_stamp) &&
	    (table->absent == NULL || access(table->absent, F_OK) == -1);
}

/* same_rows - the same patterns with the same results, in the same order */
static bool
same_rows(const struct table *a, const struct table *b)
{
	struct pattern_row one, other;

	for (uint32_t i = 0; i < a->rows; i++) {
		patterns_row(a->patterns, i, &one);
		patterns_row(b->patterns, i, &other);
		if (one.line != other.line ||
		    strcmp(one.pattern, other.pattern) != 0 ||
		    strcmp(one.result, other.result) != 0)
			return false;
	}
	return true;
}

/* table_same - is there nothing to report? */
bool
table_same(const struct table *a, const struct table *b)
{
	const char *key;
	uint32_t value;

	if (!stamp_same(&a->stamp, &b->stamp) ||
	    table_entries(a) != table_entries(b))
		return false;
	if (a->patterns != NULL)
		return b->patterns != NULL && same_rows(a, b);
	for (uint32_t i = 0; i < a->keys.count; i++) {
		if (!table_find(b, strings_text(&a->keys, i), &value, &key) ||
		    strcmp(table_value(a, a->value_of[i]),
		    table_value(b, value)) != 0)
			return false;
	}
	return true;
}
