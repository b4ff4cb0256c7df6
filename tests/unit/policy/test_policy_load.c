/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: DB */
/* policy_load: what is refused, and how that is said */
#include "tests/unit/policy/policy_fixture.h"

static const struct {
	const char	*lines;
	const char	*want;		/* part of the error, % is the directory */
} refused[] = {
	{ "policy_maps = check_foo static:NO\n",
	  "%/tdc.cf:1: policy_maps: unknown check 'check_foo'" },
	{ "\npolicy_maps = static:NO\n",
	  "%/tdc.cf:2: policy_maps: unknown check 'static:NO'" },
	{ "policy_maps = check_recipient\n",
	  "policy_maps: no table after check_recipient" },
	{ "policy_maps = check_sender static:NO, check_recipient\n",
	  "policy_maps: no table after check_recipient" },
	{ "policy_maps = check_recipient NO\n", "NO: no table: want type:name" },
	{ "policy_maps = check_recipient hash:\n",
	  "hash:: no table: want type:name" },
	{ "policy_maps = check_recipient mysql:/x\n",
	  "mysql:/x: unknown table type 'mysql' (known: btree cdb " },
	{ "policy_maps = check_recipient inline:{ a=NO\n",
	  "policy_maps: no closing brace" },
	{ "policy_maps = check_recipient inline:{ a@x=FOO }\n",
	  "inline:{ a@x=FOO }: key 'a@x': bad value 'FOO'" },
	{ "policy_maps = check_recipient inline:{}\n", "an empty table" },
	{ "policy_maps = check_recipient inline:{a}\n", "no '=' after the key" },
	{ "policy_maps = check_recipient inline:{=a}\n", "no key in '=a'" },
	{ "policy_maps = check_recipient inline:{a=}\n", "no value in 'a='" },
	{ "policy_maps = check_recipient inline:{{a=NO}b}\n",
	  "text after the closing brace" },
	{ "policy_maps = check_recipient static:MAYBE\n",
	  "static:MAYBE: key 'static': bad value 'MAYBE'" },
	{ "policy_maps = check_recipient static:{NO}x\n",
	  "text after the closing brace" },
	{ "policy_maps = check_recipient static:DEFAULT\n",
	  "DEFAULT, but intake_address is empty" },
	{ "policy_maps = check_recipient hash:%/none\n",
	  "%/tdc.cf:1: policy_maps: hash:%/none: open database %/none.db: "
	  "No such file or directory" },
	{ "policy_maps = check_recipient btree:%/none\n",
	  "open database %/none.db: No such file or directory" },
	{ "policy_maps = check_recipient lmdb:%/none\n",
	  "open database %/none.lmdb: No such file or directory" },
	{ "policy_maps = check_recipient texthash:%/none\n",
	  "open database %/none: No such file or directory" },
	{ "policy_maps = check_recipient texthash:%\n", "not a regular file" },
	{ "policy_maps = check_recipient texthash:relative\n",
	  "texthash:relative: want an absolute path" },
	{ "policy_maps = check_recipient texthash:%/bad-value\n",
	  "policy_maps: texthash:%/bad-value: %/bad-value:3: bad value "
	  "'YES'" },
	{ "policy_maps = check_recipient texthash:%/bad-line\n",
	  "policy_maps: texthash:%/bad-line: %/bad-line:2: key 'b@x' has no "
	  "value" },
	{ "default_policy = DUNNO\n",
	  "%/tdc.cf:1: default_policy: DUNNO decides nothing" },
	{ "default_policy = DEFAULT\n",
	  "default_policy: DEFAULT, but intake_address is empty" },
	{ "default_policy = perhaps\n",
	  "default_policy: bad value 'perhaps': neither NO, DEFAULT nor "
	  "user@domain, perhaps with name=WORD after it" },
	{ "default_policy = NO EMEA\n",
	  "default_policy: bad value 'NO EMEA': neither NO, DEFAULT nor" },
	{ "default_policy =\n", "default_policy: bad value ''" },
	{ "intake_address = a@x..y\n",
	  "%/tdc.cf:1: intake_address: 'a@x..y' is not user@domain" },
};

static void
test_refused(void **state)
{
	struct fixture *fixture = *state;

	free(scratch_file(fixture->dir, "bad-value",
	    "# a comment\na@x NO\nb@x\n YES\nc@x PERHAPS\n"));
	free(scratch_file(fixture->dir, "bad-line", "a@x NO\nb@x\n"));
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		own(buf) struct buf want = BUF;
		struct err err;

		if (load(fixture, refused[i].lines, &err) != NULL)
			fail_msg("taken: %s", refused[i].lines);
		for (const char *p = refused[i].want; *p != '\0'; p++)
			if (*p == '%')
				buf_text(&want, fixture->dir);
			else
				buf_byte(&want, *p);
		if (strstr(err.text, want.data) == NULL)
			fail_msg("%s\n got %s\nwant %s", refused[i].lines,
			    err.text, want.data);
	}
}

static const struct {
	const char	*lines;
	bool		 journals;
} quiet[] = {
	{ "", false },
	{ "intake_address = a@x\n", false },
	{ "intake_address = a@x\ndefault_policy = DEFAULT\n", true },
	{ "default_policy = a@x\n", true },
	{ "policy_maps = check_recipient inline:{ a@x=NO, b@x=DUNNO }\n",
	  false },
	{ "policy_maps = check_recipient inline:{ a@x=NO, b@x=c@y }\n",
	  true },
	{ "policy_maps = check_client static:NO, check_sender static:a@x\n",
	  true },
	{ "intake_address = a@x\n"
	  "policy_maps = check_recipient inline:{ b@x=DEFAULT }\n", true },
	{ "policy_maps = check_recipient texthash:%/nobody\n", false },
	{ "intake_address = a@x\n"
	  "policy_maps = check_recipient regexp:%/makes\n", true },
	{ "intake_address = a@x\n"
	  "policy_maps = check_recipient regexp:%/denies\n", false },
	{ "intake_address = a@x\nunclean_header_checks = regexp:%/denies\n",
	  false },
};

static void
test_journals(void **state)
{
	struct fixture *fixture = *state;

	free(scratch_file(fixture->dir, "nobody", "# no rows\n"));
	free(scratch_file(fixture->dir, "makes", "/^(.*)@z$/ $1@x\n"));
	free(scratch_file(fixture->dir, "denies", "/^x/ NO\n"));
	for (size_t i = 0; i < sizeof(quiet) / sizeof(*quiet); i++) {
		struct err err;
		struct policy *policy = load(fixture, quiet[i].lines, &err);

		if (policy == NULL)
			fail_msg("%s: %s", quiet[i].lines, err.text);
		if (policy_journals(policy) != quiet[i].journals)
			fail_msg("wrong: %s", quiet[i].lines);
		policy_free(policy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_journals, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
