/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/owner/maps.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "policy/pattern/expand.h"
#include "policy/pattern/pattern.h"
#include "policy/table/fold.h"
#include "policy/table/list.h"
#include "policy/table/table.h"

struct maps {
	struct table	**tables;
	size_t		 count;
};

/* load_one - by its name */
static int
load_one(struct maps *maps, struct list_span word, struct err *err)
{
	own(str) char *name = mem_bytes(word.text, word.length);
	struct table *table;

	if (table_load(name, TABLE_PATIENCE, &table, err) == -1)
		return err_wrap(err, "%s", ESCAPE(name));
	maps->tables = mem_grow(maps->tables, maps->count + 1,
	    sizeof(struct table *));
	maps->tables[maps->count++] = table;
	return 0;
}

/* load_each - why NULL: all of them must be there */
static int
load_each(const char *names, struct maps *maps, char **why, struct err *err)
{
	struct list_span word;
	int more;

	while ((more = list_next(&names, &word, err)) == 1) {
		if (load_one(maps, word, err) == 0)
			continue;
		if (why == NULL)
			return -1;
		if (*why == NULL)
			*why = mem_text(err->text);
	}
	return more;
}

/* load - within what patterns may take together */
static int
load(const char *names, struct maps *maps, char **why, struct err *err)
{
	size_t left = PATTERNS_TOGETHER;
	int result;

	patterns_budget(&left);
	result = load_each(names, maps, why, err);
	patterns_budget(NULL);
	return result;
}

/* maps_load - all of them */
int
maps_load(const char *names, struct maps **out, struct err *err)
{
	struct maps *maps = mem_new(sizeof(*maps));

	if (load(names, maps, NULL, err) == -1) {
		maps_free(maps);
		return -1;
	}
	*out = maps;
	return 0;
}

/* maps_load_known - those that can be read */
int
maps_load_known(const char *names, struct maps **out, char **out_why,
    struct err *err)
{
	struct maps *maps = mem_new(sizeof(*maps));

	*out_why = NULL;
	if (load(names, maps, out_why, err) == -1) {
		free(*out_why);
		maps_free(maps);
		return -1;
	}
	*out = maps;
	return 0;
}

/* maps_free - NULL */
struct maps *
maps_free(struct maps *maps)
{
	if (maps == NULL)
		return NULL;
	for (size_t i = 0; i < maps->count; i++)
		table_leave(maps->tables[i]);
	free(maps->tables);
	free(maps);
	return NULL;
}

static int
find_in(const struct table *table, const char *key, struct buf *out,
    struct err *err)
{
	struct table_found found = TABLE_FOUND;
	int got = table_look(table, key, &found, err);
	unsigned highest;

	if (got == 1 && !found.is_made)
		buf_text(out, table_value(table, found.value));
	else if (got == 1 && expand(table_value(table, found.value),
	    expand_taken, &found.taken, out, &highest, err) == -1)
		got = -1;
	table_found_drop(&found);
	return got == -1 ? err_wrap(err, "%s", table_name(table)) : got;
}

/* maps_find - in the first that has it */
int
maps_find(const struct maps *maps, const char *key, struct buf *out,
    struct err *err)
{
	own(buf) struct buf folded = BUF;
	int got = 0;

	fold_append(&folded, key, strlen(key));
	buf_cut(out, 0);
	for (size_t i = 0; i < maps->count && got == 0; i++)
		got = find_in(maps->tables[i], folded.data, out, err);
	return got;
}

/* each_value - of one table; all rows that give a value have $n in it or none */
static void
each_value(const struct table *table, maps_value *each, void *arg)
{
	uint32_t count = table_values(table);
	bool *made = mem_new(count * sizeof(bool) + 1);

	for (size_t i = 0; i < table_entries(table); i++) {
		struct table_entry entry;

		table_entry(table, i, &entry);
		made[entry.value] |= entry.is_made;
	}
	for (uint32_t i = 0; i < count; i++) {
		own(buf) struct buf place = BUF;

		table_place(table, i, &place);
		each(arg, table_value(table, i), place.data, made[i]);
	}
	free(made);
}

/* maps_each_value - table by table */
void
maps_each_value(const struct maps *maps, maps_value *each, void *arg)
{
	for (size_t i = 0; i < maps->count; i++)
		each_value(maps->tables[i], each, arg);
}

bool
maps_are_none(const struct maps *maps)
{
	return maps->count == 0;
}

/* maps_are_current - is no file changed since? */
bool
maps_are_current(const struct maps *maps)
{
	struct stamp stamp;

	for (size_t i = 0; i < maps->count; i++)
		if (!table_is_current(maps->tables[i], &stamp))
			return false;
	return true;
}
