/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy row by row, as the Secure Email Gateway shows its own. */
#include <stdlib.h>

#include "policy/policy_private.h"
#include "policy/strength.h"

/* One table, whose rows are given. */
struct giving {
	const struct policy *policy;
	const struct policy_map *map;
	const struct rules *rules;
	const char	*dunno;		/* what a DUNNO in it means */
	policy_row_seen	*seen;
	void		*arg;
};

/* setting - in the words of the gateway's policy table */
static const char *
setting(enum action action, const char *address, const char *dunno)
{
	switch (action) {
	case ACTION_NO:
		return "Disabled";
	case ACTION_DEFAULT:
		return "Enabled";
	case ACTION_DUNNO:
		return dunno;
	case ACTION_ADDRESS:
		break;
	}
	return address;
}

static void
fill(struct policy_row *row, const struct value *value, const char *dunno)
{
	row->name = value->name != NULL ? value->name : row->key;
	row->setting = setting(value->action, value->intake, dunno);
}

/* fill_made - for a value with $n, as it is in the table */
static void
fill_made(struct policy_row *row, const struct template *template,
    struct arena *arena, const char *dunno)
{
	row->name = template->name != NULL ? template->name : row->key;
	row->setting = setting(template->action,
	    template->local == NULL ? NULL : arena_format(arena, "%s@%s",
	    template->local, template->domain), dunno);
}

static void
give_row(const struct giving *giving, const struct table_entry *entry)
{
	struct policy_row row = {
		.check = giving->map->check->name,
		.table = table_name(rules_table(giving->rules)),
		.key = entry->key,
		.line = entry->line,
	};
	struct arena arena = { 0 };

	if (entry->is_made)
		fill_made(&row, rules_template(giving->rules, entry->value),
		    &arena, giving->dunno);
	else
		fill(&row, rules_value(giving->rules, entry->value),
		    giving->dunno);
	giving->seen(giving->arg, &row);
	arena_drop(&arena);
}

/* An entry, and its place. */
struct place {
	struct table_entry entry;
	uint32_t	 strength;
	size_t		 number;
};

static int
by_strength(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->strength != y->strength)
		return x->strength > y->strength ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

/* give - rows of patterns are tried in their order, keys by their strength */
static void
give(const struct giving *giving)
{
	const struct table *table = rules_table(giving->rules);
	bool in_order = table_sees_whole_keys_only(table);
	size_t count = table_entries(table);
	struct place *places = mem_grow(NULL, count + 1, sizeof(*places));

	for (size_t i = 0; i < count; i++) {
		struct place *place = &places[i];

		table_entry(table, i, &place->entry);
		place->number = i;
		place->strength = in_order ? 0 : strength_of(
		    giving->map->check->kind, place->entry.key,
		    giving->policy->keys.delimiters);
	}
	if (count > 1)
		qsort(places, count, sizeof(*places), by_strength);
	for (size_t i = 0; i < count; i++)
		give_row(giving, &places[i].entry);
	free(places);
}

/* policy_each_row - in the order of the lookups, default_policy last */
void
policy_each_row(const struct policy *policy, policy_row_seen *seen, void *arg)
{
	struct policy_row last = {
		.name = policy->fallback.name != NULL ? policy->fallback.name :
		    "default",
		.setting = setting(policy->fallback.action,
		    policy->fallback.intake, NULL),
	};

	for (size_t i = 0; i < policy->map_count; i++) {
		struct giving giving = { .policy = policy,
			.map = &policy->maps[i],
			.rules = policy->tables[policy->maps[i].table],
			.dunno = i + 1 < policy->map_count ? "(next table)" :
			    "(use default)", .seen = seen, .arg = arg };

		give(&giving);
	}
	seen(arg, &last);
}
