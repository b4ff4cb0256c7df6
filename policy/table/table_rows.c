/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table holds, for those who look at all of it. */
#include "base/escape.h"
#include "policy/table/table.h"
#include "policy/table/table_private.h"

/* table_has_any_key - does it have the same value for every key? */
bool
table_has_any_key(const struct table *table)
{
	return table->type->any_key;
}

/* table_entries - how many keys, or rows */
size_t
table_entries(const struct table *table)
{
	return table->patterns != NULL ? table->rows : table->keys.count;
}

/* table_bytes - of its patterns */
size_t
table_bytes(const struct table *table)
{
	return table->patterns != NULL ? patterns_bytes(table->patterns) : 0;
}

/* table_entry - one of them, in the order in which they came */
void
table_entry(const struct table *table, size_t number, struct table_entry *out)
{
	struct pattern_row row;

	*out = (struct table_entry){ .value = table->value_of[number] };
	if (table->patterns == NULL) {
		out->key = strings_text(&table->keys, (uint32_t)number);
		return;
	}
	patterns_row(table->patterns, number, &row);
	out->key = row.pattern;
	out->line = row.line;
	out->is_made = row.made;
	if (!patterns_dead(table->patterns, number, &out->dead_by))
		out->dead_by = 0;
}

/* table_takes_all - does it obviously have an answer for every key? */
bool
table_takes_all(const struct table *table)
{
	return table->patterns != NULL ? patterns_take_all(table->patterns) :
	    table->type->any_key;
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
	return strings_text(&table->values, value);
}

/* table_first_key - the first key that has this value */
const char *
table_first_key(const struct table *table, uint32_t value)
{
	return strings_text(&table->keys, table->places[value].key);
}

/* table_place - for messages about a value */
void
table_place(const struct table *table, uint32_t value, struct buf *out)
{
	unsigned line = table->places[value].line;

	if (line > 0)
		buf_format(out, "%s:%u", table->path, line);
	else
		buf_format(out, "key '%s'",
		    ESCAPE(table_first_key(table, value)));
}
