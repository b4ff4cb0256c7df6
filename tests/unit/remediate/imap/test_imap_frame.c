/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_frame: each answer whole, octet by octet, and cut in two at every place
 * NEEDS: REMEDIATION */
#include "remediate/imap/imap_frame.h"

#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	const char	*bytes;
	enum imap_frame_state want;
	size_t		 left;		/* octets that are not the answer's */
} cases[] = {
	{ "* OK ready\r\n", IMAP_WHOLE, 0 },
	{ "* 1 EXISTS\r\n* 2 EXISTS\r\n", IMAP_WHOLE, 12 },
	{ "A1 OK done\r\n", IMAP_WHOLE, 0 },
	{ "+ go on\r\n", IMAP_WHOLE, 0 },
	{ "+\r\n", IMAP_WHOLE, 0 },
	/* literals */
	{ "* 1 FETCH (BODY[] {3}\r\nabc)\r\n", IMAP_WHOLE, 0 },
	{ "* 1 FETCH (BODY[] {0}\r\n)\r\nx", IMAP_WHOLE, 1 },
	{ "* 1 FETCH (BODY[] ~{3}\r\nabc)\r\n", IMAP_WHOLE, 0 },
	{ "* 1 FETCH (A {1}\r\nx B {2}\r\nyz)\r\n", IMAP_WHOLE, 0 },
	{ "* LIST () \"/\" {4}\r\nA\r\nB\r\n", IMAP_WHOLE, 0 },
	/* what a message says is nothing to us */
	{ "* 1 FETCH (BODY[] {14}\r\nA3 OK done\r\n\r\n)\r\n", IMAP_WHOLE, 0 },
	{ "* 1 FETCH (BODY[] {6}\r\n{9999})\r\n", IMAP_WHOLE, 0 },
	{ "* 1 FETCH (BODY[] {4}\r\n\"\0\r\n)\r\n", IMAP_WHOLE, 0 },
	/* text for people may look like one */
	{ "* OK {5}\r\n", IMAP_WHOLE, 0 },
	{ "* no \"{5}\r\n", IMAP_WHOLE, 0 },
	{ "* BYE {5}\r\n", IMAP_WHOLE, 0 },
	{ "A1 NO \"{5}\r\n", IMAP_WHOLE, 0 },
	{ "+ {5}\r\n", IMAP_WHOLE, 0 },
	{ "* LIST () \"/\" \"{5}\"\r\n", IMAP_WHOLE, 0 },
	{ "* LIST () \"/\" \"a\\\"{5}\"\r\n", IMAP_WHOLE, 0 },
	{ "* OKAY {2}\r\nab\r\n", IMAP_WHOLE, 0 },
	{ "* LIST {}\r\n", IMAP_WHOLE, 0 },
	{ "* LIST {a}\r\n", IMAP_WHOLE, 0 },
	{ "* LIST {!}\r\n", IMAP_WHOLE, 0 },
	{ "* LIST a3}\r\n", IMAP_WHOLE, 0 },
	{ "* 1 FETCH (A {1}\r\nx3}\r\n", IMAP_WHOLE, 0 },
	{ "*x {3}\r\n", IMAP_WHOLE, 0 },
	/* half of one */
	{ "", IMAP_MORE, 0 },
	{ "* OK", IMAP_MORE, 0 },
	{ "* 1 FETCH (BODY[] {3}\r\nab", IMAP_MORE, 0 },
	{ "* 1 FETCH (BODY[] {3}\r\nabc", IMAP_MORE, 0 },
	/* none */
	{ "* OK a\nb", IMAP_WRONG, 1 },
	{ "\n", IMAP_WRONG, 0 },
	{ "* OK a\rb\r\n", IMAP_WRONG, 0 },
	{ "* LIST () \"/\" \"a\r\n", IMAP_WRONG, 0 },
	{ "* LIST \"a\\\"\r\n", IMAP_WRONG, 0 },
	{ "* LIST \"a\\\r\n", IMAP_WRONG, 0 },
	{ "* 1 FETCH (BODY[] {101}\r\n", IMAP_WRONG, 0 },
	{ "* 1 FETCH (A {60}\r\n", IMAP_MORE, 0 },
	{ "* 1 FETCH (BODY[] {2147483648}\r\n", IMAP_WRONG, 0 },
	{ "* 1 FETCH (BODY[] {99999999999999999999999}\r\n", IMAP_WRONG, 0 },
};

/* size_of - with the NUL that one of them has */
static size_t
size_of(const char *bytes)
{
	static const char nul[] = "{4}\r\n\"";
	const char *found = strstr(bytes, nul);
	size_t n = strlen(bytes);

	return found != NULL && found + strlen(nul) == bytes + n ?
	    n + strlen("?\r\n)\r\n") : n;
}

static enum imap_frame_state
feed(struct imap_frame *frame, const char *bytes, size_t start, size_t piece,
    size_t *out_left)
{
	size_t size = size_of(bytes), at = 0, n = start;
	enum imap_frame_state state = IMAP_MORE;

	while (state == IMAP_MORE && at < size) {
		size_t used;

		if (n > size - at)
			n = size - at;
		state = imap_frame_add(frame, bytes + at, n, &used);
		assert_true(used > 0 && used <= n);
		at += used;
		n = piece;
	}
	*out_left = size - at;
	return state;
}

static void
check(size_t i, size_t start, size_t piece)
{
	struct imap_frame frame = IMAP_FRAME;
	const char *bytes = cases[i].bytes;
	size_t left;

	frame.literals_max = 100;
	if (feed(&frame, bytes, start, piece, &left) != cases[i].want ||
	    left != cases[i].left)
		fail_msg("case %zu: %s", i, bytes);
	if (cases[i].want == IMAP_WRONG)
		assert_non_null(frame.why);
	else
		assert_memory_equal(frame.bytes.data, bytes,
		    size_of(bytes) - left);
	imap_frame_next(&frame);
	assert_int_equal(frame.bytes.len, 0);
	imap_frame_drop(&frame);
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check(i, SIZE_MAX, SIZE_MAX);
		check(i, 1, 1);
		for (size_t at = 1; at < size_of(cases[i].bytes); at++)
			check(i, at, SIZE_MAX);
	}
}

/* All literals of an answer together, and lines without end. */
static void
test_limits(void **state)
{
	struct imap_frame frame = IMAP_FRAME;
	char blanks[4096];
	size_t left, used, total = 0;

	(void)state;
	frame.literals_max = 100;
	assert_int_equal(feed(&frame, "* 1 FETCH (A {60}\r\n"
	    "012345678901234567890123456789012345678901234567890123456789"
	    " B {41}\r\n", SIZE_MAX, SIZE_MAX, &left), IMAP_WRONG);
	assert_string_equal(frame.why, "literal too large");
	imap_frame_next(&frame);
	memset(blanks, ' ', sizeof(blanks));
	while (imap_frame_add(&frame, blanks, sizeof(blanks), &used) ==
	    IMAP_MORE) {
		total += used;
		assert_true(total <= IMAP_LINE_MAX);
	}
	assert_string_equal(frame.why, "line too long");
	imap_frame_drop(&frame);
}

/* What a literal announces is no reason to ask for memory. */
static void
test_memory(void **state)
{
	struct imap_frame frame = IMAP_FRAME;
	size_t left;

	(void)state;
	frame.literals_max = 1 << 30;
	assert_int_equal(feed(&frame, "* 1 FETCH (BODY[] {1000000000}\r\nabc",
	    SIZE_MAX, SIZE_MAX, &left), IMAP_MORE);
	assert_true(frame.bytes.size < 1024);
	imap_frame_drop(&frame);
}

static void
test_nul(void **state)
{
	static const char line[] = "* OK a\0b\r\n";
	struct imap_frame frame = IMAP_FRAME;
	size_t used;

	(void)state;
	assert_int_equal(imap_frame_add(&frame, line, sizeof(line) - 1, &used),
	    IMAP_WRONG);
	assert_string_equal(frame.why, "NUL in a line");
	imap_frame_drop(&frame);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
