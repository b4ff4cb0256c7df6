/* SPDX-License-Identifier: BSD-2-Clause */
/* Which mailbox a path means, by what Postfix understood */
#include "milter/path.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	const char	*token, *understood, *want;	/* NULL: unclear */
} rows[] = {
	/* as it came, when only the case differs */
	{ "<Bob@Corp.Example>", "bob@corp.example", "Bob@Corp.Example" },
	{ "Bob@Corp.Example", "bob@corp.example", "Bob@Corp.Example" },
	{ "<\xc3\x84rger@b\xc3\xbc.example>", "\xc3\xa4rger@b\xc3\xbc.example",
	  "\xc3\x84rger@b\xc3\xbc.example" },
	{ "<stra\xc3\x9f" "e@x.example>", "strasse@x.example",
	  "stra\xc3\x9f" "e@x.example" },
	{ "<\"A b\"@x.example>", "\"a b\"@x.example", "\"A b\"@x.example" },
	{ "<\"a\\\"\\\\b\"@x.example>", "\"a\\\"\\\\b\"@x.example",
	  "\"a\\\"\\\\b\"@x.example" },
	{ "<u@[192.0.2.1]>", "u@[192.0.2.1]", "u@[192.0.2.1]" },
	{ "<u%x!y@x.example>", "u%x!y@x.example", "u%x!y@x.example" },
	/* as Postfix understood it, else */
	{ "<@r.example:U@x.example>", "u@x.example", "u@x.example" },
	{ "<u@x.example >", "u@x.example", "u@x.example" },
	{ "<u@x.example.>", "u@x.example", "u@x.example" },
	{ "<\"u\"@x.example>", "u@x.example", "u@x.example" },
	{ "<u>", "u@gateway.example", "u@gateway.example" },
	{ "<<u@x.example>", "u@x.example", "u@x.example" },
	/* the null reverse-path */
	{ "<>", "", "" },
	{ "<>", NULL, "" },
	{ "< (nobody)>", "", "" },
	/* nobody says what was understood */
	{ "<u@x.example>", NULL, "u@x.example" },
	{ "<\"a b\"@x.example>", NULL, "\"a b\"@x.example" },
	{ "<u@x.example >", NULL, NULL },
	{ "<@r.example:u@x.example>", NULL, NULL },
	{ "<u%x.example@y.example>", NULL, NULL },
	{ "<x.example!u@y.example>", NULL, NULL },
	{ "<u>", NULL, NULL },
	{ "<u@x@y.example>", NULL, NULL },
	/* or what was understood is no mailbox */
	{ "<u>", "u", NULL },
	/* Postfix looks up what is not plain, too */
	{ "<\"U\1\"@x.example>", "\"u\1\"@x.example", "\"U\1\"@x.example" },
	{ "<U\1@x.example>", "\"u\1\"@x.example", "\"u\1\"@x.example" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena arena = { 0 };
		char *understood = rows[i].understood != NULL ?
		    mem_text(rows[i].understood) : NULL;
		char *token = mem_text(rows[i].token);
		const char *got = path_mailbox(token, understood, &arena);

		if ((got == NULL) != (rows[i].want == NULL) ||
		    (got != NULL && strcmp(got, rows[i].want) != 0))
			fail_msg("%s, %s: %s, not %s", rows[i].token,
			    understood != NULL ? understood : "(none)",
			    got != NULL ? got : "(unclear)",
			    rows[i].want != NULL ? rows[i].want : "(unclear)");
		free(token);
		free(understood);
		arena_drop(&arena);
	}
}

/* an MTA that tells whom it delivers to */
static void
test_rewritten(void **state)
{
	static const struct {
		const char	*token, *understood, *want;
	} cases[] = {
		{ "<u@x.example>", "u", "u@x.example" },
		{ "<u@x.example>", "v@inside.example", "u@x.example" },
		{ "<U+x@X.example>", "u", "U+x@X.example" },
		{ "<>", "", "" },
		{ "<u@x.example.>", "u@x.example", "u@x.example" },
		{ "<u%x.example@y.example>", "u@x.example", "u@x.example" },
		{ "<\"u\"@x.example>", "u@x.example", "u@x.example" },
		{ "<\"u\"@x.example>", "u", NULL },
		{ "<u>", "u", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct arena arena = { 0 };
		const char *got = path_mailbox(cases[i].token,
		    path_rewritten(cases[i].token, cases[i].understood),
		    &arena);

		if ((got == NULL) != (cases[i].want == NULL) ||
		    (got != NULL && strcmp(got, cases[i].want) != 0))
			fail_msg("%s, %s: %s", cases[i].token,
			    cases[i].understood,
			    got != NULL ? got : "(unclear)");
		arena_drop(&arena);
	}
}

/* what a report shows */
static void
test_plain(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" }, { "u@x.example", "u@x.example" },
		{ "\"a b\"@x.example", "\"a b\"@x.example" },
		{ "\"u\1\"@x.example", "\"u?\"@x.example" },
		{ "u\1@x.example", "\"u?\"@x.example" },
		{ "\"u\\\1\"@x.example", "\"u??\"@x.example" },
		{ "a@b@x.example", "\"a@b\"@x.example" },
		{ "u@x example", "\"u\"@x?example" },
		{ "u@x\nv.example", "\"u\"@x?v.example" },
		{ "u@", "\"u\"@invalid" },
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *got = path_plain(cases[i][0], &arena);

		assert_string_equal(got, cases[i][1]);
		assert_string_equal(path_plain(got, &arena), got);
	}
	arena_drop(&arena);
}

/* what stands for an unclear one is a Mailbox, whatever the token was */
static void
test_quoted(void **state)
{
	struct arena arena = { 0 };
	char longest[1000];

	(void)state;
	memset(longest, '"', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_string_equal(path_quoted("<a \"b\\\n>", "gw.example", &arena),
	    "\"<a \\\"b\\\\>\"@gw.example");
	assert_string_equal(path_quoted("", "", &arena), "\"\"@localhost");
	for (unsigned i = 0; i < 3; i++) {
		const char *token = (const char *[]){ longest, longest + 990,
			"<@a:b\tc@d>" }[i];
		const char *text = path_quoted(token, "gw.example", &arena);

		assert_true(strlen(text) < 150);
		assert_string_equal(path_mailbox(text, text, &arena), text);
	}
	arena_drop(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_rewritten),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
