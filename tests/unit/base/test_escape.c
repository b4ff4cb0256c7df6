/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from the network in one line */
#include "base/escape.h"

#include <string.h>

#include "tests/unit/scratch.h"

static void
test_escape(void **state)
{
	static const struct {
		const char *text, *escaped, *repr;
	} rows[] = {
		{ "", "", "''" },
		{ "plain text", "plain text", "'plain text'" },
		{ "a\r\nTDC: b", "a\\x0d\\x0aTDC: b", "'a\\x0d\\x0aTDC: b'" },
		{ "\x1b[2J\x7f", "\\x1b[2J\\x7f", "'\\x1b[2J\\x7f'" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\\xc3\\xbc\\xc3\\x9f",
		  "'gr\\xc3\\xbc\\xc3\\x9f'" },
		{ "back\\slash", "back\\\\slash", "'back\\\\slash'" },
		{ "it's", "it's", "\"it's\"" },
		{ "say \"it's\"", "say \"it's\"", "'say \"it\\'s\"'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_string_equal(ESCAPE(rows[i].text), rows[i].escaped);
		assert_string_equal(ESCAPE_REPR(rows[i].text), rows[i].repr);
	}
}

static void
test_inside(void **state)
{
	(void)state;
	assert_string_equal(ESCAPE_INSIDE("<a'b@c>", '\''), "<a\\'b@c>");
	assert_string_equal(ESCAPE_INSIDE("\"a> to <b\"@c", '>'),
	    "\"a\\> to <b\"@c");
}

static void
test_escape_cuts(void **state)
{
	char text[2000];
	size_t length;

	(void)state;
	for (int byte = 1; byte < 256; byte += 5) {
		memset(text, byte, sizeof(text));
		text[sizeof(text) - 1] = '\0';
		length = strlen(ESCAPE(text));
		assert_in_range(length, 490, 503);
		assert_string_equal(ESCAPE(text) + length - 3, "...");
		assert_true(strlen(ESCAPE_REPR(text)) < sizeof(struct escaped));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_escape_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
