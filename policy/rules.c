/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/rules.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/own.h"

struct rules {
	atomic_uint	 users;
	struct table	*table;
	struct value	*values;	/* by number of the table's value */
	struct arena	 arena;
	struct intakes	 intakes;
	struct rules_options options;
};

/* is_wanted - may the value stand in a table of this kind? */
static int
is_wanted(const struct rules_options *options, const struct value *value,
    const char *text, struct err *err)
{
	if (options->of_headers && ((value->action != ACTION_NO &&
	    value->action != ACTION_DUNNO) || value->name != NULL))
		return err_set(err, ERR_NEVER,
		    "bad value '%s': neither NO nor DUNNO", LOG_ESCAPE(text));
	if (value->action == ACTION_DEFAULT && !options->has_default)
		return err_set(err, ERR_NEVER,
		    "DEFAULT, but intake_address is empty");
	return 0;
}

/* understand - the text of a value */
static int
understand(const struct rules_options *options, const char *text, bool made,
    struct arena *arena, struct value *out, struct err *err)
{
	if (made) {
		*out = (struct value){ .action = ACTION_LATER };
		if (options->of_headers)
			return err_set(err, ERR_NEVER, "bad value '%s': "
			    "neither NO nor DUNNO", LOG_ESCAPE(text));
		return value_check(text, err);
	}
	if (value_parse(text, arena, out, err) == -1)
		return -1;
	return is_wanted(options, out, text, err);
}

/* mark_made - the values that have $n in them */
static void
mark_made(struct rules *rules)
{
	struct entry entry;

	if (!table_sees_whole_keys_only(rules->table))
		return;
	for (size_t i = 0; i < table_entries(rules->table); i++) {
		table_entry(rules->table, i, &entry);
		if (entry.is_made)
			rules->values[entry.value].action = ACTION_LATER;
	}
}

static struct rules *
rules_new(struct table *table, const struct rules_options *options)
{
	struct rules *rules = mem_new(sizeof(*rules));

	rules->users = 1;
	rules->table = table;
	rules->options = *options;
	rules->values = mem_new(table_values(table) * sizeof(struct value));
	mark_made(rules);
	return rules;
}

/* take_value - one value of the table */
static int
take_value(struct rules *rules, uint32_t number, struct err *err)
{
	struct value *value = &rules->values[number];
	own(buf) struct buf place = BUF;

	if (understand(&rules->options, table_value(rules->table, number),
	    value->action == ACTION_LATER, &rules->arena, value, err) == 0) {
		intakes_add(&rules->intakes, value,
		    table_value(rules->table, number));
		return 0;
	}
	table_place(rules->table, number, &place);
	return err_wrap(err, "%s", place.data);
}

/* rules_load - read a table and understand its values; new */
int
rules_load(const char *name, const struct rules_options *options,
    struct rules **out, struct err *err)
{
	struct rules *rules;
	struct table *table;

	if (table_load(name, options->patience, &table, err) == -1)
		return -1;
	rules = rules_new(table, options);
	for (uint32_t i = 0; i < table_values(table); i++)
		if (take_value(rules, i, err) == -1) {
			rules_leave(rules);
			return -1;
		}
	*out = rules;
	return 0;
}

struct inspection {
	const struct rules_options *options;
	struct arena	 arena;
	rules_bad	*bad;
	void		*arg;
};

static int
judge(void *arg, const char *text, bool made, struct err *err)
{
	struct inspection *inspection = arg;
	struct value value;

	return understand(inspection->options, text, made, &inspection->arena,
	    &value, err);
}

static void
hear(void *arg, const char *why)
{
	const struct inspection *inspection = arg;

	inspection->bad(inspection->arg, why);
}

/* rules_inspect - read a table, and tell all that is wrong with it; new */
int
rules_inspect(const char *name, const struct rules_options *options,
    rules_bad *bad, void *arg, struct rules **out, struct err *err)
{
	struct inspection inspection = { .options = options, .bad = bad,
		.arg = arg };
	struct table_inspector inspector = { judge, hear, &inspection };
	struct table *table;
	struct rules *rules;
	int result = table_inspect(name, options->patience, &inspector, &table,
	    err);

	arena_drop(&inspection.arena);
	if (result == -1)
		return -1;
	rules = rules_new(table, options);
	for (uint32_t i = 0; i < table_values(table); i++)
		(void)take_value(rules, i, err);
	*out = rules;
	return 0;
}

/* rules_hold - one more owner */
struct rules *
rules_hold(struct rules *rules)
{
	atomic_fetch_add(&rules->users, 1);
	return rules;
}

/* rules_leave - one owner less; the last one frees them */
struct rules *
rules_leave(struct rules *rules)
{
	if (rules == NULL || atomic_fetch_sub(&rules->users, 1) > 1)
		return NULL;
	table_leave(rules->table);
	free(rules->values);
	intakes_drop(&rules->intakes);
	arena_drop(&rules->arena);
	free(rules);
	return NULL;
}

/* rules_table - the table they were read from; borrowed */
const struct table *
rules_table(const struct rules *rules)
{
	return rules->table;
}

/* rules_of_headers - were they loaded for header fields? */
bool
rules_of_headers(const struct rules *rules)
{
	return rules->options.of_headers;
}

/* rules_are - could these be what loading the table would bring? */
bool
rules_are(const struct rules *rules, const char *name,
    const struct rules_options *options)
{
	return rules->options.of_headers == options->of_headers &&
	    rules->options.has_default == options->has_default &&
	    strcmp(table_name(rules->table), name) == 0;
}

/* ruling_drop - free what was made */
void
ruling_drop(struct ruling *ruling)
{
	found_drop(&ruling->found);
	arena_drop(&ruling->arena);
}

/* make - the value that $n leads to */
static int
make(const struct rules *rules, struct ruling *out, struct err *err)
{
	out->text = out->found.is_made ? out->found.made.data :
	    table_value(rules->table, out->found.value);
	out->value = &out->made;
	if (value_parse(out->text, &out->arena, &out->made, err) == -1 ||
	    is_wanted(&rules->options, &out->made, out->text, err) == -1)
		return err_wrap(err, "%s:%u", table_path(rules->table),
		    out->line);
	return 1;
}

/* rules_find - what the table says about a key */
int
rules_find(const struct rules *rules, const char *key, struct ruling *out,
    struct err *err)
{
	int got;

	out->key = NULL;
	got = table_look(rules->table, key, &out->found, err);
	if (got != 1)
		return got;
	out->key = out->found.key;
	out->line = out->found.line;
	out->value = &rules->values[out->found.value];
	/* "$$1" means what "$1" looks like: the number may stand for both */
	if (out->found.is_made || out->value->action == ACTION_LATER)
		return make(rules, out, err);
	out->text = table_value(rules->table, out->found.value);
	return 1;
}

/* rules_next - go through the different values */
bool
rules_next(const struct rules *rules, uint32_t *at, struct ruling *out)
{
	uint32_t number = *at;

	if (number >= table_values(rules->table))
		return false;
	*out = (struct ruling){
		.value = &rules->values[number],
		.key = table_first_key(rules->table, number),
		.text = table_value(rules->table, number),
		.found = FOUND,
	};
	*at = number + 1;
	return true;
}

/* rules_intakes - where the values lead to */
const struct intakes *
rules_intakes(const struct rules *rules)
{
	return &rules->intakes;
}

/* rules_value - one of them */
const struct value *
rules_value(const struct rules *rules, uint32_t number)
{
	return &rules->values[number];
}
