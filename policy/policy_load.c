/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the parameters to a policy: policy_maps, intake_address,
 * default_policy, recipient_delimiter, parent_domain_matches_subdomains,
 * unclean_header_checks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/own.h"
#include "policy/pattern/pattern.h"
#include "policy/policy_private.h"
#include "policy/table/list.h"

/* blame - add which parameter it was, and where it was set */
static int
blame(const struct conf *conf, const char *parameter, struct err *err)
{
	return err_wrap(err, "%s: %s", conf_where(conf, parameter), parameter);
}

/* policy_rules_options - how this policy wants its tables loaded */
struct rules_options
policy_rules_options(const struct policy *policy, int64_t patience,
    bool of_headers)
{
	return (struct rules_options){
		.patience = patience,
		.of_headers = of_headers,
		.has_default = *policy->intake != '\0',
	};
}

/* take_address - of that parameter, if it has one */
static int
take_address(const struct conf *conf, const char *name, const char *value,
    struct err *err)
{
	if (*value == '\0' || value_is_mailbox(value))
		return 0;
	err_set(err, ERR_NEVER, "'%s' is not user@domain", ESCAPE(value));
	return blame(conf, name, err);
}

static int
take_intake(struct policy *policy, const struct conf *conf, struct err *err)
{
	if (take_address(conf, "intake_address", conf->intake_address,
	    err) == -1 ||
	    take_address(conf, "alternate_intake_address",
	    conf->alternate_intake_address, err) == -1)
		return -1;
	policy->intake = arena_text(&policy->arena, conf->intake_address);
	policy->alternate = arena_text(&policy->arena,
	    conf->alternate_intake_address);
	return 0;
}

static int
take_fallback(struct policy *policy, const struct conf *conf, struct err *err)
{
	struct value *value = &policy->fallback;
	int result = value_parse(conf->default_policy, &policy->arena, value,
	    err);

	if (result == -1)
		err_set(err, ERR_NEVER, "bad value '%s': neither NO, DEFAULT "
		    "nor user@domain, perhaps with name=WORD after it",
		    ESCAPE(conf->default_policy));
	else if (value->action == ACTION_DUNNO)
		result = err_set(err, ERR_NEVER, "DUNNO decides nothing");
	if (result == 0 && value->action == ACTION_DEFAULT &&
	    *policy->intake == '\0')
		result = err_set(err, ERR_NEVER,
		    "DEFAULT, but intake_address is empty");
	return result == 0 ? 0 : blame(conf, "default_policy", err);
}

/* A policy that is being built. */
struct loading {
	struct policy	*policy;
	const struct policy *before;	/* the one in force, or NULL */
	int64_t		 deadline;	/* of waiting for locks */
	size_t		*left;		/* bytes for their patterns */
};

/* known - the table as the policy in force has it, or NULL */
static struct rules *
known(const struct policy *before, const char *name,
    const struct rules_options *options)
{
	for (size_t i = 0; before != NULL && i < before->table_count; i++)
		if (rules_are(before->tables[i], name, options))
			return before->tables[i];
	return NULL;
}

/* keep - the known one, with what it takes */
static int
keep(const struct loading *loading, struct rules *rules, struct rules **out)
{
	size_t bytes = table_bytes(rules_table(rules));

	*loading->left -= bytes < *loading->left ? bytes : *loading->left;
	*out = rules_hold(rules);
	return 0;
}

/* take_table - the known one, if the file has not changed or is locked; else
 * load it */
static int
take_table(const struct loading *loading, const char *name, bool of_headers,
    struct rules **out, struct err *err)
{
	struct rules_options options = policy_rules_options(loading->policy, 0,
	    of_headers);
	struct rules *rules = known(loading->before, name, &options);
	int64_t left = loading->deadline - clock_now();
	struct stamp unused;
	struct err why;

	if (rules != NULL && table_is_current(rules_table(rules), &unused))
		return keep(loading, rules, out);
	if (rules == NULL && left > 0)
		options.patience = left;
	if (rules_load(name, &options, out, &why) == 0)
		return 0;
	if (rules == NULL || why.sys != EWOULDBLOCK) {
		*err = why;
		return err_wrap(err, "%s", name);
	}
	return keep(loading, rules, out);
}

/* table_number - the index of a table, which is loaded if it is a new one;
 * -1: it cannot be loaded */
static int
table_number(const struct loading *loading, const char *given,
    bool of_headers, size_t *out, struct err *err)
{
	struct policy *policy = loading->policy;
	own(str) char *name = table_full_name(given);
	size_t i;

	for (i = 0; i < policy->table_count; i++)
		if (rules_of_headers(policy->tables[i]) == of_headers &&
		    strcmp(table_name(rules_table(policy->tables[i])),
		    name) == 0)
			break;
	if (i == policy->table_count) {
		policy->tables = mem_grow(policy->tables, i + 1,
		    sizeof(struct rules *));
		if (take_table(loading, name, of_headers, &policy->tables[i],
		    err) == -1)
			return -1;
		policy->table_count++;
	}
	*out = i;
	return 0;
}

/* take_map - one check and the table after it; 0: the end */
static int
take_map(const struct loading *loading, const char **at, struct err *err)
{
	struct policy *policy = loading->policy;
	own(str) char *word = NULL;
	own(str) char *name = NULL;
	struct list_span span;
	struct policy_map map;
	int got = list_next(at, &span, err);

	if (got != 1)
		return got;
	word = mem_bytes(span.text, span.length);
	map.check = policy_check(word);
	if (map.check == NULL)
		return policy_no_check(word, err);
	got = list_next(at, &span, err);
	if (got == 0)
		return policy_no_table(word, err);
	if (got == -1)
		return -1;
	name = mem_bytes(span.text, span.length);
	if (policy_check(name) != NULL)
		return policy_no_table(word, err);
	if (table_number(loading, name, false, &map.table, err) == -1)
		return -1;
	policy->maps = mem_grow(policy->maps, policy->map_count + 1,
	    sizeof(map));
	policy->maps[policy->map_count++] = map;
	return 1;
}

static int
take_maps(const struct loading *loading, const struct conf *conf,
    struct err *err)
{
	const char *at = conf->policy_maps;
	int got;

	while ((got = take_map(loading, &at, err)) == 1)
		;
	return got == 0 ? 0 : blame(conf, "policy_maps", err);
}

/* policy_takes_headers - asked before it is read, because any other error of
 * such a table is beside the point */
int
policy_takes_headers(const char *name, struct err *err)
{
	return table_is_of_text(name) ? 0 : err_set(err, ERR_NEVER,
	    "want a pcre or regexp table");
}

/* take_headers - the tables of unclean_header_checks */
static int
take_headers(const struct loading *loading, const struct conf *conf,
    struct err *err)
{
	struct policy *policy = loading->policy;
	const char *at = conf->unclean_header_checks;
	struct list_span span;
	size_t number;
	int got;

	while ((got = list_next(&at, &span, err)) == 1) {
		own(str) char *name = mem_bytes(span.text, span.length);

		if (policy_takes_headers(name, err) == -1) {
			got = err_wrap(err, "%s", ESCAPE(name));
			break;
		}
		got = table_number(loading, name, true, &number, err);
		if (got == -1)
			break;
		policy->headers = mem_grow(policy->headers,
		    policy->header_count + 1, sizeof(*policy->headers));
		policy->headers[policy->header_count++] = number;
	}
	return got == 0 ? 0 : blame(conf, "unclean_header_checks", err);
}

/* take_tables - of all parameters, within what they may take together */
static int
take_tables(const struct loading *loading, const struct conf *conf,
    struct err *err)
{
	int result;

	patterns_budget(loading->left);
	result = take_maps(loading, conf, err) == -1 ||
	    take_headers(loading, conf, err) == -1 ? -1 : 0;
	patterns_budget(NULL);
	return result;
}

/* policy_load_after - build a policy from the parameters; new */
int
policy_load_after(const struct policy *before, const struct conf *conf,
    struct policy **out, struct err *err)
{
	struct policy *policy = mem_new(sizeof(*policy));
	size_t left = PATTERNS_TOGETHER;
	struct loading loading = { .policy = policy, .before = before,
		.deadline = clock_now() + TABLE_PATIENCE, .left = &left };

	policy->users = 1;
	policy->keys = (struct keys_options){
		.delimiters = arena_text(&policy->arena,
		    conf->recipient_delimiter),
		.parents_match = conf->parent_domain_matches_subdomains,
	};
	if (take_intake(policy, conf, err) == -1 ||
	    take_fallback(policy, conf, err) == -1 ||
	    take_tables(&loading, conf, err) == -1) {
		policy_free(policy);
		return -1;
	}
	*out = policy;
	return 0;
}

/* policy_load - the same, all from files */
int
policy_load(const struct conf *conf, struct policy **out, struct err *err)
{
	return policy_load_after(NULL, conf, out, err);
}

/* policy_readable - may we open all of them? */
int
policy_readable(const struct policy *policy, struct err *err)
{
	for (size_t i = 0; i < policy->table_count; i++) {
		const struct table *table = rules_table(policy->tables[i]);
		const char *path = table_path(table);

		if (path == NULL || access(path, R_OK) == 0)
			continue;
		err_sys(err, "open %s", path);
		return err_wrap(err, "%s", table_name(table));
	}
	return 0;
}

static const char *
copy_text(struct arena *arena, const char *text)
{
	return text != NULL ? arena_text(arena, text) : NULL;
}

/* policy_renew - the same policy, with some of the tables replaced; new */
struct policy *
policy_renew(const struct policy *old, struct rules **fresh)
{
	struct policy *policy = mem_new(sizeof(*policy));
	struct arena *arena = &policy->arena;

	policy->users = 1;
	policy->intake = arena_text(arena, old->intake);
	policy->alternate = arena_text(arena, old->alternate);
	policy->fallback = (struct value){
		.action = old->fallback.action,
		.intake = copy_text(arena, old->fallback.intake),
		.name = copy_text(arena, old->fallback.name),
	};
	policy->keys = (struct keys_options){
		.delimiters = arena_text(arena, old->keys.delimiters),
		.parents_match = old->keys.parents_match,
	};
	policy->map_count = old->map_count;
	policy->maps = mem_grow(NULL, old->map_count,
	    sizeof(struct policy_map));
	for (size_t i = 0; i < old->map_count; i++)
		policy->maps[i] = old->maps[i];
	policy->header_count = old->header_count;
	policy->headers = mem_grow(NULL, old->header_count, sizeof(size_t));
	for (size_t i = 0; i < old->header_count; i++)
		policy->headers[i] = old->headers[i];
	policy->table_count = old->table_count;
	policy->tables = mem_grow(NULL, old->table_count,
	    sizeof(struct rules *));
	for (size_t i = 0; i < old->table_count; i++)
		policy->tables[i] = fresh[i] != NULL ? fresh[i] :
		    rules_hold(old->tables[i]);
	return policy;
}

/* policy_leave - one holder less; the last one frees it */
void
policy_leave(struct policy *policy)
{
	if (atomic_fetch_sub(&policy->users, 1) > 1)
		return;
	for (size_t i = 0; i < policy->table_count; i++)
		rules_leave(policy->tables[i]);
	free(policy->tables);
	free(policy->maps);
	free(policy->headers);
	arena_drop(&policy->arena);
	free(policy);
}

/* policy_free - free a policy that has no other holder */
struct policy *
policy_free(struct policy *policy)
{
	if (policy != NULL)
		policy_leave(policy);
	return NULL;
}
