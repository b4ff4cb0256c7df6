/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dot: every message of a few bytes from an alphabet of the dangerous ones,
 * cut in two at every place, as strict and as careless servers read it
 */
#include "forward/smtp/dot.h"

#include <string.h>

#include "tests/unit/dot_readers.h"
#include "tests/unit/scratch.h"

static const struct {
	const char	*message;
	const char	*want;
} cases[] = {
	{ "", ".\r\n" },
	{ "a", "a\r\n.\r\n" },
	{ "a\r\n", "a\r\n.\r\n" },
	{ ".\r\n", "..\r\n.\r\n" },
	{ ".a\r\n..b\r\n", "..a\r\n...b\r\n.\r\n" },
	{ "a.\r\nb.c\r\n", "a.\r\nb.c\r\n.\r\n" },
	{ "a\r\n.", "a\r\n..\r\n.\r\n" },
	/* not a line's start for a strict server, and no lone dot */
	{ "a\n.b\r\n", "a\n.b\r\n.\r\n" },
	{ "a\r.b\r\n", "a\r.b\r\n.\r\n" },
	/* the end, for a careless one */
	{ "a\n.\nb\r\n", "a\n..\nb\r\n.\r\n" },
	{ "a\n.\r\nb\r\n", "a\n..\r\nb\r\n.\r\n" },
	{ "a\r.\r\nb\r\n", "a\r..\r\nb\r\n.\r\n" },
	{ "a\r.\rb\r\n", "a\r..\rb\r\n.\r\n" },
	{ "a\r\n\n.\r\n", "a\r\n\n..\r\n.\r\n" },
	{ "a\n.", "a\n..\r\n.\r\n" },
	{ "a\n..\n", "a\n..\n\r\n.\r\n" },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own(buf) struct buf out = BUF;
		struct dot dot = DOT;

		dot_stuff(&dot, cases[i].message, strlen(cases[i].message),
		    &out);
		dot_end(&dot, &out);
		assert_string_equal(out.data, cases[i].want);
	}
}

static void
check(const char *message, size_t n)
{
	own(buf) struct buf whole = BUF;
	own(buf) struct buf seen = BUF;
	own(buf) struct buf wanted = BUF;
	struct dot dot = DOT;

	dot_stuff(&dot, message, n, &whole);
	dot_end(&dot, &whole);
	for (size_t cut = 0; cut <= n; cut++) {
		own(buf) struct buf out = BUF;
		struct dot again = DOT;

		dot_stuff(&again, message, cut, &out);
		dot_stuff(&again, message + cut, n - cut, &out);
		dot_end(&again, &out);
		assert_int_equal(out.len, whole.len);
		assert_memory_equal(out.data, whole.data, out.len);
	}
	assert_true(dot_safe(whole.data, whole.len));
	dot_read(whole.data, whole.len, &seen);
	dot_wanted(message, n, &wanted);
	assert_int_equal(seen.len, wanted.len);
	assert_memory_equal(seen.data, wanted.data, wanted.len);
}

static void
test_all_short(void **state)
{
	static const char alphabet[] = { '\r', '\n', '.', 'a', '\0' };
	size_t messages = 1;
	char message[6];

	(void)state;
	for (size_t n = 0; n <= sizeof(message); n++, messages *= 5)
		for (size_t which = 0; which < messages; which++) {
			size_t digits = which;

			for (size_t i = 0; i < n; i++, digits /= 5)
				message[i] = alphabet[digits % 5];
			check(message, n);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_all_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
