/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and tables that are never reached, because an earlier table decides. */
#include <string.h>

#include "base/escape.h"
#include "base/own.h"
#include "policy/keyform.h"
#include "policy/policy_private.h"

/* has_dunno - may it leave the decision to a later table? */
static bool
has_dunno(const struct rules *rules)
{
	struct ruling ruling;
	uint32_t at = 0;

	while (rules_next(rules, &at, &ruling))
		if ((ruling.template != NULL ? ruling.template->action :
		    ruling.value->action) == ACTION_DUNNO)
			return true;
	return false;
}

/* always_decides - does the table decide whenever it has the key? */
static bool
always_decides(const struct rules *rules)
{
	return !has_dunno(rules) &&
	    !table_sees_whole_keys_only(rules_table(rules));
}

/* all_keys - the keys that are looked up whenever this one is */
static void
all_keys(enum key_kind kind, const char *key,
    const struct keys_options *options, struct keys *out)
{
	own(str) char *address = mem_format("x@%s%s",
	    *key == '.' ? "y" : "", key);
	const char *at = strrchr(key, '@');

	if (kind == KEY_CLIENT && keyform_is_network(key))
		keys_of_client(out, "", key, options);
	else if (kind == KEY_CLIENT || kind == KEY_HELO)
		keys_of_helo(out, address + 2, options);
	else
		keys_of_address(out, at != NULL && at[1] != '\0' ? key :
		    address, options);
}

/* decided_by - the key of an earlier table that decides wherever this one
 * could; NULL: none */
static const char *
decided_by(const struct table *before, enum key_kind kind, const char *key,
    const struct keys_options *options)
{
	bool of_domain = strchr(key, '@') == NULL;
	own(keys) struct keys keys = KEYS;
	const char *found;
	uint32_t value;
	struct key one;

	if (table_find(before, key, &value, &found))
		return found;
	if (kind == KEY_PAIR || strcmp(key, "<>") == 0 ||
	    key[strlen(key) - 1] == '@')
		return NULL;
	all_keys(kind, key, options, &keys);
	while (keys_next(&keys, &one))
		if (!(of_domain && strchr(one.text, '@') != NULL) &&
		    !(*key == '.' && strcmp(one.text + 1, key) == 0) &&
		    table_find(before, one.text, &value, &found))
			return found;
	return NULL;
}

/* list_decided - a key that is never reached because of an earlier table */
static void
list_decided(struct listing *listing, const struct table *before,
    const struct table *after, enum key_kind kind, const char *key)
{
	bool any = table_has_any_key(before);
	own(str) char *why = NULL;
	const char *found = NULL;

	if (!any && *key != '\0' && !table_has_any_key(after))
		found = decided_by(before, kind, key, &listing->policy->keys);
	if (!any && found == NULL)
		return;
	why = any || strcmp(found, key) == 0 ?
	    mem_format("%s decides first", table_name(before)) :
	    mem_format("%s decides first, by %s", table_name(before),
	    ESCAPE(found));
	listing_never(listing, table_name(after), key, why);
}

/* list_shadowed - keys of a table for which an earlier one decides.  If that
 * one has a DUNNO, a longer key may lead past it. */
static void
list_shadowed(struct listing *listing, const struct policy_map *earlier,
    const struct policy_map *later)
{
	const struct rules *rules = listing->policy->tables[earlier->table];
	const struct table *before = rules_table(rules);
	const struct table *after =
	    rules_table(listing->policy->tables[later->table]);
	struct table_entry entry;

	if (!always_decides(rules) ||
	    (table_sees_whole_keys_only(after) && !table_has_any_key(before)))
		return;
	for (size_t i = 0; i < table_entries(after); i++) {
		table_entry(after, i, &entry);
		list_decided(listing, before, after, later->check->kind,
		    entry.key);
	}
	listing_end(listing, table_name(after));
}

/* decides_all - is there an answer for every message?  There may be no HELO. */
static bool
decides_all(const struct policy *policy, const struct policy_map *map)
{
	const struct rules *rules = policy->tables[map->table];

	return map->check->kind != KEY_HELO && !has_dunno(rules) &&
	    table_takes_all(rules_table(rules));
}

/* list_unreached - a table that is never asked */
static void
list_unreached(struct listing *listing, const struct policy_map *earlier,
    const struct policy_map *later)
{
	const struct policy *policy = listing->policy;
	own(str) char *text = mem_format("%s %s is never asked: %s %s has an "
	    "answer for every message", later->check->name,
	    table_name(rules_table(policy->tables[later->table])),
	    earlier->check->name,
	    table_name(rules_table(policy->tables[earlier->table])));

	listing->report(listing->arg, text);
}

/* policy_list_later - what the tables before this one leave to it: nothing at
 * all, or not all of its keys */
void
policy_list_later(struct listing *listing, const struct policy_map *later)
{
	const struct policy_map *maps = listing->policy->maps;

	for (const struct policy_map *map = maps; map < later; map++)
		if (decides_all(listing->policy, map)) {
			list_unreached(listing, map, later);
			return;
		}
	for (const struct policy_map *map = maps; map < later; map++)
		if (map->check == later->check)
			list_shadowed(listing, map, later);
}

/* policy_marks_all - does a table of unclean_header_checks match all fields? */
const char *
policy_marks_all(const struct policy *policy)
{
	for (size_t i = 0; i < policy->header_count; i++) {
		const struct rules *rules = policy->tables[policy->headers[i]];

		if (!has_dunno(rules) && table_takes_all(rules_table(rules)))
			return table_name(rules_table(rules));
	}
	return NULL;
}
