/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/table.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/apart.h"
#include "policy/policy.h"
#include "policy/source.h"
#include "policy/stamp.h"
#include "policy/words.h"

static const struct table_type {
	const char	*name;
	const char	*suffix;	/* of the file; NULL: no file */
	source_read	*read;
	bool		 apart;		/* needs a process of its own */
	bool		 folds;		/* its keys come as they were typed */
	bool		 last_counts;	/* of equal keys, else the first */
	bool		 any_key;	/* its one value is every key's */
} types[] = {
	{ "btree", ".db", btree_read, .apart = true },
	{ "hash", ".db", hash_read, .apart = true },
	{ "inline", NULL, inline_read, .folds = true, .last_counts = true },
	{ "lmdb", ".lmdb", lmdb_read, .apart = true },
	{ "static", NULL, static_read, .any_key = true },
	{ "texthash", "", texthash_read, .folds = true },
};
const char policy_types[] = "btree hash inline lmdb static texthash";

struct table {
	atomic_uint	 users;
	const struct table_type *type;
	char		*name;		/* "hash:/etc/tdc/x" */
	char		*path;		/* "/etc/tdc/x.db", or NULL */
	struct stamp	 stamp;
	struct words	 keys;
	uint32_t	*value_of;	/* by number of the key */
	uint32_t	 room;
	struct words	 values;
	struct place	*places;	/* by number of the value */
	uint32_t	 placed, place_room;
};

/* Where a value stood first. */
struct place {
	uint32_t	key;
	unsigned	line;		/* 0: not in a text file */
};

/* ---- filling ---- */

struct filler {
	struct source	 source;
	struct table	*table;
	struct buf	 folded;
};

static const char *
fold(struct filler *filler, const char *key, size_t n)
{
	buf_cut(&filler->folded, 0);
	buf_bytes(&filler->folded, key, n);
	for (char *p = filler->folded.data; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return filler->folded.data;
}

/* note - remember the key's value, and the place of a new value */
static void
note(struct table *table, uint32_t key, uint32_t value, unsigned line)
{
	if (key >= table->room) {
		table->room += table->room / 2 + 64;
		table->value_of = mem_grow(table->value_of, table->room,
		    sizeof(*table->value_of));
	}
	table->value_of[key] = value;
	if (value >= table->place_room) {
		table->place_room += table->place_room / 2 + 16;
		table->places = mem_grow(table->places, table->place_room,
		    sizeof(*table->places));
	}
	if (value == table->placed)
		table->places[table->placed++] = (struct place){ key, line };
}

/* fill - add one pair */
static int
fill(struct source *source, const struct pair *pair, struct err *err)
{
	struct filler *filler = (struct filler *)source;
	struct table *table = filler->table;
	size_t key_length = pair->key_length, value_length = pair->value_length;
	const char *key_text = pair->key;
	uint32_t key, value, before = table->keys.count;

	/* postmap adds a NUL to both, or not: as it was built. */
	if (key_length > 0 && pair->key[key_length - 1] == '\0')
		key_length--;
	if (value_length > 0 && pair->value[value_length - 1] == '\0')
		value_length--;
	if (memchr(pair->key, '\0', key_length) != NULL)
		return 0;		/* no address can be this key */
	if (table->type->folds)
		key_text = fold(filler, pair->key, key_length);
	if (memchr(pair->value, '\0', value_length) != NULL)
		return err_set(err, ERR_NEVER, "key '%s': a NUL in the value",
		    LOG_ESCAPE(fold(filler, pair->key, key_length)));
	if (!words_add(&table->keys, key_text, key_length, &key))
		return err_set(err, ERR_NEVER, "more than 4 GB of keys");
	if (table->keys.count == before && !table->type->last_counts)
		return 0;
	if (!words_add(&table->values, pair->value, value_length, &value))
		return err_set(err, ERR_NEVER, "more than 4 GB of values");
	note(table, key, value, pair->line);
	return 0;
}

static void
empty(struct table *table)
{
	words_drop(&table->keys);
	words_drop(&table->values);
	free(table->value_of);
	free(table->places);
	table->value_of = NULL;
	table->places = NULL;
	table->room = table->placed = table->place_room = 0;
}

/* trim - what growing took ahead is given back */
static void
trim(struct table *table)
{
	words_trim(&table->keys);
	words_trim(&table->values);
	if (table->keys.count > 0)
		table->value_of = mem_grow(table->value_of, table->keys.count,
		    sizeof(*table->value_of));
	table->room = table->keys.count;
}

static int
read_once(struct table *table, const char *argument, int64_t patience,
    struct err *err)
{
	struct filler filler = {
		.source = { .path = argument, .pair = fill },
		.table = table,
		.folded = BUF,
	};
	int result = table->type->apart ?
	    apart_read(table->type->read, &filler.source, patience, err) :
	    table->type->read(&filler.source, err);

	buf_drop(&filler.folded);
	return result;
}

/* read_whole - as the file is at one moment: when it was replaced or written
 * to meanwhile, once more */
static int
read_whole(struct table *table, const char *argument, int64_t patience,
    struct err *err)
{
	struct stamp after;
	int result;

	for (unsigned tries = 0; tries < 10; tries++) {
		stamp_take(table->path, &table->stamp);
		result = read_once(table, argument, patience, err);
		stamp_take(table->path, &after);
		if (stamp_same(&table->stamp, &after) ||
		    (result == -1 && err->sys == EWOULDBLOCK))
			return result;
		empty(table);
	}
	return err_set(err, ERR_LATER, "changes faster than it can be read");
}

/* ---- from outside ---- */

static const struct table_type *
type_of(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strlen(types[i].name) == n &&
		    strncmp(types[i].name, name, n) == 0)
			return &types[i];
	return NULL;
}

/* table_load - read "type:file" into memory; new */
int
table_load(const char *name, int64_t patience, struct table **out,
    struct err *err)
{
	size_t n = strcspn(name, ":");
	const char *argument = name + n + (name[n] != '\0');
	const struct table_type *type = type_of(name, n);
	struct table *table;

	if (name[n] == '\0' || *argument == '\0')
		return err_set(err, ERR_NEVER, "no table: want type:name");
	if (type == NULL)
		return err_set(err, ERR_NEVER, "unknown table type '%.*s' "
		    "(known: %s)", (int)n, name, policy_types);
	if (type->suffix != NULL && *argument != '/')
		return err_set(err, ERR_NEVER, "want an absolute path");
	table = mem_new(sizeof(*table));
	table->users = 1;
	table->type = type;
	table->name = mem_text(name);
	if (type->suffix != NULL)
		table->path = mem_format("%s%s", argument, type->suffix);
	if (read_whole(table, table->path != NULL ? table->path : argument,
	    patience, err) == -1) {
		table_leave(table);
		return -1;
	}
	trim(table);
	*out = table;
	return 0;
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
	empty(table);
	free(table->name);
	free(table->path);
	free(table);
	return NULL;
}

/* table_find - look a key up */
bool
table_find(const struct table *table, const char *key, uint32_t *out_value,
    const char **out_key)
{
	uint32_t number = 0;

	if (!table->type->any_key && !words_find(&table->keys, key, &number))
		return false;
	*out_value = table->value_of[number];
	*out_key = words_text(&table->keys, number);
	return true;
}

/* table_name - "type:file" */
const char *
table_name(const struct table *table)
{
	return table->name;
}

/* table_entries - how many keys */
size_t
table_entries(const struct table *table)
{
	return table->keys.count;
}

/* table_values - how many different values */
uint32_t
table_values(const struct table *table)
{
	return table->values.count;
}

/* table_value - the text of one */
const char *
table_value(const struct table *table, uint32_t value)
{
	return words_text(&table->values, value);
}

/* table_first_key - the first key that has this value */
const char *
table_first_key(const struct table *table, uint32_t value)
{
	return words_text(&table->keys, table->places[value].key);
}

/* table_place - for a sentence about a value */
void
table_place(const struct table *table, uint32_t value, struct buf *out)
{
	unsigned line = table->places[value].line;

	if (line > 0)
		buf_format(out, "%s:%u", table->path, line);
	else
		buf_format(out, "key '%s'",
		    LOG_ESCAPE(table_first_key(table, value)));
}

/* table_is_current - nothing to read again? */
bool
table_is_current(const struct table *table, struct stamp *out_stamp)
{
	stamp_take(table->path, out_stamp);
	return !table->stamp.fresh && stamp_same(&table->stamp, out_stamp);
}

/* table_same - nothing to tell of? */
bool
table_same(const struct table *a, const struct table *b)
{
	const char *key;
	uint32_t value;

	if (!stamp_same(&a->stamp, &b->stamp) ||
	    a->keys.count != b->keys.count)
		return false;
	for (uint32_t i = 0; i < a->keys.count; i++) {
		if (!table_find(b, words_text(&a->keys, i), &value, &key) ||
		    strcmp(table_value(a, a->value_of[i]),
		    table_value(b, value)) != 0)
			return false;
	}
	return true;
}
