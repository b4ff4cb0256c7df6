/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person should know of the tables before they are in force. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/own.h"
#include "policy/list.h"
#include "policy/policy_private.h"

/* ---- lines that are bad ---- */

struct inspection {
	const struct conf *conf;
	const char	*parameter, *table;
	policy_finding	*tell;
	void		*arg;
	int64_t		 deadline;	/* of waiting for locks */
	unsigned	 count;
};

static void
tell_bad(void *arg, const char *why)
{
	struct inspection *inspection = arg;
	own(str) char *text = mem_format("%s: %s: %s: %s",
	    conf_where(inspection->conf, inspection->parameter),
	    inspection->parameter, inspection->table, why);

	inspection->count++;
	inspection->tell(inspection->arg, text);
}

static void
inspect_table(struct inspection *inspection, const struct span *span,
    bool of_headers)
{
	own(str) char *given = mem_bytes(span->text, span->length);
	own(str) char *name = table_full_name(given);
	int64_t left = inspection->deadline - clock_now();
	struct rules_options options = {
		.patience = left > 0 ? left : 0,
		.has_default = *inspection->conf->intake_address != '\0',
		.of_headers = of_headers,
	};
	struct err err;

	inspection->table = name;
	if (of_headers && policy_takes_headers(name, &err) == -1)
		tell_bad(inspection, err.text);
	else if (rules_inspect(name, &options, tell_bad, inspection,
	    &err) == -1)
		tell_bad(inspection, err.text);
}

/* policy_inspect - every bad line of every table that is named */
unsigned
policy_inspect(const struct conf *conf, policy_finding *tell, void *arg)
{
	struct inspection inspection = { .conf = conf,
		.parameter = "policy_maps", .tell = tell, .arg = arg,
		.deadline = clock_now() + TABLE_PATIENCE };
	const char *at = conf->policy_maps;
	struct span span;
	struct err err;

	/* what is wrong with the lists themselves is policy_load()'s to say */
	while (list_next(&at, &span, &err) == 1) {
		if (list_next(&at, &span, &err) != 1)
			break;
		inspect_table(&inspection, &span, false);
	}
	inspection.parameter = "unclean_header_checks";
	at = conf->unclean_header_checks;
	while (list_next(&at, &span, &err) == 1)
		inspect_table(&inspection, &span, true);
	return inspection.count;
}

/* ---- files that are not made anew ---- */

/* written - when, in ns since 1970; 0: there is no such file */
static int64_t
written(const char *path)
{
	struct stamp stamp;

	stamp_take(path, &stamp);
	return stamp.mtime;
}

/* policy_each_stale - what postmap(1) was not run on */
void
policy_each_stale(const struct policy *policy, policy_finding *tell,
    void *arg)
{
	for (size_t i = 0; i < policy->table_count; i++) {
		const struct table *table = rules_table(policy->tables[i]);
		own(str) char *source = table_source(table);
		own(str) char *text = NULL;

		if (source == NULL ||
		    written(source) <= written(table_path(table)))
			continue;
		text = mem_format("%s: %s is newer than %s: postmap(1) has not "
		    "run since", table_name(table), source, table_path(table));
		tell(arg, text);
	}
}

/* ---- domains that a sender can choose ---- */

/* policy_each_open - values with $n in their domain */
void
policy_each_open(const struct policy *policy, policy_finding *tell, void *arg)
{
	for (size_t i = 0; i < policy->table_count; i++) {
		const struct rules *rules = policy->tables[i];
		struct ruling ruling;
		uint32_t at = 0;

		while (rules_next(rules, &at, &ruling)) {
			own(str) char *text = NULL;

			if (ruling.template == NULL ||
			    !template_is_open(ruling.template))
				continue;
			text = mem_format("%s: %s: %s has $n in its domain: "
			    "whoever sends mail can make intake domains "
			    "without end; write each domain out",
			    table_name(rules_table(rules)), ruling.key,
			    ruling.text);
			tell(arg, text);
		}
	}
}

/* ---- keys that never match ---- */

enum { ENOUGH = 20 };		/* of one table and one reason */

struct listing {
	policy_finding	*tell;
	void		*arg;
	size_t		 count;
};

/* list - one finding more; too many are counted only */
static void
list(struct listing *listing, const char *table, const char *key,
    const char *why)
{
	struct log_text escaped;
	own(str) char *text = NULL;

	if (listing->count++ >= ENOUGH)
		return;
	text = mem_format("%s: %s: can never match: %s", table,
	    log_escape(&escaped, key), why);
	listing->tell(listing->arg, text);
}

static void
list_end(struct listing *listing, const char *table)
{
	own(str) char *text = NULL;

	if (listing->count > ENOUGH) {
		text = mem_format("%s: and %zu more", table,
		    listing->count - ENOUGH);
		listing->tell(listing->arg, text);
	}
	listing->count = 0;
}

static bool
has_upper(const char *key)
{
	for (; *key != '\0'; key++)
		if (*key >= 'A' && *key <= 'Z')
			return true;
	return false;
}

/* list_dead - what the table alone shows */
static void
list_dead(struct listing *listing, const struct table *table)
{
	struct entry entry;

	for (size_t i = 0; i < table_entries(table); i++) {
		table_entry(table, i, &entry);
		if (entry.dead_by > 0) {
			own(str) char *why = mem_format("line %u takes all "
			    "that line %u would", entry.dead_by, entry.line);

			list(listing, table_name(table), entry.key, why);
		} else if (entry.line == 0 && !table_has_any_key(table) &&
		    has_upper(entry.key)) {
			list(listing, table_name(table), entry.key, "upper "
			    "case (was the table made with postmap -f?)");
		}
	}
	list_end(listing, table_name(table));
}

/* always_decides - does the table decide whenever it has the key? */
static bool
always_decides(const struct rules *rules)
{
	struct ruling ruling;
	uint32_t at = 0;

	while (rules_next(rules, &at, &ruling))
		if (ruling.value->action == ACTION_DUNNO)
			return false;
	return !table_sees_whole_keys_only(rules_table(rules));
}

/* list_shadowed - keys of a table that an earlier one has too.  Where that
 * one has any DUNNO, a longer key may lead past it. */
static void
list_shadowed(struct listing *listing, const struct rules *earlier,
    const struct rules *later)
{
	const struct table *before = rules_table(earlier);
	const struct table *after = rules_table(later);
	own(str) char *why = mem_format("%s decides before",
	    table_name(before));
	struct entry entry;
	const char *key;
	uint32_t value;

	if (!always_decides(earlier) ||
	    (table_sees_whole_keys_only(after) && !table_has_any_key(before)))
		return;
	for (size_t i = 0; i < table_entries(after); i++) {
		table_entry(after, i, &entry);
		if (table_has_any_key(before) ||
		    (!table_has_any_key(after) &&
		    table_find(before, entry.key, &value, &key)))
			list(listing, table_name(after), entry.key, why);
	}
	list_end(listing, table_name(after));
}

/* policy_each_dead - the keys that can never match */
void
policy_each_dead(const struct policy *policy, policy_finding *tell, void *arg)
{
	struct listing listing = { tell, arg, 0 };

	for (size_t i = 0; i < policy->table_count; i++)
		list_dead(&listing, rules_table(policy->tables[i]));
	for (size_t i = 0; i < policy->step_count; i++)
		for (size_t j = 0; j < i; j++)
			if (policy->steps[j].check == policy->steps[i].check)
				list_shadowed(&listing,
				    policy->tables[policy->steps[j].table],
				    policy->tables[policy->steps[i].table]);
}
