/* SPDX-License-Identifier: BSD-2-Clause */
/* which bytes are UTF-8 */
#include "base/utf8.h"

#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	const char	*bytes;
	size_t		 length;
} characters[] = {
	{ "a", 1 }, { "\x7f", 1 }, { "\x80", 0 }, { "\xbf", 0 },
	{ "\xc0\xaf", 0 }, { "\xc1\xbf", 0 }, { "\xc2\x80", 2 },
	{ "\xc2\x7f", 0 }, { "\xc2\xc0", 0 }, { "\xc2", 0 },
	{ "\xdf\xbfx", 2 }, { "\xe0\x9f\xbf", 0 }, { "\xe0\xa0\x80", 3 },
	{ "\xe0\xa0", 0 }, { "\xe1\x80\x80", 3 }, { "\xe1\x80\x7f", 0 },
	{ "\xed\x9f\xbf", 3 }, { "\xed\xa0\x80", 0 }, { "\xee\x80\x80", 3 },
	{ "\xef\xbf\xbf", 3 }, { "\xf0\x8f\xbf\xbf", 0 },
	{ "\xf0\x90\x80\x80", 4 }, { "\xf0\x90\x80", 0 },
	{ "\xf0\x90\x80\xc0", 0 }, { "\xf3\xbf\xbf\xbf", 4 },
	{ "\xf4\x8f\xbf\xbf", 4 }, { "\xf4\x90\x80\x80", 0 },
	{ "\xf5\x80\x80\x80", 0 }, { "\xff", 0 },
};

static void
test_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(characters) / sizeof(*characters); i++)
		if (utf8_length(characters[i].bytes,
		    strlen(characters[i].bytes)) != characters[i].length)
			fail_msg("character %zu", i);
	assert_int_equal(utf8_length("a", 0), 0);
	assert_true(utf8_is("", 0));
	assert_true(utf8_is("a\xc3\xb6" "b", 4));
	assert_false(utf8_is("a\xc3\xb6" "b", 2));
	assert_true(utf8_is_ascii("a\x7f", 2));
	assert_false(utf8_is_ascii("a\x80", 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
