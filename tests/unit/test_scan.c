/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines and bytes of a message, wherever the pieces are cut */
#include "milter/scan.h"

#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	const char	*bytes;
	uint64_t	 longest;
	bool		 eight_bit;
} rows[] = {
	{ "", 0, false },
	{ "abc", 3, false },
	{ "abc\r\n", 3, false },
	{ "abc\n", 3, false },
	{ "\r\n\r\n", 0, false },
	{ "a\r\nbcd\r\nef", 3, false },
	{ "a\r\nbc\r\ndefg", 4, false },
	{ "a\rb\r\n", 3, false },
	{ "a\r\r\n", 2, false },
	{ "a\r", 1, false },
	{ "0123456789012345678901234567890123456789\r\n", 40, false },
	{ "0123456789012345678901234567890123456789\x80", 41, true },
	{ "\xc3\xbc\r\n", 2, true },
};

static void
test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t n = strlen(rows[i].bytes);

		for (size_t a = 0; a <= n; a++)
			for (size_t b = a; b <= n; b++) {
				struct scan scan = { 0 };

				scan_bytes(&scan, rows[i].bytes, a);
				scan_bytes(&scan, rows[i].bytes + a, b - a);
				scan_bytes(&scan, rows[i].bytes + b, n - b);
				assert_int_equal(scan.length, n);
				assert_int_equal(scan_longest(&scan),
				    rows[i].longest);
				assert_int_equal(scan.eight_bit,
				    rows[i].eight_bit);
			}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
