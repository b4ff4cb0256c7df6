/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/rules.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"

struct rules {
	atomic_uint	 users;
	struct table	*table;
	struct value	*values;	/* by number of the table's value */
	struct template	**templates;	/* likewise; NULL: none has $n */
	struct arena	 arena;
	struct intakes	 intakes;
	struct rules_options options;
};

/* is_wanted - may a table of policies have this action? */
static int
is_wanted(const struct rules_options *options, enum action action,
    struct err *err)
{
	return action != ACTION_DEFAULT || options->has_default ? 0 :
	    err_set(err, ERR_NEVER, "DEFAULT, but intake_address is empty");
}

static int
bad_for_headers(const char *text, struct err *err)
{
	return err_set(err, ERR_NEVER, "bad value '%s': neither NO nor DUNNO",
	    ESCAPE(text));
}

/* parse - the text of a value */
static int
parse(const struct rules_options *options, const char *text,
    struct arena *arena, struct value *out, struct err *err)
{
	int result = value_parse(text, arena, out, err);

	if (options->of_headers)
		return result == 0 && out->name == NULL &&
		    (out->action == ACTION_NO || out->action == ACTION_DUNNO) ?
		    0 : bad_for_headers(text, err);
	return result == -1 ? -1 : is_wanted(options, out->action, err);
}

/* parse_made - the text of a value with $n in it.  A sender can make a bad
 * address of it, and must not get past the scan that way. */
static int
parse_made(const struct rules_options *options, const char *text,
    struct arena *arena, struct template *out, struct err *err)
{
	if (options->of_headers)
		return bad_for_headers(text, err);
	if (template_parse(text, arena, out, err) == -1 ||
	    is_wanted(options, out->action, err) == -1)
		return -1;
	if (out->action == ACTION_ADDRESS && !options->has_default)
		return err_set(err, ERR_NEVER, "$n in an address, but "
		    "intake_address is empty, to which the copy goes when that "
		    "makes no address");
	return 0;
}

/* take_plain - a value without $n */
static int
take_plain(struct rules *rules, uint32_t number, struct err *err)
{
	struct value *value = &rules->values[number];

	if (parse(&rules->options, table_value(rules->table, number),
	    &rules->arena, value, err) == -1)
		return -1;
	intakes_add(&rules->intakes, value);
	return 0;
}

/* take_made - a value with $n */
static int
take_made(struct rules *rules, uint32_t number, struct err *err)
{
	struct template *template;

	if (rules->templates == NULL)
		rules->templates = mem_new(table_values(rules->table) *
		    sizeof(struct template *));
	else if (rules->templates[number] != NULL)
		return 0;
	template = arena_new(&rules->arena, sizeof(*template));
	if (parse_made(&rules->options, table_value(rules->table, number),
	    &rules->arena, template, err) == -1)
		return -1;
	rules->templates[number] = template;
	intakes_add_template(&rules->intakes, template);
	return 0;
}

/* take_rows - of a table of patterns: "$$1" becomes "$1" when it is parsed, so
 * one number may be both a plain value and one with $n */
static int
take_rows(struct rules *rules, struct err *err)
{
	bool *plain = mem_new(table_values(rules->table) * sizeof(bool));
	struct table_entry entry;
	int result = 0;

	for (size_t i = 0; i < table_entries(rules->table) && result == 0;
	    i++) {
		table_entry(rules->table, i, &entry);
		if (entry.is_made)
			result = take_made(rules, entry.value, err);
		else if (!plain[entry.value])
			result = take_plain(rules, entry.value, err);
		plain[entry.value] = plain[entry.value] || !entry.is_made;
	}
	free(plain);
	return result == 0 ? 0 : err_wrap(err, "%s:%u",
	    table_path(rules->table), entry.line);
}

static int
take_pairs(struct rules *rules, struct err *err)
{
	for (uint32_t i = 0; i < table_values(rules->table); i++) {
		own(buf) struct buf place = BUF;

		if (take_plain(rules, i, err) == 0)
			continue;
		table_place(rules->table, i, &place);
		return err_wrap(err, "%s", place.data);
	}
	return 0;
}

/* rules_of - the values of a table, parsed; takes the table; new */
static int
rules_of(struct table *table, const struct rules_options *options,
    struct rules **out, struct err *err)
{
	struct rules *rules = mem_new(sizeof(*rules));
	int result;

	rules->users = 1;
	rules->table = table;
	rules->options = *options;
	rules->values = mem_new(table_values(table) * sizeof(struct value));
	result = table_sees_whole_keys_only(table) ? take_rows(rules, err) :
	    take_pairs(rules, err);
	if (result == -1) {
		rules_leave(rules);
		return -1;
	}
	*out = rules;
	return 0;
}

/* rules_load - read a table and parse its values; new */
int
rules_load(const char *name, const struct rules_options *options,
    struct rules **out, struct err *err)
{
	struct table *table;

	return table_load(name, options->patience, &table, err) == -1 ? -1 :
	    rules_of(table, options, out, err);
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
	struct template template;
	struct value value;

	return made ? parse_made(inspection->options, text,
	    &inspection->arena, &template, err) :
	    parse(inspection->options, text, &inspection->arena, &value,
	    err);
}

static void
hear(void *arg, const char *why)
{
	const struct inspection *inspection = arg;

	inspection->bad(inspection->arg, why);
}

/* rules_inspect - report all that is wrong with a table */
int
rules_inspect(const char *name, const struct rules_options *options,
    rules_bad *bad, void *arg, struct err *err)
{
	struct inspection inspection = { .options = options, .bad = bad,
		.arg = arg };
	struct table_inspector inspector = { judge, hear, &inspection };
	struct table *table;
	int result = table_inspect(name, options->patience, &inspector, &table,
	    err);

	arena_drop(&inspection.arena);
	if (result == 0)
		table_leave(table);
	return result;
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
	free(rules->templates);
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

/* rules_are - could loading the table result in these? */
bool
rules_are(const struct rules *rules, const char *name,
    const struct rules_options *options)
{
	return rules->options.of_headers == options->of_headers &&
	    rules->options.has_default == options->has_default &&
	    strcmp(table_name(rules->table), name) == 0;
}

/* ruling_drop - free what was made for it */
void
ruling_drop(struct ruling *ruling)
{
	table_found_drop(&ruling->found);
	arena_drop(&ruling->arena);
}

/* make - the value with $n replaced */
static int
make(const struct rules *rules, struct ruling *out, struct err *err)
{
	out->text = table_value(rules->table, out->found.value);
	out->value = &out->made;
	if (template_fill(rules->templates[out->found.value],
	    &out->found.taken, &out->arena, &out->made, err) == -1)
		return err_wrap(err, "%s:%u", table_path(rules->table),
		    out->line);
	out->text = value_text(&out->made, &out->arena);
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
	if (out->found.is_made)
		return make(rules, out, err);
	out->value = &rules->values[out->found.value];
	out->text = table_value(rules->table, out->found.value);
	return 1;
}

/* rules_next - iterate over the different values */
bool
rules_next(const struct rules *rules, uint32_t *at, struct ruling *out)
{
	uint32_t number = *at;

	if (number >= table_values(rules->table))
		return false;
	*out = (struct ruling){
		.value = &rules->values[number],
		.template = rules_template(rules, number),
		.key = table_first_key(rules->table, number),
		.text = table_value(rules->table, number),
		.found = TABLE_FOUND,
	};
	*at = number + 1;
	return true;
}

/* rules_intakes - the addresses that the values lead to */
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

/* rules_template - one that has $n */
const struct template *
rules_template(const struct rules *rules, uint32_t number)
{
	return rules->templates != NULL ? rules->templates[number] : NULL;
}
