/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB PCRE */
/* policy: checks of clients and pairs, patterns, header fields */
#include "policy/policy.h"

#include <pthread.h>
#include <string.h>

#include "tests/unit/policy/policy_fixture.h"

#define MAPS \
    "intake_address = all@cloud.example\n" \
    "recipient_delimiter = +\n" \
    "policy_maps = check_client cidr:%/cidr,\n" \
    "	check_client inline:{mta.example=NO, 192.0.2=DUNNO}\n" \
    "	check_helo inline:{helo.example=NO}\n" \
    "	check_pair inline:{{\"s@x r@y\"=NO},{\"<> y\"=NO},\n" \
    "	{\"x y\"=pair@cloud.example}}\n" \
    "	check_recipient pcre:%/pcre\n" \
    "	check_sender regexp:%/regexp\n"

static const char pcre[] =
    "/^key-(.+)@made\\.example$/	$1@cloud.example name=made-$1\n"
    "/^(no)@word\\.example$/	NO name=is-$1\n"
    "/^(default)@word\\.example$/	DEFAULT name=is-$1\n"
    "/^(dunno)@word\\.example$/	DUNNO name=is-$1\n"
    "/^(.+)@odd\\.example$/	in$1@cloud.example\n"
    "if /@if\\.example$/\n"
    "!/^a/	NO name=not-a\n"
    "endif\n"
    "/^(a+)+[bc]@slow/ NO\n";

#define A20 "aaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char	*name, *address, *helo, *sender, *recipient;
	const char	*intake, *policy, *check;
	const char	*trouble;
} decisions[] = {
	{ "", "", "", "s@q", "r@q", NULL, "default", NULL, NULL },
	{ "", "10.1.2.3", "", "s@q", "r@q", NULL, "10.0.0.0/8", "check_client",
	  NULL },
	{ "a.mta.example", "198.51.100.1", "", "s@q", "r@q", NULL,
	  "mta.example", "check_client", NULL },
	{ "unknown", "192.0.2.9", "helo.example", "s@q", "r@q", NULL,
	  "helo.example", "check_helo", NULL },
	{ "", "", "", "S@X", "r+e@Y", NULL, "\"s@x r@y\"", "check_pair", NULL },
	{ "", "", "", "", "r@y", NULL, "\"<> y\"", "check_pair", NULL },
	{ "", "", "", "t@x", "r@y", "pair@cloud.example", "\"x y\"",
	  "check_pair",
	  NULL },
	{ "", "", "", "s@q", "Key-One@made.example", "one@cloud.example",
	  "made-one", "check_recipient", NULL },
	{ "", "", "", "s@q", "no@word.example", NULL, "is-no",
	  "check_recipient", NULL },
	{ "", "", "", "s@q", "default@word.example", "all@cloud.example",
	  "is-default", "check_recipient", NULL },
	{ "", "", "", "s@q", "dunno@word.example", NULL, "default", NULL,
	  NULL },
	{ "", "", "", "s@reg", "q@q", NULL, "/@reg$/", "check_sender", NULL },
	{ "", "", "", "s@q", "b@if.example", NULL, "not-a", "check_recipient",
	  NULL },
	{ "", "", "", "s@q", "a@if.example", NULL, "default", NULL, NULL },
	/* an answer of no use: a copy too many, and said so */
	{ "", "", "", "s@q", "\"x y\"@odd.example", "all@cloud.example",
	  "/^(.+)@odd\\.example$/", "check_recipient",
	  "pcre:5: bad value 'in$1@cloud.example': '\"x y\"' cannot replace" },
	{ "", "", "", "s@q", "\"a b\"@made.example", NULL, "default", NULL,
	  NULL },
	{ "", "", "", "s@q", A20 A20 A20 A20 A20 A20 A20 A20 A20 A20 "@slow",
	  "all@cloud.example", "default", "check_recipient", "limit" },
};

static struct policy *
load_all(struct fixture *fixture)
{
	struct policy *policy;
	struct err err;

	free(scratch_file(fixture->dir, "cidr", "10.0.0.0/8 NO\n"));
	free(scratch_file(fixture->dir, "pcre", pcre));
	free(scratch_file(fixture->dir, "regexp", "/@reg$/ NO\n"));
	policy = load(fixture, MAPS, &err);
	if (policy == NULL)
		fail_msg("%s", err.text);
	return policy;
}

static void
test_decisions(void **state)
{
	struct policy *policy = load_all(*state);

	for (size_t i = 0; i < sizeof(decisions) / sizeof(*decisions); i++) {
		struct facts facts = { .sender = decisions[i].sender,
			.client = { decisions[i].address,
			    decisions[i].name, decisions[i].helo } };
		const char *recipient = decisions[i].recipient;
		struct decision got;

		policy_decide(policy, &facts, recipient, &got);
		same(got.intake, decisions[i].intake, recipient);
		assert_int_equal(got.journal, decisions[i].intake != NULL);
		same(got.name, decisions[i].policy, recipient);
		same(got.check, decisions[i].check, recipient);
		if (decisions[i].trouble == NULL)
			assert_string_equal(got.trouble, "");
		else if (strstr(got.trouble, decisions[i].trouble) == NULL)
			fail_msg("%s: trouble '%s'", recipient, got.trouble);
	}
	assert_true(policy_is_intake(policy, "anyone@Cloud.example"));
	assert_false(policy_is_intake(policy, "anyone@cloud.examples"));
	assert_false(policy_is_intake(policy, "x@odd.example"));
	policy_free(policy);
}

/* Without an intake_address, default_policy decides what nobody can tell. */
static void
test_no_intake(void **state)
{
	struct facts facts = { .sender = A20 A20 A20 A20 A20 A20 A20 A20 A20
	    "@slow" };
	struct fixture *fixture = *state;
	struct decision got;
	struct policy *policy;
	struct err err;

	free(scratch_file(fixture->dir, "pcre", "/^(a+)+[bc]@slow/ NO\n"));
	policy = load(fixture, "policy_maps = check_sender pcre:%/pcre\n"
	    "default_policy = c@d.example\n", &err);
	assert_non_null(policy);
	policy_decide(policy, &facts, "r@q", &got);
	same(got.intake, "c@d.example", "trouble");
	assert_non_null(strstr(got.trouble, ": default_policy decides"));
	policy_free(policy);
}

/* Values that are bad whatever $1 stands for. */
static void
test_bad_values(void **state)
{
	static const char *const values[] = {
		"name=$1 NO", "$1 $1", "a@b@$1", "NO nam=$1", "<$1@x>",
		"NOPE", "", "$1", "N$1", "$1 name=x", "a@$1@b", "a$1", "@$1",
		"a@[$1]", "a@-$1", "a@.$1", "a@$1.", ".$1@x", "NO $1",
		"NO name=$1 $1", "NO name=$1\303\244",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char *text = mem_format("/a/ NO\n/(b)/ %s\n", values[i]);
		struct policy *policy;
		struct err err;

		free(scratch_file(fixture->dir, "pcre", text));
		free(text);
		policy = load(fixture, "intake_address = all@x\n"
		    "policy_maps = check_sender pcre:%/pcre\n", &err);
		if (policy != NULL)
			fail_msg("took '%s'", values[i]);
		assert_non_null(strstr(err.text, "/pcre:2: bad value"));
	}
}

static void
test_headers(void **state)
{
	static const struct {
		const char	*header;
		unsigned	 line;	/* 0: clean */
	} headers[] = {
		{ "X-Spam-Flag: YES", 1 }, { "x-spam-flag: yes", 1 },
		{ "X-Spam-Flag: NO", 0 }, { "Subject: X-Spam-Flag: YES", 0 },
		{ "X-Virus: a\n\tInfected", 3 }, { "X-Virus: b Infected", 3 },
		{ "X-Known: bad", 0 }, { "", 0 },
	};
	struct fixture *fixture = *state;
	struct policy *policy;
	struct err err;

	free(scratch_file(fixture->dir, "h", "/^X-Spam-Flag: YES/ NO\n"
	    "/^X-Known:/ DUNNO\n/^X-Virus:.*Infected/ NO\n/bad/ NO\n"));
	policy = load(fixture, "unclean_header_checks = pcre:%/h\n", &err);
	assert_non_null(policy);
	assert_true(policy_has_header_checks(policy));
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		struct unclean got;

		assert_int_equal(policy_unclean(policy, headers[i].header,
		    &got), headers[i].line != 0);
		assert_int_equal(got.line, headers[i].line);
	}
	policy_free(policy);
}

static void
test_bad_headers(void **state)
{
	static const struct {
		const char	*parameter, *why;
	} bad[] = {
		{ "pcre:%/h", "/h:1: bad value 'DEFAULT': neither NO nor DUNNO" },
		{ "pcre:%/r", "/r:1: bad value 'REJECT': neither NO nor DUNNO" },
		{ "pcre:%/m", "/m:1: bad value 'NO name=$1': neither NO nor" },
		{ "inline:{a=NO}", "want a pcre or regexp table" },
		{ "static:NO", "want a pcre or regexp table" },
		{ "cidr:%/nets", "want a pcre or regexp table" },
		{ "hash:%/none", "none: want a pcre or regexp table" },
		{ "texthash:%/words", "words: want a pcre or regexp table" },
		{ "moon:%/h", "unknown table type 'moon'" },
		{ "pcre:%/none", "No such file" },
	};
	struct fixture *fixture = *state;

	free(scratch_file(fixture->dir, "h", "/a/ DEFAULT\n"));
	free(scratch_file(fixture->dir, "r", "/a/ REJECT\n"));
	free(scratch_file(fixture->dir, "m", "/(a)/ NO name=$1\n"));
	free(scratch_file(fixture->dir, "nets", "192.0.2.0/24 NO\n"));
	free(scratch_file(fixture->dir, "words", "/x/ REJECT\n"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *text = mem_format("intake_address = a@b\n"
		    "unclean_header_checks = %s\n", bad[i].parameter);
		struct err err;

		assert_null(load(fixture, text, &err));
		if (strstr(err.text, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].parameter, err.text);
		assert_non_null(strstr(err.text, "unclean_header_checks"));
		free(text);
	}
}

/* ---- changes, and many threads ---- */

static unsigned changed, broken;

static void
note_changed(const char *table, size_t entries)
{
	(void)table, (void)entries;
	changed++;
}

static void
note_broken(const char *table, const char *why)
{
	(void)table, (void)why;
	broken++;
}

static void
put(const struct fixture *fixture, const char *name, const char *text)
{
	char *fresh = scratch_file(fixture->dir, "fresh", text);
	char *path = mem_format("%s/%s", fixture->dir, name);

	assert_int_equal(rename(fresh, path), 0);
	free(fresh);
	free(path);
}

/* look - until the news are there: what is just written is looked at again */
static void
look(struct policy_live *live, const unsigned *news, unsigned want)
{
	const struct policy_news both = { note_changed, note_broken };

	for (unsigned i = 0; i < 1000 && *news < want; i++) {
		policy_refresh(live, &both);
		usleep(10000);
	}
	assert_int_equal(*news, want);
}

static bool
is_unclean(struct policy_live *live)
{
	struct policy *policy = policy_hold(live);
	struct unclean unclean;
	bool is = policy_unclean(policy, "X-Bad: yes", &unclean);

	policy_leave(policy);
	return is;
}

static void
test_live(void **state)
{
	struct fixture *fixture = *state;
	struct policy_live *live;
	struct err err;

	changed = broken = 0;
	put(fixture, "h", "/^X-Good/ NO\n");
	live = policy_live_new(load(fixture,
	    "unclean_header_checks = regexp:%/h\n", &err));
	assert_false(is_unclean(live));
	put(fixture, "h", "/^X-Bad/ NO\n");
	look(live, &changed, 1);
	assert_true(is_unclean(live));
	put(fixture, "h", "/^X-Bad/ MAYBE\n");
	look(live, &broken, 1);
	assert_true(is_unclean(live));
	put(fixture, "h", "/^X-Bad/ DUNNO\n");
	look(live, &changed, 2);
	assert_false(is_unclean(live));
	assert_int_equal(broken, 1);
	policy_live_free(live);
}

/* Every thread asks the same patterns, for users of its own. */
struct asker {
	pthread_t	 thread;
	struct policy	*policy;
	unsigned	 number, wrong;
};

static void *
ask_often(void *arg)
{
	struct asker *asker = arg;
	struct facts facts = { .sender = "s@q" };

	for (unsigned i = 0; i < 2000; i++) {
		struct decision got;
		char recipient[64], want[64];

		snprintf(recipient, sizeof(recipient),
		    "key-%u.%u@made.example", asker->number, i);
		snprintf(want, sizeof(want), "%u.%u@cloud.example",
		    asker->number, i);
		policy_decide(asker->policy, &facts, recipient, &got);
		asker->wrong += !got.journal || strcmp(got.intake, want) != 0;
	}
	return NULL;
}

static void
test_threads(void **state)
{
	struct policy *policy = load_all(*state);
	struct asker askers[8];

	for (unsigned i = 0; i < 8; i++) {
		askers[i] = (struct asker){ .policy = policy, .number = i };
		assert_int_equal(pthread_create(&askers[i].thread, NULL,
		    ask_often, &askers[i]), 0);
	}
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
		assert_int_equal(askers[i].wrong, 0);
	}
	policy_free(policy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_decisions, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_no_intake, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_bad_values, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_headers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_headers, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_live, setup, teardown),
		cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
