/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: PCRE */
/* policy: decisions */
#include "policy/policy.h"

#include <string.h>

#include "tests/unit/policy/policy_fixture.h"

#define MAPS \
    "intake_address = all@cloud.example\n" \
    "recipient_delimiter = +\n" \
    "policy_maps = check_recipient texthash:%/recipients,\n" \
    "	check_sender inline:{ <>=NO, {boss@corp.example = NO name=Boss},\n" \
    "		{partner.example = p@other.example name=Partner} }\n" \
    "	, check_recipient inline:{ last.example=DEFAULT }\n" \
    "parent_domain_matches_subdomains = no\n"

static const char recipients[] =
    "no@dom.example		NO\n"
    "def@dom.example		default\n"
    "own@dom.example		own@cloud.example name=EMEA\n"
    "skip@dom.example		DUNNO\n"
    "dom.example		dom@cloud.example\n"
    ".dom.example		sub@cloud.example\n"
    "plus+tag@			NO name=Tag\n"
    "plus@			DEFAULT name=Plus\n"
    "Upper@Case.Example		NO\n"
    "\"a b\"@q.example		NO name=Quoted\n";

static const struct {
	const char	*sender, *recipient;
	const char	*intake;	/* NULL: no copy */
	const char	*name, *check, *key;
} decisions[] = {
	{ "s@x", "no@dom.example", NULL,
	  "no@dom.example", "check_recipient", "no@dom.example" },
	{ "s@x", "def@dom.example", "all@cloud.example",
	  "def@dom.example", "check_recipient", "def@dom.example" },
	{ "s@x", "own@dom.example", "own@cloud.example",
	  "EMEA", "check_recipient", "own@dom.example" },
	{ "s@x", "own+ext@Dom.Example", "own@cloud.example",
	  "EMEA", "check_recipient", "own@dom.example" },
	{ "s@x", "any@dom.example", "dom@cloud.example",
	  "dom.example", "check_recipient", "dom.example" },
	{ "s@x", "any@a.b.dom.example", "sub@cloud.example",
	  ".dom.example", "check_recipient", ".dom.example" },
	{ "s@x", "plus+tag@x.example", NULL,
	  "Tag", "check_recipient", "plus+tag@" },
	{ "s@x", "plus+else@x.example", "all@cloud.example",
	  "Plus", "check_recipient", "plus@" },
	{ "s@x", "UPPER@case.example", NULL,
	  "upper@case.example", "check_recipient", "upper@case.example" },
	{ "s@x", "\"A B\"@q.example", NULL,
	  "Quoted", "check_recipient", "\"a b\"@q.example" },
	/* DUNNO ends a table, not the search */
	{ "s@x", "skip@dom.example", NULL, "default", NULL, "" },
	{ "", "skip@dom.example", NULL, "<>", "check_sender", "<>" },
	{ "s@partner.example", "skip@dom.example", "p@other.example",
	  "Partner", "check_sender", "partner.example" },
	{ "Boss@Corp.Example", "a@last.example", NULL,
	  "Boss", "check_sender", "boss@corp.example" },
	{ "s@x", "a@last.example", "all@cloud.example",
	  "last.example", "check_recipient", "last.example" },
	{ "s@x", "a@none.example", NULL, "default", NULL, "" },
	{ "s@x", "postmaster", NULL, "default", NULL, "" },
};

static void
test_decisions(void **state)
{
	struct fixture *fixture = *state;
	struct policy *policy;
	struct err err;

	free(scratch_file(fixture->dir, "recipients", recipients));
	policy = load(fixture, MAPS, &err);
	if (policy == NULL)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof(decisions) / sizeof(*decisions); i++) {
		struct facts facts = { .sender = decisions[i].sender };
		struct decision got;
		const char *what = decisions[i].recipient;

		policy_decide(policy, &facts, what, &got);
		assert_int_equal(got.journal, decisions[i].intake != NULL);
		same(got.intake, decisions[i].intake, what);
		same(got.name, decisions[i].name, what);
		same(got.check, decisions[i].check, what);
		same(got.key, decisions[i].key, what);
		assert_int_equal(got.table == NULL, got.check == NULL);
	}
	policy_free(policy);
}

static void
test_fallbacks(void **state)
{
	static const struct {
		const char *lines, *intake, *name;
	} rows[] = {
		{ "", NULL, "default" },
		{ "default_policy = no\n", NULL, "default" },
		{ "default_policy = NO name=Off\n", NULL, "Off" },
		{ "default_policy = DEFAULT\nintake_address = a@b\n",
		  "a@b", "default" },
		{ "default_policy = c@d name=Other\n", "c@d", "Other" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct facts facts = { .sender = "" };
		struct decision got;
		struct err err;
		struct policy *policy = load(*state, rows[i].lines, &err);

		assert_non_null(policy);
		policy_decide(policy, &facts, "a@b", &got);
		same(got.intake, rows[i].intake, rows[i].lines);
		same(got.name, rows[i].name, rows[i].lines);
		same(got.key, "", rows[i].lines);
		assert_null(got.table);
		assert_null(got.check);
		policy_free(policy);
	}
}

static void
test_static(void **state)
{
	struct facts facts = { .sender = "" };
	struct decision got;
	struct err err;
	struct policy *policy = load(*state, "policy_maps = check_sender "
	    "static:{ a@b.example name=All }, check_recipient static:NO\n",
	    &err);

	assert_non_null(policy);
	policy_decide(policy, &facts, "a@b", &got);
	same(got.intake, "a@b.example", "static");
	same(got.name, "All", "static");
	same(got.key, "<>", "static");
	same(got.table, "static:{ a@b.example name=All }", "static");
	policy_free(policy);

	policy = load(*state, "policy_maps = check_recipient static:NO\n",
	    &err);
	policy_decide(policy, &facts, "a@b", &got);
	assert_false(got.journal);
	same(got.name, "static", "static");
	same(got.key, "a@b", "static");
	policy_free(policy);
}

static void
test_long_key(void **state)
{
	struct facts facts = { .sender = "" };
	struct decision got;
	struct err err;
	struct policy *policy = load(*state,
	    "policy_maps = check_recipient static:NO\n", &err);
	char recipient[2000];

	memset(recipient, 'a', sizeof(recipient));
	memcpy(recipient + 1000, "@x", 3);
	policy_decide(policy, &facts, recipient, &got);
	assert_int_equal(strlen(got.key), sizeof(got.key) - 1);
	same(got.key + sizeof(got.key) - 6, "aa...", "the end");
	recipient[sizeof(got.key) - 3] = '@';
	recipient[sizeof(got.key) - 2] = 'x';
	recipient[sizeof(got.key) - 1] = '\0';
	policy_decide(policy, &facts, recipient, &got);
	same(got.key, recipient, "one that just fits");
	policy_free(policy);
}

/* ---- telling ---- */

static void
note_step(void *arg, const char *check, const char *table, const char *key,
    const char *value)
{
	buf_format(arg, "%s %s %s %s\n", check, strchr(table, ':') + 1, key,
	    value != NULL ? value : "-");
}

static void
test_explain(void **state)
{
	own(buf) struct buf told = BUF;
	struct facts facts = { .sender = "s@x" };
	struct decision got;
	struct err err;
	struct policy *policy = load(*state, "policy_maps = check_recipient "
	    "inline:{b.example=DUNNO}, check_sender inline:{s@=NO}\n"
	    "parent_domain_matches_subdomains = no\n", &err);

	assert_non_null(policy);
	policy_explain(policy, &facts, "r@a.b.example", note_step, &told, &got);
	same(told.data,
	    "check_recipient {b.example=DUNNO} r@a.b.example -\n"
	    "check_recipient {b.example=DUNNO} a.b.example -\n"
	    "check_recipient {b.example=DUNNO} .b.example -\n"
	    "check_recipient {b.example=DUNNO} .example -\n"
	    "check_recipient {b.example=DUNNO} r@ -\n"
	    "check_sender {s@=NO} s@x -\n"
	    "check_sender {s@=NO} x -\n"
	    "check_sender {s@=NO} s@ NO\n", "told");
	policy_free(policy);

	policy = load(*state, "policy_maps = check_recipient "
	    "inline:{b.example=DUNNO}, check_sender inline:{s@=NO}\n"
	    "parent_domain_matches_subdomains = yes\n", &err);
	buf_cut(&told, 0);
	policy_explain(policy, &facts, "r@a.b.example", note_step, &told, &got);
	assert_non_null(strstr(told.data,
	    "check_recipient {b.example=DUNNO} b.example DUNNO\n"
	    "check_sender {s@=NO} s@x -\n"));
	policy_free(policy);
}

static void
note_table(void *arg, const char *check, const char *table, size_t entries)
{
	buf_format(arg, "%s %s %zu\n", check, table, entries);
}

static void
note_foreign(void *arg, const char *table, const char *key, const char *intake)
{
	buf_format(arg, "%s %s %s\n", table, key, intake);
}

static void
test_lists(void **state)
{
	struct fixture *fixture = *state;
	own(buf) struct buf told = BUF;
	struct policy *policy;
	struct err err;

	policy = load(fixture, "policy_maps = check_recipient "
	    "inline:{a=b@OTHER.example,b=c@Cloud.Example,c=b@OTHER.example},\n"
	    " check_sender static:NO,check_recipient static:NO\n"
	    "intake_address = all@cloud.example\n"
	    "default_policy = d@default.example\n", &err);
	assert_non_null(policy);
	policy_each_table(policy, note_table, &told);
	same(told.data, "check_recipient inline:{a=b@OTHER.example,"
	    "b=c@Cloud.Example,c=b@OTHER.example} 3\n"
	    "check_sender static:NO 1\ncheck_recipient static:NO 1\n", "told");
	buf_cut(&told, 0);
	policy_each_foreign_intake(policy, note_foreign, &told);
	same(told.data, "default_policy  d@default.example\n"
	    "inline:{a=b@OTHER.example,b=c@Cloud.Example,"
	    "c=b@OTHER.example} a b@OTHER.example\n", "foreign");
	policy_free(policy);
}

static void
test_intakes(void **state)
{
	static const char *const intakes[] = {
		"all@cloud.example", "all@Cloud.Example", "d@default.example",
		"B@OTHER.example", "b@other.example", "\"c d\"@x",
		"Last@Resort.example",
	}, *const others[] = {
		"", "all", "cloud.example", "a@cloud.example",
		"all+x@cloud.example", "a@b.example",
	};
	struct err err;
	struct policy *policy = load(*state, "intake_address = "
	    "all@cloud.example\nrecipient_delimiter = +\npolicy_maps = "
	    "check_recipient inline:{a@b.example=B@other.example, c=NO},\n"
	    "	check_sender static:{\"c d\"@x name=N}\n"
	    "default_policy = d@default.example\n"
	    "alternate_intake_address = last@resort.example\n", &err);

	assert_non_null(policy);
	for (size_t i = 0; i < sizeof(intakes) / sizeof(*intakes); i++)
		if (!policy_is_intake(policy, intakes[i]))
			fail_msg("not known: %s", intakes[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (policy_is_intake(policy, others[i]))
			fail_msg("not one: %s", others[i]);
	policy_free(policy);
}

/* As many as a site with one address for each user has, in two tables, and
 * one that $1 makes. */
static void
test_many_intakes(void **state)
{
	enum { MANY = 20000 };
	struct fixture *fixture = *state;
	own(buf) struct buf text = BUF;
	struct policy *policy;
	struct err err;

	for (unsigned i = 0; i < MANY; i++)
		buf_format(&text, "u%u@x in%u@Cloud%u.example name=P%u\n", i,
		    i / 2, i % 7, i % 5);
	free(scratch_file(fixture->dir, "many", text.data));
	free(scratch_file(fixture->dir, "few", "a@x One@odd.example\nb@x NO\n"));
	free(scratch_file(fixture->dir, "pcre", "/^(.*)@/ $1-j@made.example\n"));
	policy = load(fixture, "intake_address = all@cloud.example\n"
	    "policy_maps = check_recipient texthash:%/many, "
	    "check_sender texthash:%/few, check_sender pcre:%/pcre\n", &err);
	assert_non_null(policy);
	for (unsigned i = 0; i < MANY; i++) {
		char address[64];

		snprintf(address, sizeof(address), "in%u@cloud%u.EXAMPLE",
		    i / 2, i % 7);
		if (!policy_is_intake(policy, address))
			fail_msg("not known: %s", address);
		*address = 'I';		/* Postfix may fold a recipient */
		if (!policy_is_intake(policy, address))
			fail_msg("not known: %s", address);
		*address = 'j';
		if (policy_is_intake(policy, address))
			fail_msg("not one: %s", address);
	}
	assert_true(policy_is_intake(policy, "One@ODD.example"));
	assert_true(policy_is_intake(policy, "any-j@made.example"));
	assert_false(policy_is_intake(policy, "any@made.example"));
	assert_false(policy_is_intake(policy, "in1@cloud7.example"));
	assert_false(policy_is_intake(policy, "in1@cloud3.example name=P1"));
	policy_free(policy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_decisions, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_fallbacks, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_static, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_intakes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_intakes, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
