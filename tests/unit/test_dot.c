/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dot: every message of a few bytes from an alphabet of the dangerous ones,
 * cut in two at every place, as strict and as careless servers read it
 */
#include "forward/dot.h"

#include <stdbool.h>
#include <string.h>

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

/* ends - whether a server that takes these for line ends, besides CRLF,
 * finds the end of the message at "at" */
static bool
ends(const char *wire, size_t n, size_t at, const char *line_ends)
{
	if (wire[at] != '.' || at + 1 >= n)
		return false;
	if (at > 0 && !(wire[at - 1] == '\n' && at > 1 &&
	    wire[at - 2] == '\r') && strchr(line_ends, wire[at - 1]) == NULL)
		return false;
	if (wire[at + 1] == '\r' && at + 2 < n && wire[at + 2] == '\n')
		return true;
	return strchr(line_ends, wire[at + 1]) != NULL;
}

/* read_strictly - what a strict server takes the message for */
static void
read_strictly(const char *wire, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		bool start = i == 0 || (i > 1 && wire[i - 1] == '\n' &&
		    wire[i - 2] == '\r');

		if (start && wire[i] == '.' && ends(wire, n, i, ""))
			return;
		if (start && wire[i] == '.')
			continue;
		buf_byte(out, wire[i]);
	}
}

/* lone - whether a dot stands alone between careless line ends */
static bool
lone(const char *message, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (message[i] == '.' &&
		    strchr("\r\n", message[i - 1]) != NULL &&
		    (i + 1 == n || strchr("\r\n", message[i + 1]) != NULL))
			return true;
	return false;
}

static void
check(const char *message, size_t n)
{
	own(buf) struct buf whole = BUF;
	own(buf) struct buf seen = BUF;
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
	/* nobody, however careless, sees the end before the end */
	for (size_t at = 0; at + 3 < whole.len; at++)
		assert_false(ends(whole.data, whole.len, at, "\r\n"));
	assert_true(ends(whole.data, whole.len, whole.len - 3, ""));
	/* a strict server gets what was there, unless that was dangerous */
	read_strictly(whole.data, whole.len, &seen);
	if (n < 2 || memcmp(message + n - 2, "\r\n", 2) != 0)
		buf_cut(&seen, seen.len - 2 * (n > 0));
	if (!lone(message, n)) {
		assert_int_equal(seen.len, n);
		assert_memory_equal(seen.data, message, n);
	}
}

static void
test_all_short(void **state)
{
	static const char alphabet[] = { '\r', '\n', '.', 'a' };
	char message[8];

	(void)state;
	for (size_t n = 0; n <= 7; n++)
		for (size_t which = 0; which < (size_t)1 << 2 * n; which++) {
			for (size_t i = 0; i < n; i++)
				message[i] = alphabet[which >> 2 * i & 3];
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
