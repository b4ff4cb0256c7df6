/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "policy/policy_private.h"

/* One word of policy_maps: which fact it looks at, and the keys of that. */
struct check {
	const char	*name;
	const char	*(*fact)(const struct facts *, const char *recipient);
	void		 (*keys)(struct keys *, const char *fact,
			     const struct keys_options *);
};

static const char *
fact_recipient(const struct facts *facts, const char *recipient)
{
	(void)facts;
	return recipient;
}

static const char *
fact_sender(const struct facts *facts, const char *recipient)
{
	(void)recipient;
	return facts->sender;
}

static const struct check checks[] = {
	{ "check_recipient", fact_recipient, keys_of_address },
	{ "check_sender", fact_sender, keys_of_address },
};

const char policy_checks[] = "check_recipient check_sender";

/* policy_check - the row of a word in policy_maps, or NULL */
const struct check *
policy_check(const char *word)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (strcmp(checks[i].name, word) == 0)
			return &checks[i];
	return NULL;
}

static void
conclude(const struct policy *policy, const struct value *value,
    struct decision *out)
{
	out->journal = value->action == ACTION_DEFAULT ||
	    value->action == ACTION_ADDRESS;
	if (out->journal)
		out->intake = value->action == ACTION_DEFAULT ?
		    policy->intake : value->intake;
	if (value->name != NULL)
		out->name = value->name;
}

/* One question to one table, and who wants to hear of it. */
struct inquiry {
	const struct check *check;
	const struct rules *rules;
	policy_step	*tell;
	void		*arg;
};

/* ask - try the keys in turn until one is found */
static bool
ask(const struct inquiry *inquiry, struct keys *keys, struct ruling *out,
    char found[static sizeof(((struct decision *)0)->key)])
{
	const char *table = table_name(rules_table(inquiry->rules));
	size_t size = sizeof(((struct decision *)0)->key);
	struct key key;

	while (keys_next(keys, &key)) {
		bool there = rules_find(inquiry->rules, key.text, out);

		if (inquiry->tell != NULL)
			inquiry->tell(inquiry->arg, inquiry->check->name, table,
			    key.text, there ? out->text : NULL);
		if (!there)
			continue;
		if ((size_t)snprintf(found, size, "%s", key.text) >= size)
			memcpy(found + size - 4, "...", 4);
		return true;
	}
	return false;
}

/* policy_explain - decide, and tell every key that was tried */
void
policy_explain(const struct policy *policy, const struct facts *facts,
    const char *recipient, policy_step *tell, void *arg, struct decision *out)
{
	own(keys) struct keys keys = KEYS;
	struct ruling ruling;

	for (size_t i = 0; i < policy->step_count; i++) {
		const struct step *step = &policy->steps[i];
		struct inquiry inquiry = { step->check,
			policy->tables[step->table], tell, arg };

		step->check->keys(&keys, step->check->fact(facts, recipient),
		    &policy->keys);
		*out = (struct decision){ 0 };
		if (!ask(&inquiry, &keys, &ruling, out->key) ||
		    ruling.value->action == ACTION_DUNNO)
			continue;
		out->name = ruling.key;
		out->check = step->check->name;
		out->table = table_name(rules_table(inquiry.rules));
		conclude(policy, ruling.value, out);
		return;
	}
	*out = (struct decision){ .name = "default" };
	conclude(policy, &policy->fallback, out);
}

/* policy_decide - where a recipient's copy goes */
void
policy_decide(const struct policy *policy, const struct facts *facts,
    const char *recipient, struct decision *out)
{
	policy_explain(policy, facts, recipient, NULL, NULL, out);
}

/* policy_each_table - for a summary */
void
policy_each_table(const struct policy *policy, policy_table_seen *seen,
    void *arg)
{
	for (size_t i = 0; i < policy->step_count; i++) {
		const struct step *step = &policy->steps[i];
		const struct table *table =
		    rules_table(policy->tables[step->table]);

		seen(arg, step->check->name, table_name(table),
		    table_entries(table));
	}
}

/* is_foreign - an address in another domain than intake_address */
static bool
is_foreign(const struct policy *policy, const struct value *value)
{
	return value->action == ACTION_ADDRESS &&
	    strcasecmp(strrchr(value->intake, '@'),
	    strrchr(policy->intake, '@')) != 0;
}

/* policy_each_foreign_intake - for warnings */
void
policy_each_foreign_intake(const struct policy *policy, policy_foreign *seen,
    void *arg)
{
	if (*policy->intake == '\0')
		return;
	if (is_foreign(policy, &policy->fallback))
		seen(arg, "default_policy", "", policy->fallback.intake);
	for (size_t i = 0; i < policy->table_count; i++) {
		const struct rules *rules = policy->tables[i];
		struct ruling ruling;
		uint32_t at = 0;

		while (rules_next(rules, &at, &ruling))
			if (is_foreign(policy, ruling.value))
				seen(arg, table_name(rules_table(rules)),
				    ruling.key, ruling.value->intake);
	}
}
