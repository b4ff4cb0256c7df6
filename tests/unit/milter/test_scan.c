/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines and bytes of a message, wherever the pieces are cut */
#include "milter/scan.h"

#include <string.h>

#include "tests/unit/scratch.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char	*bytes;
	size_t		 n;
	uint64_t	 longest;
	bool		 eight_bit, binary;
} rows[] = {
	{ BYTES(""), 0, false, false },
	{ BYTES("abc"), 3, false, false },
	{ BYTES("abc\r\n"), 3, false, false },
	{ BYTES("abc\n"), 3, false, true },
	{ BYTES("\n"), 0, false, true },
	{ BYTES("\r\n\n"), 0, false, true },
	{ BYTES("\r\n\r\n"), 0, false, false },
	{ BYTES("a\r\nbcd\r\nef"), 3, false, false },
	{ BYTES("a\r\nbc\r\ndefg"), 4, false, false },
	{ BYTES("a\rb\r\n"), 3, false, true },
	{ BYTES("\ra\r\n"), 2, false, true },
	{ BYTES("a\r\n\rb\r\n"), 2, false, true },
	{ BYTES("a\r\r\n"), 2, false, true },
	{ BYTES("a\r"), 1, false, true },
	{ BYTES("a\r\n\r"), 1, false, true },
	{ BYTES("a\n\rb"), 2, false, true },
	{ BYTES("\0"), 1, false, true },
	{ BYTES("a\0b\r\n"), 3, false, true },
	{ BYTES("a\r\0\n"), 3, false, true },
	{ BYTES("0123456789012345678901234567890123456789\r\n"), 40, false,
	    false },
	{ BYTES("0123456789012345678901234567890123456789\x80"), 41, true,
	    false },
	{ BYTES("\xc3\xbc\r\n"), 2, true, false },
};

static void
check(size_t row, const struct scan *scan)
{
	if (scan->length != rows[row].n ||
	    scan_longest(scan) != rows[row].longest ||
	    scan->eight_bit != rows[row].eight_bit ||
	    scan_binary(scan) != rows[row].binary)
		fail_msg("row %zu", row);
}

static void
test_cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *bytes = rows[i].bytes;
		size_t n = rows[i].n;

		for (size_t a = 0; a <= n; a++)
			for (size_t b = a; b <= n; b++) {
				struct scan scan = { 0 };

				scan_bytes(&scan, bytes, a);
				scan_bytes(&scan, bytes + a, b - a);
				scan_bytes(&scan, bytes + b, n - b);
				check(i, &scan);
			}
	}
}

/* plainly - binary, told by looking at each octet and its neighbours */
static bool
plainly(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] == '\0' ||
		    (bytes[i] == '\r' && (i + 1 == n || bytes[i + 1] != '\n')) ||
		    (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r')))
			return true;
	return false;
}

/* Every text of seven octets out of the interesting ones, in two pieces. */
static void
test_all_texts(void **state)
{
	static const char octets[] = { 'a', '\r', '\n', '\0' };
	enum { LENGTH = 7, ALL = 1 << 2 * LENGTH };

	(void)state;
	for (unsigned number = 0; number < ALL; number++) {
		char text[LENGTH];

		for (size_t i = 0; i < LENGTH; i++)
			text[i] = octets[number >> 2 * i & 3];
		for (size_t cut = 0; cut <= LENGTH; cut++) {
			struct scan scan = { 0 };

			scan_bytes(&scan, text, cut);
			scan_bytes(&scan, text + cut, LENGTH - cut);
			if (scan_binary(&scan) != plainly(text, LENGTH))
				fail_msg("text %u, cut at %zu", number, cut);
		}
	}
}

/* So many CRs that no octet could count them, and one that is astray. */
static void
test_many(void **state)
{
	enum { LINES = 70000 };
	static char text[2 * LINES];
	struct scan scan = { 0 };

	(void)state;
	for (size_t i = 0; i < 2 * LINES; i++)
		text[i] = "\r\n"[i % 2];
	scan_bytes(&scan, text, sizeof(text));
	assert_false(scan_binary(&scan));
	for (size_t i = 0; i < 2 * LINES; i += 7919) {
		char octet = text[i];

		text[i] = octet == '\r' ? 'x' : '\r';
		scan = (struct scan){ 0 };
		scan_bytes(&scan, text, sizeof(text));
		assert_true(scan_binary(&scan));
		text[i] = octet;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_all_texts),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
