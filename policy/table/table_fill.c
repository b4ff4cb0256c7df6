/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a table of what a reader finds. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "policy/table/fold.h"
#include "policy/table/isolate.h"
#include "policy/table/table_private.h"

/* Added to the number of a value while the table is filled: its key came
 * without a final NUL. */
#define BARE (UINT32_C(1) << 31)

struct filler {
	struct source	 source;
	struct table	*table;
	const struct table_inspector *inspector;	/* or NULL */
	struct buf	 folded;
};

static const char *
fold(struct filler *filler, const char *key, size_t n)
{
	buf_cut(&filler->folded, 0);
	fold_append(&filler->folded, key, n);
	return filler->folded.data;
}

/* note - store the value of a key or a row, and the place of a new value */
static void
note(struct table *table, uint32_t index, uint32_t value,
    const struct table_place *place)
{
	if (index >= table->room) {
		table->room += table->room / 2 + 64;
		table->value_of = mem_grow(table->value_of, table->room,
		    sizeof(*table->value_of));
	}
	table->value_of[index] = value;
	if (value >= table->place_room) {
		table->place_room += table->place_room / 2 + 16;
		table->places = mem_grow(table->places, table->place_room,
		    sizeof(*table->places));
	}
	if (value == table->placed)
		table->places[table->placed++] = *place;
}

static int
too_much(struct err *err)
{
	return err_set(err, ERR_NEVER, "more than 4 GB of keys and values");
}

/* judge - is the value valid here? */
static int
judge(const struct filler *filler, const char *value, bool made,
    struct err *err)
{
	if (filler->inspector == NULL)
		return 0;
	return filler->inspector->judge(filler->inspector->arg, value, made,
	    err);
}

/* fill_row - one logical line of a pattern table */
static int
fill_row(struct filler *filler, const struct source_pair *pair, struct err *err)
{
	struct table *table = filler->table;
	struct table_place place = { .line = pair->line };
	struct pattern_row row;
	uint32_t value;
	int got = patterns_add(table->patterns, pair->key, pair->line, &row,
	    err);

	if (got != 1)
		return got;
	if (!strings_add(&table->keys, row.pattern, strlen(row.pattern),
	    &place.key) ||
	    !strings_add(&table->values, row.result, strlen(row.result),
	    &value))
		return too_much(err);
	note(table, table->rows++, value, &place);
	return judge(filler, row.result, row.made, err);
}

/* is_late - is the value of an equal key, which came first, the one that
 * counts?  A file may have a key with a final NUL and without; as for
 * postmap(1) the one with a NUL counts.  Otherwise the first one does, or in
 * some tables the last one. */
static bool
is_late(const struct table *table, uint32_t key, bool nul)
{
	return !table->type->last_counts &&
	    !(nul && (table->value_of[key] & BARE) != 0);
}

/* fill_pair - one key and its value */
static int
fill_pair(struct filler *filler, const struct source_pair *pair,
    struct err *err)
{
	struct table *table = filler->table;
	size_t key_length = pair->key_length, value_length = pair->value_length;
	const char *key_text = pair->key;
	struct table_place place = { .line = pair->line };
	uint32_t value, before = table->keys.count;
	bool nul = key_length > 0 && pair->key[key_length - 1] == '\0';

	/* postmap adds a NUL to both, or not: as it was built. */
	if (nul)
		key_length--;
	if (value_length > 0 && pair->value[value_length - 1] == '\0')
		value_length--;
	if (memchr(pair->key, '\0', key_length) != NULL)
		return 0;		/* no address can be this key */
	if (table->type->folds) {
		key_text = fold(filler, pair->key, key_length);
		key_length = filler->folded.len;
	}
	if (memchr(pair->value, '\0', value_length) != NULL)
		return err_set(err, ERR_NEVER, "a NUL byte in the value");
	if (!strings_add(&table->keys, key_text, key_length, &place.key))
		return too_much(err);
	if (table->keys.count == before && is_late(table, place.key, nul))
		return 0;
	if (!strings_add(&table->values, pair->value, value_length, &value))
		return too_much(err);
	note(table, place.key, value, &place);
	if (!nul)
		table->value_of[place.key] |= BARE;
	return judge(filler, strings_text(&table->values, value), false, err);
}

/* fill - errors get their place; under inspection the next pairs are wanted,
 * too */
static int
fill(struct source *source, const struct source_pair *pair, struct err *err)
{
	struct filler *filler = (struct filler *)source;
	int result = filler->table->patterns != NULL ?
	    fill_row(filler, pair, err) : fill_pair(filler, pair, err);

	if (result != -1)
		return 0;
	if (pair->line > 0)
		err_wrap(err, "%s:%u", filler->table->path, pair->line);
	else
		err_wrap(err, "key '%s'",
		    ESCAPE(fold(filler, pair->key, pair->key_length)));
	/* what is too large is told once, not by each row that follows */
	if (filler->inspector == NULL || err->sys == EFBIG)
		return -1;
	filler->inspector->bad(filler->inspector->arg, err->text);
	return 0;
}

/* report_bad - a line that is not a pair */
static void
report_bad(struct source *source, const struct err *err)
{
	const struct filler *filler = (struct filler *)source;

	filler->inspector->bad(filler->inspector->arg, err->text);
}

/* table_empty - as before it was filled */
void
table_empty(struct table *table)
{
	strings_drop(&table->keys);
	strings_drop(&table->values);
	free(table->value_of);
	free(table->places);
	table->value_of = NULL;
	table->places = NULL;
	table->room = table->placed = table->place_room = table->rows = 0;
	table->patterns = patterns_free(table->patterns);
}

/* trim - free what only filling needs */
static void
trim(struct table *table)
{
	uint32_t count = table->patterns != NULL ? table->rows :
	    table->keys.count;

	for (uint32_t i = 0; i < count; i++)
		table->value_of[i] &= ~BARE;
	strings_trim(&table->keys);
	strings_trim(&table->values);
	if (count > 0)
		table->value_of = mem_grow(table->value_of, count,
		    sizeof(*table->value_of));
	table->room = count;
}

static int
read_once(struct filler *filler, const char *argument, int64_t patience,
    struct err *err)
{
	struct table *table = filler->table;
	int result;

	filler->source.path = argument;
	if (table->type->patterns != NULL)
		table->patterns = patterns_new(table->type->patterns);
	result = table->type->isolated ?
	    isolate_read(table->type->read, &filler->source, patience, err) :
	    table->type->read(&filler->source, err);
	if (result == 0 && table->patterns != NULL &&
	    patterns_end(table->patterns, err) == -1) {
		err_wrap(err, "%s", table->path);
		if (filler->inspector == NULL)
			return -1;
		report_bad(&filler->source, err);
	}
	return result;
}

/* read_whole - as the file is at one moment: again, if it was replaced or
 * written to meanwhile */
static int
read_whole(struct filler *filler, const char *argument, int64_t patience,
    struct err *err)
{
	struct table *table = filler->table;
	struct stamp after;
	int result;

	for (unsigned tries = 0; tries < 10; tries++) {
		stamp_take(table->path, &table->stamp);
		result = read_once(filler, argument, patience, err);
		stamp_take(table->path, &after);
		if (stamp_same(&table->stamp, &after) ||
		    (result == -1 && err->sys == EWOULDBLOCK))
			return result;
		table_empty(table);
	}
	return err_set(err, ERR_LATER, "changes faster than it can be read");
}

/* table_fill - read all there is */
int
table_fill(struct table *table, const char *argument, int64_t patience,
    const struct table_inspector *inspector, struct err *err)
{
	struct filler filler = {
		.source = { .pair = fill,
			.bad = inspector != NULL ? report_bad : NULL },
		.table = table,
		.inspector = inspector,
		.folded = BUF,
	};
	int result = read_whole(&filler, argument, patience, err);

	buf_drop(&filler.folded);
	if (result == 0)
		trim(table);
	if (result == 0 && table->patterns != NULL)
		patterns_spend(table->patterns);
	return result;
}
