/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that can never match, or not where they are meant to. */
#include <string.h>

#include "base/escape.h"
#include "base/own.h"
#include "policy/keyform.h"
#include "policy/policy_private.h"

enum { ENOUGH = 20 };		/* for one table and one reason */

/* list - report a finding; those over the limit are only counted */
static void
list(struct listing *listing, const char *table, const char *key,
    const char *what)
{
	struct escaped escaped;
	own(str) char *text = NULL;

	if (listing->count++ >= ENOUGH)
		return;
	text = mem_format("%s: %s: %s", table, escape(&escaped, key), what);
	listing->report(listing->arg, text);
}

/* listing_never - a key that can never match */
void
listing_never(struct listing *listing, const char *table, const char *key,
    const char *why)
{
	own(str) char *text = mem_format("can never match: %s", why);

	list(listing, table, key, text);
}

void
listing_end(struct listing *listing, const char *table)
{
	own(str) char *text = NULL;

	if (listing->count > ENOUGH) {
		text = mem_format("%s: and %zu more", table,
		    listing->count - ENOUGH);
		listing->report(listing->arg, text);
	}
	listing->count = 0;
}

/* ---- what the table by itself shows ---- */

static bool
has_upper(const char *key)
{
	for (; *key != '\0'; key++)
		if (*key >= 'A' && *key <= 'Z')
			return true;
	return false;
}

/* list_dead - rows that an earlier one covers, letters that no lookup has */
static void
list_dead(struct listing *listing, const struct table *table)
{
	struct table_entry entry;

	for (size_t i = 0; i < table_entries(table); i++) {
		table_entry(table, i, &entry);
		if (entry.dead_by > 0) {
			own(str) char *why = mem_format("line %u matches "
			    "all that line %u would", entry.dead_by,
			    entry.line);

			listing_never(listing, table_name(table), entry.key,
			    why);
		} else if (entry.line == 0 && !table_has_any_key(table) &&
		    has_upper(entry.key)) {
			listing_never(listing, table_name(table), entry.key,
			    "upper case (was the table made with postmap -f?)");
		}
	}
	listing_end(listing, table_name(table));
}

/* ---- what the checks that use the table show ---- */

/* fault - why none of the checks that use this table can look up the key;
 * NULL: one can */
static const char *
fault(const struct policy *policy, size_t table, const char *key,
    struct arena *arena)
{
	const char *why = NULL, *other;

	for (size_t i = 0; i < policy->map_count; i++) {
		const struct policy_map *map = &policy->maps[i];

		if (map->table != table)
			continue;
		other = keyform_fault(map->check->kind, key,
		    policy->keys.parents_match, arena);
		if (other == NULL)
			return NULL;
		why = why != NULL ? why : other;
	}
	return why;
}

/* list_faults - keys of a form that is not looked up */
static void
list_faults(struct listing *listing, size_t number)
{
	const struct table *table =
	    rules_table(listing->policy->tables[number]);
	struct table_entry entry;

	if (table_sees_whole_keys_only(table) || table_has_any_key(table))
		return;
	for (size_t i = 0; i < table_entries(table); i++) {
		struct arena arena = { 0 };
		const char *why;

		table_entry(table, i, &entry);
		why = fault(listing->policy, number, entry.key, &arena);
		if (why != NULL)
			listing_never(listing, table_name(table), entry.key,
			    why);
		arena_drop(&arena);
	}
	listing_end(listing, table_name(table));
}

/* list_networks - a table of networks in which something else is looked up */
static void
list_networks(struct listing *listing, const struct policy_map *map)
{
	const struct table *table =
	    rules_table(listing->policy->tables[map->table]);
	own(str) char *text = NULL;

	if (strncmp(table_name(table), "cidr:", 5) != 0 ||
	    map->check->kind == KEY_CLIENT || map->check->kind == KEY_HELO)
		return;
	text = mem_format("%s: it can never match for %s: it only has the "
	    "addresses of clients; use check_client", table_name(table),
	    map->check->name);
	listing->report(listing->arg, text);
}

/* ---- domains before users ---- */

enum { DOMAINS = 64 };		/* as many are looked at */

/* Domains in one table, with what they lead to. */
struct domains {
	struct table_entry	 entries[DOMAINS];
	size_t		 count;
};

static void
find_domains(const struct table *table, struct domains *out)
{
	struct table_entry entry;

	out->count = 0;
	for (size_t i = 0; i < table_entries(table) && out->count < DOMAINS;
	    i++) {
		table_entry(table, i, &entry);
		if (strpbrk(entry.key, "@<* ") == NULL &&
		    entry.key[0] != '.' && !keyform_is_network(entry.key))
			out->entries[out->count++] = entry;
	}
}

/* domain_before - a domain whose users "user@" does not reach, and for which
 * the table says something else; NULL: none */
static const char *
domain_before(const struct table *table, const struct domains *domains,
    const struct table_entry *user)
{
	for (size_t i = 0; i < domains->count; i++) {
		const struct table_entry *domain = &domains->entries[i];
		own(str) char *whole = mem_format("%s%s", user->key,
		    domain->key);
		const char *key;
		uint32_t value;

		if (domain->value != user->value &&
		    !table_find(table, whole, &value, &key))
			return domain->key;
	}
	return NULL;
}

static bool
is_asked_for_addresses(const struct policy *policy, size_t table)
{
	for (size_t i = 0; i < policy->map_count; i++)
		if (policy->maps[i].table == table &&
		    (policy->maps[i].check->kind == KEY_RECIPIENT ||
		    policy->maps[i].check->kind == KEY_SENDER))
			return true;
	return false;
}

/* list_users - "user@" is meant for every domain, but is looked up after the
 * domains that the table has */
static void
list_users(struct listing *listing, size_t number)
{
	const struct table *table =
	    rules_table(listing->policy->tables[number]);
	struct domains domains;
	struct table_entry entry;

	if (table_sees_whole_keys_only(table) || table_has_any_key(table) ||
	    !is_asked_for_addresses(listing->policy, number))
		return;
	find_domains(table, &domains);
	for (size_t i = 0; domains.count > 0 && i < table_entries(table);
	    i++) {
		const char *domain;
		size_t n;

		table_entry(table, i, &entry);
		n = strlen(entry.key);
		if (n < 2 || entry.key[n - 1] != '@')
			continue;
		domain = domain_before(table, &domains, &entry);
		if (domain != NULL) {
			own(str) char *text = mem_format("does not match in "
			    "%s: a domain comes before user@; add %s%s as "
			    "well", domain, entry.key, domain);

			list(listing, table_name(table), entry.key, text);
		}
	}
	listing_end(listing, table_name(table));
}

/* policy_each_dead - the keys that can never match */
void
policy_each_dead(const struct policy *policy, policy_finding *report, void *arg)
{
	struct listing listing = { policy, report, arg, 0 };
	const struct policy_map *maps = policy->maps;

	for (size_t i = 0; i < policy->table_count; i++) {
		list_dead(&listing, rules_table(policy->tables[i]));
		list_faults(&listing, i);
		list_users(&listing, i);
	}
	for (size_t i = 0; i < policy->map_count; i++) {
		list_networks(&listing, &maps[i]);
		policy_list_later(&listing, &maps[i]);
	}
}
