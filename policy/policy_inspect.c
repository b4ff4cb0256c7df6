/* SPDX-License-Identifier: BSD-2-Clause */
/* What an operator should know about the tables before they are in force. */
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "policy/policy_private.h"
#include "policy/table/list.h"

/* ---- lines that are bad ---- */

struct inspection {
	const struct conf *conf;
	const char	*parameter, *table;
	policy_finding	*report;
	void		*arg;
	int64_t		 deadline;	/* of waiting for locks */
	unsigned	 count;
};

static void
report_bad(void *arg, const char *why)
{
	struct inspection *inspection = arg;
	own(str) char *text = mem_format("%s: %s: %s: %s",
	    conf_where(inspection->conf, inspection->parameter),
	    inspection->parameter, inspection->table, why);

	inspection->count++;
	inspection->report(inspection->arg, text);
}

static void
inspect_table(struct inspection *inspection, const struct list_span *span,
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
		report_bad(inspection, err.text);
	else if (rules_inspect(name, &options, report_bad, inspection,
	    &err) == -1)
		report_bad(inspection, err.text);
}

/* report_maps - what is wrong with policy_maps itself */
static void
report_maps(struct inspection *inspection, const struct err *err)
{
	own(str) char *text = mem_format("%s: %s: %s",
	    conf_where(inspection->conf, inspection->parameter),
	    inspection->parameter, err->text);

	inspection->count++;
	inspection->report(inspection->arg, text);
}

/* is_check, is_table - what a word of policy_maps is, by its looks */
static bool
is_check(const struct list_span *span)
{
	own(str) char *word = mem_bytes(span->text, span->length);

	return policy_check(word) != NULL;
}

static bool
is_table(const struct list_span *span)
{
	return memchr(span->text, ':', span->length) != NULL ||
	    span->text[0] == '/';
}

/* inspect_map - a check, and the table after it; what is no check may have one
 * all the same */
static void
inspect_map(struct inspection *inspection, const struct list_span *check,
    const char **at)
{
	own(str) char *word = mem_bytes(check->text, check->length);
	bool known = is_check(check), alone;
	const char *next = *at;
	struct list_span table;
	struct err err;
	int got = list_next(&next, &table, &err);

	alone = got == 0 || (got == 1 && is_check(&table));
	if (!known)
		(void)policy_no_check(word, &err);
	else if (alone)
		(void)policy_no_table(word, &err);
	if (!known || alone)
		report_maps(inspection, &err);
	if (got != 1 || alone || (!known && !is_table(&table)))
		return;
	inspect_table(inspection, &table, false);
	*at = next;
}

/* policy_inspect - every bad line of every table that is named */
unsigned
policy_inspect(const struct conf *conf, policy_finding *report, void *arg)
{
	struct inspection inspection = { .conf = conf,
		.parameter = "policy_maps", .report = report, .arg = arg,
		.deadline = clock_now() + TABLE_PATIENCE };
	const char *at = conf->policy_maps;
	struct list_span span;
	struct err err;

	/* that a brace is not closed policy_load() says */
	while (list_next(&at, &span, &err) == 1)
		inspect_map(&inspection, &span, &at);
	inspection.parameter = "unclean_header_checks";
	at = conf->unclean_header_checks;
	while (list_next(&at, &span, &err) == 1)
		inspect_table(&inspection, &span, true);
	return inspection.count;
}

/* ---- a policy that is all NO ---- */

static bool
asks_for_copy(enum action action)
{
	return action == ACTION_DEFAULT || action == ACTION_ADDRESS;
}

/* may_journal - does the table have any row that asks for a copy? */
static bool
may_journal(const struct rules *rules)
{
	struct ruling ruling;
	uint32_t at = 0;

	while (rules_next(rules, &at, &ruling))
		if (asks_for_copy(ruling.value->action) ||
		    (ruling.template != NULL &&
		    asks_for_copy(ruling.template->action)))
			return true;
	return false;
}

/* policy_journals - does anything ask for a copy? */
bool
policy_journals(const struct policy *policy)
{
	if (asks_for_copy(policy->fallback.action))
		return true;
	for (size_t i = 0; i < policy->map_count; i++)
		if (may_journal(policy->tables[policy->maps[i].table]))
			return true;
	return false;
}

/* ---- files that were not rebuilt ---- */

/* written - when, in ns since 1970; 0: there is no such file */
static int64_t
written(const char *path)
{
	struct stamp stamp;

	stamp_take(path, &stamp);
	return stamp.mtime;
}

/* policy_each_stale - what postmap(1) has not been run on */
void
policy_each_stale(const struct policy *policy, policy_finding *report,
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
		report(arg, text);
	}
}

/* ---- domains that a sender can choose ---- */

/* policy_each_open - values with $n in their domain */
void
policy_each_open(const struct policy *policy, policy_finding *report, void *arg)
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
			    "senders can make up any number of intake "
			    "domains; write each domain out",
			    table_name(rules_table(rules)), ruling.key,
			    ruling.text);
			report(arg, text);
		}
	}
}
