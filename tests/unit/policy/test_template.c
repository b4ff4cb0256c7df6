/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: PCRE */
/* template: whoever sends mail writes what stands for $n, and can choose
 * neither where a copy goes nor that there is none */
#include "policy/template.h"

#include <string.h>

#include "tests/unit/policy/policy_fixture.h"

#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10

static const struct {
	const char	*text;
	const char	*one, *two;	/* what $1 and $2 took */
	const char	*want;		/* as it would stand in a table; NULL: it
					   cannot be */
} rows[] = {
	{ "$1@intake.example", "ann", "", "ann@intake.example" },
	{ "$1@intake.example", "a.b+c=d", "", "a.b+c=d@intake.example" },
	{ "$2-${1}x@Intake.example name=$1-$2", "a", "b",
	  "b-ax@Intake.example name=a-b" },
	{ "a$1@x", "", "", "a@x" },
	{ "a$1@x", ".b", "", "a.b@x" },
	{ "\"a $1\"@x", "b", "", "\"a b\"@x" },
	{ "$$$1@x", "a", "", "$a@x" },
	{ "j@$1.example", "a.b-c", "", "j@a.b-c.example" },
	{ "j@in-$1.example", "7", "", "j@in-7.example" },
	{ "j@in$1.example", "", "", "j@in.example" },
	/* grammar that what was put in would have been */
	{ "$1@x", "b@evil.example name=q", "", NULL },
	{ "$1@x", "b@evil.example", "", NULL },
	{ "$1@x", "no name=q", "", NULL },
	{ "$1@x", "\"b\"@evil.example name=q", "", NULL },
	{ "$1@x", "\"b", "", NULL },
	{ "$1@x", "b\\", "", NULL },
	{ "$1@x", "\"a b\"", "", NULL },
	{ "$1@x", "a b", "", NULL },
	{ "$1@x", "a\tb", "", NULL },
	{ "$1@x", "a\n", "", NULL },
	{ "$1@x", "a,b", "", NULL },
	{ "$1@x", "<a>", "", NULL },
	{ "$1@x", "a:b", "", NULL },
	{ "$1@x", "(a)", "", NULL },
	{ "$1@x", "\303\244", "", NULL },
	{ "$1@x", "", "", NULL },
	{ "$1@x", ".a", "", NULL },
	{ "$1@x", "a.", "", NULL },
	{ "$1@x", "a..b", "", NULL },
	{ "a$1.b@x", ".", "", NULL },
	{ "$1@x", X60 X10, "", NULL },
	{ "\"$1\"@x", "\"@evil.example ", "", NULL },
	{ "\"$1\"@x", "a b", "", NULL },
	{ "\"$1\"@x", "\\", "", NULL },
	{ "j@$1.example", "evil.example name=q ", "", NULL },
	{ "j@$1.example", "a@evil", "", NULL },
	{ "j@$1.example", "[192.0.2.1]", "", NULL },
	{ "j@$1.example", "a_b", "", NULL },
	{ "j@$1.example", "", "", NULL },
	{ "j@$1.example", "-a", "", NULL },
	{ "j@$1.example", "a-", "", NULL },
	{ "j@$1.example", "a..b", "", NULL },
	{ "j@$1.example", X60 X10, "", NULL },
	{ "j@a$1.example", ".b", "", NULL },
	{ "j@${1}a.example", "b.", "", NULL },
	{ "$1@$2", "a", "b@c", NULL },
	/* a name decides nothing, so nothing spoils it */
	{ "NO name=$1", "b@evil.example name=q", "",
	  "NO name=b@evil.example?name=q" },
	{ "DUNNO name=$1", "\303\244\n", "", "DUNNO name=???" },
	{ "DEFAULT name=$1", "", "", "DEFAULT" },
	{ "default name=<$1>", "", "", "DEFAULT name=<>" },
	{ "no name=$1", X60 X10, "", "NO name=" X60 "x..." },
};

static void
take(struct buf *out, const char *one, const char *two)
{
	buf_bytes(out, one, strlen(one) + 1);
	buf_bytes(out, two, strlen(two) + 1);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(buf) struct buf taken = BUF;
		struct arena arena = { 0 };
		struct template template;
		struct value value;
		struct err err;
		int got;

		if (template_parse(rows[i].text, &arena, &template, &err) == -1)
			fail_msg("%s", err.text);
		take(&taken, rows[i].one, rows[i].two);
		got = template_fill(&template, &taken, &arena, &value, &err);
		if ((got == 0) != (rows[i].want != NULL))
			fail_msg("%s of '%s': %s", rows[i].text, rows[i].one,
			    got == 0 ? value_text(&value, &arena) : err.text);
		if (got == 0) {
			assert_int_equal(value.action, template.action);
			assert_string_equal(value_text(&value, &arena),
			    rows[i].want);
		} else {
			assert_memory_equal(err.text, "bad value '", 11);
		}
		arena_drop(&arena);
	}
}

static void
test_leads_to(void **state)
{
	static const struct {
		const char	*text, *address;
		bool		 want, open;
	} cases[] = {
		{ "$1@x.example", "any@X.example", true, false },
		{ "$1@x.example", "an.y+@x.example", true, false },
		{ "$1@x.example", "any@y.example", false, false },
		{ "$1@x.example", "\"an y\"@x.example", false, false },
		{ "in-$1@x.example", "IN-7@x.example", true, false },
		{ "in-$1@x.example", "7@x.example", false, false },
		{ "a${1}b$(2)c@x.example", "a1b2b3c@x.example", true, false },
		{ "a${1}b$(2)c@x.example", "a1b2b3@x.example", false, false },
		{ "\"a $1\"@x.example", "\"a b\"@x.example", true, false },
		{ "a@$1.example", "a@x.example", false, true },
		{ "DEFAULT name=$1", "a@x.example", false, false },
		{ "$1@x.example", "x.example", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena arena = { 0 };
		struct template template;
		struct err err;

		assert_int_equal(template_parse(cases[i].text, &arena,
		    &template, &err), 0);
		if (template_leads_to(&template, cases[i].address) !=
		    cases[i].want)
			fail_msg("%s: %s", cases[i].text, cases[i].address);
		assert_int_equal(template_is_open(&template), cases[i].open);
		arena_drop(&arena);
	}
}

/* ---- the same through a whole policy ---- */

#define MAPS \
    "intake_address = all@intake.example\n" \
    "policy_maps = check_sender pcre:%/senders,\n" \
    "	check_helo regexp:%/helo, check_recipient pcre:%/recipients\n"

static const struct {
	const char	*helo, *sender, *recipient;
	const char	*intake;
	bool		 trouble;
} attacks[] = {
	{ "", "s@acme.partner.example", "r@q", "acme@intake.example", false },
	{ "", "\"a@b@evil.example name=x@q\"@z.partner.example", "r@q",
	  "all@intake.example", true },
	{ "", "\"a@no name=x\"@z.partner.example", "r@q",
	  "all@intake.example", true },
	{ "", "\"a@dunno\"@z.partner.example", "r@q",
	  "all@intake.example", true },
	{ "mx.relay.example", "s@q", "r@q", "mx@intake.example", false },
	{ "evil2@evil.example name=q.relay.example", "s@q", "r@q",
	  "all@intake.example", true },
	{ "NO name=q.relay.example", "s@q", "r@q", "all@intake.example", true },
	{ "NO.relay.example", "s@q", "r@q", "NO@intake.example", false },
	{ "", "s@q", "ann@corp.example", "ann@intake.example", false },
	{ "", "s@q", "\"evil@attacker.test name=x\"@corp.example",
	  "all@intake.example", true },
};

static void
test_attacks(void **state)
{
	struct fixture *fixture = *state;
	struct policy *policy;
	struct err err;

	free(scratch_file(fixture->dir, "senders",
	    "/^[^@]+@(.+)\\.partner\\.example$/ $1@intake.example\n"));
	free(scratch_file(fixture->dir, "helo",
	    "/^(.+)\\.relay\\.example$/ $1@intake.example\n"));
	free(scratch_file(fixture->dir, "recipients",
	    "/([a-z0-9@. =]+)\"?@corp\\.example$/ $1@intake.example\n"));
	policy = load(fixture, MAPS, &err);
	if (policy == NULL)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		struct facts facts = { .sender = attacks[i].sender,
			.client.helo = attacks[i].helo };
		struct decision got;

		policy_decide(policy, &facts, attacks[i].recipient, &got);
		assert_true(got.journal);
		assert_string_equal(got.intake, attacks[i].intake);
		if ((*got.trouble != '\0') != attacks[i].trouble)
			fail_msg("%s: '%s'", attacks[i].sender, got.trouble);
	}
	policy_free(policy);
}

/* Where there is no intake_address to fall back to, whoever can spoil $n could
 * choose that there is no copy. */
static void
test_no_fallback(void **state)
{
	static const char lines[] = "policy_maps = check_sender pcre:%/p\n";
	struct fixture *fixture = *state;
	struct policy *policy;
	struct err err;

	free(scratch_file(fixture->dir, "p", "/^(.*)@/ $1@intake.example\n"));
	assert_null(load(fixture, lines, &err));
	assert_non_null(strstr(err.text, "/p:1: $n in an address, but "
	    "intake_address is empty"));
	free(scratch_file(fixture->dir, "p", "/^(.*)@/ DEFAULT name=$1\n"));
	assert_null(load(fixture, lines, &err));
	assert_non_null(strstr(err.text, "/p:1: DEFAULT, but"));
	free(scratch_file(fixture->dir, "p", "/^(.*)@/ NO name=$1\n"));
	policy = load(fixture, lines, &err);
	assert_non_null(policy);
	policy_free(policy);
}

/* "$$1" in one row looks as "$1" in another does, and is not the same. */
static void
test_dollar(void **state)
{
	struct facts facts = { .sender = "b@q" };
	struct fixture *fixture = *state;
	struct decision got;
	struct policy *policy;
	struct err err;

	free(scratch_file(fixture->dir, "p", "/^a@/ $$1@intake.example\n"
	    "/^(b)@/ $1@intake.example\n"));
	policy = load(fixture, "intake_address = all@intake.example\n"
	    "policy_maps = check_sender pcre:%/p\n", &err);
	assert_non_null(policy);
	policy_decide(policy, &facts, "r@q", &got);
	assert_string_equal(got.intake, "b@intake.example");
	facts.sender = "a@q";
	policy_decide(policy, &facts, "r@q", &got);
	assert_string_equal(got.intake, "$1@intake.example");
	assert_true(policy_is_intake(policy, "$1@intake.example"));
	assert_true(policy_is_intake(policy, "b@intake.example"));
	policy_free(policy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_leads_to),
		cmocka_unit_test_setup_teardown(test_attacks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_fallback, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_dollar, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
