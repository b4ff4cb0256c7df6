/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/rules.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/own.h"

struct rules {
	atomic_uint	 users;
	struct table	*table;
	struct value	*values;	/* by number of the table's value */
	struct arena	 arena;
};

/* understand - one value of the table */
static int
understand(struct rules *rules, uint32_t number,
    const struct rules_options *options, struct err *err)
{
	struct value *value = &rules->values[number];
	own(buf) struct buf place = BUF;
	int result = value_parse(table_value(rules->table, number),
	    &rules->arena, value, err);

	if (result == 0 && value->action == ACTION_DEFAULT &&
	    !options->has_default)
		result = err_set(err, ERR_NEVER,
		    "DEFAULT, but intake_address is empty");
	if (result == -1) {
		table_place(rules->table, number, &place);
		return err_wrap(err, "%s", place.data);
	}
	return 0;
}

/* rules_load - read a table and understand its values; new */
int
rules_load(const char *name, const struct rules_options *options,
    struct rules **out, struct err *err)
{
	struct rules *rules;
	struct table *table;
	uint32_t count;

	if (table_load(name, options->patience, &table, err) == -1)
		return -1;
	count = table_values(table);
	rules = mem_new(sizeof(*rules));
	rules->users = 1;
	rules->table = table;
	rules->values = mem_new(count * sizeof(*rules->values));
	for (uint32_t i = 0; i < count; i++)
		if (understand(rules, i, options, err) == -1) {
			rules_leave(rules);
			return -1;
		}
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

/* rules_find - what the table says about a key */
bool
rules_find(const struct rules *rules, const char *key, struct ruling *out)
{
	uint32_t number;

	if (!table_find(rules->table, key, &number, &out->key))
		return false;
	out->value = &rules->values[number];
	out->text = table_value(rules->table, number);
	return true;
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
	};
	*at = number + 1;
	return true;
}
