/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy as the Secure Email Gateway shows its own: row by row. */
#include "policy/policy_private.h"

/* setting - in the words of the gateway's policy table */
static const char *
setting(const struct value *value, const char *text)
{
	switch (value->action) {
	case ACTION_NO:
		return "Disabled";
	case ACTION_DEFAULT:
		return "Enabled";
	case ACTION_ADDRESS:
		return value->intake;
	case ACTION_DUNNO:
		return "(use default)";
	default:
		return text;		/* with $n, as it stands there */
	}
}

static void
give(const struct step *step, const struct rules *rules, policy_row_seen *seen,
    void *arg)
{
	const struct table *table = rules_table(rules);
	struct entry entry;

	for (size_t i = 0; i < table_entries(table); i++) {
		const struct value *value;
		struct policy_row row = { .check = step->check->name,
			.table = table_name(table) };

		table_entry(table, i, &entry);
		value = rules_value(rules, entry.value);
		row.key = entry.key;
		row.line = entry.line;
		row.name = value->name != NULL ? value->name : entry.key;
		row.setting = setting(value, table_value(table, entry.value));
		seen(arg, &row);
	}
}

/* policy_each_row - in the order in which they are asked, default_policy
 * last */
void
policy_each_row(const struct policy *policy, policy_row_seen *seen, void *arg)
{
	struct policy_row last = {
		.name = policy->fallback.name != NULL ? policy->fallback.name :
		    "default",
		.setting = setting(&policy->fallback, ""),
	};

	for (size_t i = 0; i < policy->step_count; i++)
		give(&policy->steps[i],
		    policy->tables[policy->steps[i].table], seen, arg);
	seen(arg, &last);
}
