/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy row by row, as the Secure Email Gateway shows its own. */
#include "policy/policy_private.h"

/* setting - in the words of the gateway's policy table */
static const char *
setting(enum action action, const char *address)
{
	switch (action) {
	case ACTION_NO:
		return "Disabled";
	case ACTION_DEFAULT:
		return "Enabled";
	case ACTION_DUNNO:
		return "(use default)";
	case ACTION_ADDRESS:
		break;
	}
	return address;
}

static void
fill(struct policy_row *row, const struct value *value)
{
	row->name = value->name != NULL ? value->name : row->key;
	row->setting = setting(value->action, value->intake);
}

/* fill_made - for a value with $n, as it is in the table */
static void
fill_made(struct policy_row *row, const struct template *template,
    struct arena *arena)
{
	row->name = template->name != NULL ? template->name : row->key;
	row->setting = setting(template->action,
	    template->local == NULL ? NULL : arena_format(arena, "%s@%s",
	    template->local, template->domain));
}

static void
give(const struct policy_map *map, const struct rules *rules,
    policy_row_seen *seen, void *arg)
{
	const struct table *table = rules_table(rules);
	struct table_entry entry;

	for (size_t i = 0; i < table_entries(table); i++) {
		struct policy_row row = { .check = map->check->name,
			.table = table_name(table) };
		struct arena arena = { 0 };

		table_entry(table, i, &entry);
		row.key = entry.key;
		row.line = entry.line;
		if (entry.is_made)
			fill_made(&row, rules_template(rules, entry.value),
			    &arena);
		else
			fill(&row, rules_value(rules, entry.value));
		seen(arg, &row);
		arena_drop(&arena);
	}
}

/* policy_each_row - in the order of the lookups, default_policy last */
void
policy_each_row(const struct policy *policy, policy_row_seen *seen, void *arg)
{
	struct policy_row last = {
		.name = policy->fallback.name != NULL ? policy->fallback.name :
		    "default",
		.setting = setting(policy->fallback.action,
		    policy->fallback.intake),
	};

	for (size_t i = 0; i < policy->map_count; i++)
		give(&policy->maps[i],
		    policy->tables[policy->maps[i].table], seen, arg);
	seen(arg, &last);
}
