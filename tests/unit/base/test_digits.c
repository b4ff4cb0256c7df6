/* SPDX-License-Identifier: BSD-2-Clause */
/* digits: numbers as text, and text as numbers */
#include "base/digits.h"

#include <string.h>

#include "tests/unit/scratch.h"

static void
test_parse(void **state)
{
	static const struct {
		const char	*text;
		uint64_t	 most;
		bool		 good;
		uint64_t	 number;
	} rows[] = {
		{ "0", 0, true, 0 },
		{ "1", 0, false, 0 },
		{ "25", 65535, true, 25 },
		{ "65535", 65535, true, 65535 },
		{ "65536", 65535, false, 0 },
		{ "655350", 65535, false, 0 },
		{ "0032", 32, true, 32 },
		{ "33", 32, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "184467440737095516150", UINT64_MAX, false, 0 },
		{ "", 9, false, 0 },
		{ "+1", 9, false, 0 },
		{ "-1", UINT64_MAX, false, 0 },
		{ " 1", 9, false, 0 },
		{ "1 ", 9, false, 0 },
		{ "0x1", 99, false, 0 },
		{ "1a", 99, false, 0 },
		{ "1\xb2", 999, false, 0 },
		{ "/", 99, false, 0 },
		{ ":", 99, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t number = 77;
		bool good = digits_parse(rows[i].text, strlen(rows[i].text),
		    rows[i].most, &number);

		assert_true(good == rows[i].good);
		assert_true(number == (good ? rows[i].number : 77));
	}
}

/* Only the bytes that are meant count. */
static void
test_parse_part(void **state)
{
	uint64_t number;

	(void)state;
	assert_true(digits_parse("123", 2, 99, &number));
	assert_int_equal(number, 12);
	assert_false(digits_parse("123", 0, 99, &number));
	assert_false(digits_parse("1\0" "2", 3, 99, &number));
}

static void
test_write(void **state)
{
	char text[DIGITS_MAX + 1];

	(void)state;
	*digits_decimal(text, 0) = '\0';
	assert_string_equal(text, "0");
	*digits_decimal(text, UINT64_MAX) = '\0';
	assert_string_equal(text, "18446744073709551615");
	*digits_hex(text, 0xab, 16) = '\0';
	assert_string_equal(text, "00000000000000ab");
	*digits_hex(text, 0x12345, 4) = '\0';
	assert_string_equal(text, "2345");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_part),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
