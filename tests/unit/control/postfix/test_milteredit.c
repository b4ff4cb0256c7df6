/* SPDX-License-Identifier: BSD-2-Clause */
/* test_milteredit - tdc-milter in a list of milters, and out of it: the others
 * stay as they are written */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "control/postfix/milteredit.h"
#include "tests/unit/scratch.h"

#define OURS "{ unix:t, default_action=accept }"

static bool
is_ours(const void *arg, const char *endpoint)
{
	return strcmp(endpoint, arg) == 0;
}

/* a list, the same with $name replaced, and what becomes of it without and with
 * us; NULL: it cannot be */
static const struct {
	const char	*raw, *value, *without, *with;
	size_t		 count;
} rows[] = {
	{ "", "", "", OURS, 0 },
	{ " , ", "", "", OURS, 0 },
	{ "unix:a", "unix:a", "unix:a", "unix:a, " OURS, 0 },
	{ "unix:a,unix:b  inet:c:1", "unix:a,unix:b  inet:c:1",
	    "unix:a,unix:b  inet:c:1", "unix:a,unix:b  inet:c:1, " OURS, 0 },
	{ "unix:t", "unix:t", "", OURS, 1 },
	{ "unix:t, unix:a, unix:b", "unix:t, unix:a, unix:b", "unix:a, unix:b",
	    "unix:a, unix:b, " OURS, 1 },
	{ "unix:a  unix:t ,unix:b", "unix:a  unix:t ,unix:b", "unix:a ,unix:b",
	    "unix:a ,unix:b, " OURS, 1 },
	{ "{ unix:t, x=y } { unix:a } unix:t", "{ unix:t, x=y } { unix:a } "
	    "unix:t", "{ unix:a }", "{ unix:a }, " OURS, 2 },
	{ "$a ${b}", "unix:a unix:b", "$a ${b}", "$a ${b}, " OURS, 0 },
	{ "$a $b", "unix:t unix:b", "$b", "$b, " OURS, 1 },
	{ "$a", "unix:b, unix:c", "$a", "$a, " OURS, 0 },
	{ "$a", "unix:t, unix:c", NULL, NULL, 1 },
	{ "$a unix:t", "unix:b unix:c unix:t", "$a", "$a, " OURS, 1 },
	{ "$a unix:t", "unix:t unix:c unix:t", NULL, NULL, 2 },
	{ "$none unix:t", "unix:t", "$none", "$none, " OURS, 1 },
	{ "unix:a, { unix:b", "unix:a, { unix:b", NULL, NULL, 0 },
	{ "unix:a }", "unix:a }", "unix:a }", "unix:a }, " OURS, 0 },
};

static void
lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct milteredit edit = { .raw = rows[i].raw,
			.value = rows[i].value, .is_ours = is_ours,
			.arg = "unix:t" };
		struct err err = { .text = "" };
		own(str) char *without = milteredit_without(&edit, &err);
		own(str) char *with = milteredit_with(&edit, OURS, &err);

		print_message("%s\n", rows[i].raw);
		assert_int_equal(milteredit_count(&edit), rows[i].count);
		if (rows[i].without == NULL) {
			assert_null(without);
			assert_null(with);
			assert_string_not_equal(err.text, "");
			continue;
		}
		assert_string_equal(without, rows[i].without);
		assert_string_equal(with, rows[i].with);
	}
}

static void
tight(void **state)
{
	static const char *const texts[][2] = {
		{ "", "" },
		{ "unix:a , unix:b", "unix:a,unix:b" },
		{ "unix:a, " OURS, "unix:a,{unix:t,default_action=accept}" },
		{ "{ inet:a:1, { default_action = reject } }",
		    "{inet:a:1,default_action=reject}" },
		{ "${a} $b", "${a},$b" },
		{ "{ unix:a, { x = y z } }", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct err err = { .text = "" };
		own(str) char *text = milteredit_tight(texts[i][0], &err);

		if (texts[i][1] == NULL)
			assert_null(text);
		else
			assert_string_equal(text, texts[i][1]);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(tight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
