/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/policy.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/nearest.h"
#include "policy/policy_private.h"

static void
recipient_keys(struct keys *keys, const struct facts *facts,
    const char *recipient, const struct keys_options *options)
{
	(void)facts;
	keys_of_address(keys, recipient, options);
}

static void
sender_keys(struct keys *keys, const struct facts *facts,
    const char *recipient, const struct keys_options *options)
{
	(void)recipient;
	keys_of_address(keys, facts->sender, options);
}

/* known - a fact that may be missing */
static const char *
known(const char *fact)
{
	return fact != NULL ? fact : "";
}

static void
client_keys(struct keys *keys, const struct facts *facts,
    const char *recipient, const struct keys_options *options)
{
	(void)recipient;
	keys_of_client(keys, known(facts->client.name),
	    known(facts->client.address), options);
}

static void
helo_keys(struct keys *keys, const struct facts *facts,
    const char *recipient, const struct keys_options *options)
{
	(void)recipient;
	keys_of_helo(keys, known(facts->client.helo), options);
}

static void
pair_keys(struct keys *keys, const struct facts *facts,
    const char *recipient, const struct keys_options *options)
{
	keys_of_pair(keys, facts->sender, recipient, options);
}

static const struct policy_check checks[] = {
	{ "check_client", client_keys, KEY_CLIENT },
	{ "check_helo", helo_keys, KEY_HELO },
	{ "check_pair", pair_keys, KEY_PAIR },
	{ "check_recipient", recipient_keys, KEY_RECIPIENT },
	{ "check_sender", sender_keys, KEY_SENDER },
};

static const char policy_checks[] =
    "check_client check_helo check_pair check_recipient check_sender";

/* policy_check - the row of a word in policy_maps, or NULL */
const struct policy_check *
policy_check(const char *word)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (strcmp(checks[i].name, word) == 0)
			return &checks[i];
	return NULL;
}

/* policy_no_check - that there is none of this name, and what may be meant */
int
policy_no_check(const char *word, struct err *err)
{
	const char *meant = nearest(word, &checks[0].name,
	    sizeof(checks) / sizeof(*checks), sizeof(*checks));

	if (*word == '{')
		return err_set(err, ERR_NEVER, "'%s': one pair of braces too "
		    "many", ESCAPE(word));
	if (meant != NULL)
		return err_set(err, ERR_NEVER, "unknown check '%s', did you "
		    "mean '%s'?", ESCAPE(word), meant);
	return err_set(err, ERR_NEVER, "unknown check '%s' (known: %s)",
	    ESCAPE(word), policy_checks);
}

/* policy_no_table - that a check has none after it */
int
policy_no_table(const char *check, struct err *err)
{
	return err_set(err, ERR_NEVER, "no table after %s", check);
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

/* conclude_trouble - an extra copy, to the address that the operator has
 * named, is better than none */
static void
conclude_trouble(const struct policy *policy, const struct err *err,
    struct decision *out)
{
	static const struct value copy = { .action = ACTION_DEFAULT };
	bool has_intake = *policy->intake != '\0';

	snprintf(out->trouble, sizeof(out->trouble), "%.400s: %s", err->text,
	    has_intake ? "the copy goes to intake_address" :
	    "default_policy decides");
	conclude(policy, has_intake ? &copy : &policy->fallback, out);
}

/* own_texts - keep a value that was made for this key in the decision */
static void
own_texts(const struct value *made, struct decision *out)
{
	char *at = out->made, *end = out->made + sizeof(out->made);

	if (out->intake == made->intake && made->intake != NULL) {
		out->intake = at;
		at += snprintf(at, (size_t)(end - at), "%s", made->intake) + 1;
	}
	if (made->name != NULL) {
		out->name = at;
		snprintf(at, (size_t)(end - at), "%s", made->name);
	}
}

/* One lookup in one table, and where to report it. */
struct inquiry {
	const struct policy_check *check;
	const struct rules *rules;
	policy_step	*report;
	void		*arg;
	struct ruling	 ruling;
	struct err	 err;
};

static void
note_key(struct decision *out, const char *key)
{
	size_t size = sizeof(out->key);

	if ((size_t)snprintf(out->key, size, "%s", key) >= size)
		memcpy(out->key + size - 4, "...", 4);
}

/* ask - try the keys in turn until one is found, or cannot be decided */
static int
ask(struct inquiry *inquiry, struct keys *keys, struct decision *out)
{
	const struct table *table = rules_table(inquiry->rules);
	bool wholes = table_sees_whole_keys_only(table);
	bool any = false;
	struct key key;

	while (keys_next(keys, &key)) {
		const char *text = wholes ? key.pattern : key.text;
		int got;

		if (text == NULL)
			continue;
		any = true;
		got = rules_find(inquiry->rules, text, &inquiry->ruling,
		    &inquiry->err);
		if (inquiry->report != NULL)
			inquiry->report(inquiry->arg, inquiry->check->name,
			    table_name(table), text,
			    got == 1 ? inquiry->ruling.text : got == -1 ?
			    inquiry->err.text : NULL);
		if (got == 0)
			continue;
		note_key(out, text);
		return got;
	}
	if (!any && inquiry->report != NULL)
		inquiry->report(inquiry->arg, inquiry->check->name,
		    table_name(table), NULL, NULL);
	return 0;
}

/* try_map - what one check decides; false: nothing */
static bool
try_map(const struct policy *policy, const struct policy_map *map,
    struct inquiry *inquiry, struct keys *keys, struct decision *out)
{
	const struct ruling *ruling = &inquiry->ruling;
	int got = ask(inquiry, keys, out);

	if (got == 0 ||
	    (got == 1 && ruling->value->action == ACTION_DUNNO)) {
		out->key[0] = '\0';
		return false;
	}
	out->name = ruling->key != NULL ? ruling->key : "default";
	out->check = map->check->name;
	out->table = table_name(rules_table(inquiry->rules));
	out->line = ruling->key != NULL ? ruling->line : 0;
	if (got == -1)
		conclude_trouble(policy, &inquiry->err, out);
	else
		conclude(policy, ruling->value, out);
	if (got == 1 && ruling->value == &ruling->made)
		own_texts(&ruling->made, out);
	return true;
}

/* unknown - what a check would look at, and nobody knows; NULL: nothing */
static const char *
unknown(const struct policy_check *check, const struct facts *facts,
    const char *recipient)
{
	switch (check->kind) {
	case KEY_CLIENT:
	case KEY_HELO:
		return facts->client_lost ? "the client is not known" : NULL;
	case KEY_SENDER:
		return facts->sender == NULL ? "the sender is unclear" : NULL;
	case KEY_RECIPIENT:
		return recipient == NULL ? "the recipient is unclear" : NULL;
	case KEY_PAIR:
		break;
	}
	return facts->sender == NULL || recipient == NULL ?
	    "sender or recipient is unclear" : NULL;
}

/* in_doubt - what a check decides that cannot be asked */
static void
in_doubt(const struct policy *policy, const struct policy_map *map,
    const char *why, struct decision *out)
{
	struct err err;

	out->check = map->check->name;
	out->table = table_name(rules_table(policy->tables[map->table]));
	(void)err_set(&err, ERR_NEVER, "%s %s: %s", out->check, out->table,
	    why);
	conclude_trouble(policy, &err, out);
}

/* policy_explain - decide, and report every key that was tried */
void
policy_explain(const struct policy *policy, const struct facts *facts,
    const char *recipient, policy_step *report, void *arg, struct decision *out)
{
	own(keys) struct keys keys = KEYS;
	bool decided = false;

	*out = (struct decision){ .name = "default" };
	for (size_t i = 0; i < policy->map_count && !decided; i++) {
		const struct policy_map *map = &policy->maps[i];
		struct inquiry inquiry = { .check = map->check,
			.rules = policy->tables[map->table], .report = report,
			.arg = arg, .ruling = RULING };
		const char *why = unknown(map->check, facts, recipient);

		if (why != NULL) {
			in_doubt(policy, map, why, out);
			return;
		}
		map->check->keys(&keys, facts, recipient, &policy->keys);
		decided = try_map(policy, map, &inquiry, &keys, out);
		ruling_drop(&inquiry.ruling);
	}
	if (!decided)
		conclude(policy, &policy->fallback, out);
}

/* policy_decide - where a recipient's copy goes */
void
policy_decide(const struct policy *policy, const struct facts *facts,
    const char *recipient, struct decision *out)
{
	policy_explain(policy, facts, recipient, NULL, NULL, out);
}

/* policy_is_intake - may copies go to this address? */
bool
policy_is_intake(const struct policy *policy, const char *address)
{
	if (intakes_same(policy->intake, address) ||
	    intakes_same(policy->alternate, address) ||
	    intakes_same(policy->fallback.intake, address))
		return true;
	for (size_t i = 0; i < policy->table_count; i++)
		if (intakes_have(rules_intakes(policy->tables[i]), address))
			return true;
	return false;
}

/* policy_each_table - for a summary */
void
policy_each_table(const struct policy *policy, policy_table_seen *seen,
    void *arg)
{
	for (size_t i = 0; i < policy->map_count; i++) {
		const struct policy_map *map = &policy->maps[i];
		const struct table *table =
		    rules_table(policy->tables[map->table]);

		seen(arg, map->check->name, table_name(table),
		    table_entries(table));
	}
	for (size_t i = 0; i < policy->header_count; i++) {
		const struct table *table =
		    rules_table(policy->tables[policy->headers[i]]);

		seen(arg, "unclean_header_checks", table_name(table),
		    table_entries(table));
	}
}

/* is_foreign - is it in another domain than intake_address? */
static bool
is_foreign(const struct policy *policy, const char *address)
{
	return address != NULL && strcasecmp(strrchr(address, '@'),
	    strrchr(policy->intake, '@')) != 0;
}

/* is_foreign_made - the same of a value with $n whose domain is known */
static bool
is_foreign_made(const struct policy *policy, const struct template *template)
{
	return template != NULL && template->domain != NULL &&
	    !template_is_open(template) && strcasecmp(template->domain,
	    strrchr(policy->intake, '@') + 1) != 0;
}

/* policy_each_foreign_intake - for warnings */
void
policy_each_foreign_intake(const struct policy *policy, policy_foreign *seen,
    void *arg)
{
	if (*policy->intake == '\0')
		return;
	if (is_foreign(policy, policy->fallback.intake))
		seen(arg, "default_policy", "", policy->fallback.intake);
	for (size_t i = 0; i < policy->table_count; i++) {
		const struct rules *rules = policy->tables[i];
		struct ruling ruling;
		uint32_t at = 0;

		while (rules_next(rules, &at, &ruling))
			if (is_foreign(policy, ruling.value->intake))
				seen(arg, table_name(rules_table(rules)),
				    ruling.key, ruling.value->intake);
			else if (is_foreign_made(policy, ruling.template))
				seen(arg, table_name(rules_table(rules)),
				    ruling.key, ruling.text);
	}
}
