/* SPDX-License-Identifier: BSD-2-Clause */
/* strings: a set of strings, each with a number */
#include "policy/table/strings.h"

#include <string.h>

#include "tests/unit/scratch.h"

static void
test_empty(void **state)
{
	struct strings set = { 0 };
	uint32_t number = 7;

	(void)state;
	assert_false(strings_find(&set, "", &number));
	assert_false(strings_find(&set, "a", &number));
	assert_int_equal(number, 7);
	strings_trim(&set);
	strings_drop(&set);
}

/* Many, of all lengths, each found under its number and no other text. */
static void
test_many(void **state)
{
	enum { MANY = 50000 };
	struct strings set = { 0 };
	char text[64];
	uint32_t number;

	(void)state;
	for (uint32_t round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < MANY; i++) {
			size_t n = (size_t)snprintf(text, sizeof(text),
			    "%u%.*s", i, (int)(i % 30),
			    "abcdefghijklmnopqrstuvwxyzabcd");

			assert_true(strings_add(&set, text, n, &number));
			assert_int_equal(number, i);
		}
		strings_trim(&set);
	}
	assert_int_equal(set.count, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		strcpy(text, strings_text(&set, i));
		assert_true(strings_find(&set, text, &number));
		assert_int_equal(number, i);
		text[0] ^= 64;
		assert_false(strings_find(&set, text, &number));
	}
	strings_drop(&set);
	assert_int_equal(set.count, 0);
}

static void
test_prefixes(void **state)
{
	struct strings set = { 0 };
	const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	uint32_t number;

	(void)state;
	for (size_t n = 0; n <= strlen(text); n++)
		assert_true(strings_add(&set, text, n, &number));
	assert_int_equal(set.count, strlen(text) + 1);
	for (size_t n = 0; n <= strlen(text); n++) {
		assert_true(strings_find(&set, text + strlen(text) - n,
		    &number));
		assert_int_equal(number, n);
	}
	strings_drop(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
