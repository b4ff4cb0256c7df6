/* SPDX-License-Identifier: BSD-2-Clause */
/* fields of a header */
#include "journal/report/header.h"

#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

/* fields: "name|unfolded value" of each, one a line; end: where the header
 * ended, 0 meaning with the bytes. */
static const struct {
	const char	*name;
	const char	*bytes;
	const char	*fields;
	size_t		 end;
} headers[] = {
	{ "plain", "A: 1\r\nB: 2\r\n\r\nC: 3\r\n", "A|1\nB|2\n", 12 },
	{ "bare LF", "A: 1\nB: 2\n\nC: 3\n", "A|1\nB|2\n", 10 },
	{ "mixed line ends", "A: 1\nB: 2\r\n\nC: 3\n", "A|1\nB|2\n", 11 },
	{ "nothing", "", "", 0 },
	{ "no header", "\r\nbody\r\n", "", 0 },
	{ "no header, LF", "\nA: 1\n", "", 0 },
	{ "a CR is no empty line", "\rA: 1\r\nB: 2\r\n", "B|2\n", 0 },
	{ "no empty line", "A: 1\r\nB: 2\r\n", "A|1\nB|2\n", 0 },
	{ "no last line end", "A: 1\r\nB: 2", "A|1\nB|2\n", 0 },
	{ "a lone CR at the end", "A: 1\r", "A|1\n", 0 },
	{ "CR inside", "A: 1\r2\r\n", "A|1\r2\n", 0 },
	{ "name alone", "A:", "A|\n", 0 },
	{ "empty value", "A:\r\nB: \r\n", "A|\nB|\n", 0 },
	{ "no blank behind the colon", "A:1\r\n", "A|1\n", 0 },
	{ "blanks around", "A: \t 1 \t \r\n", "A|1\n", 0 },
	{ "blank before the colon", "Subject : x\r\nA\t:y\r\n",
	    "Subject|x\nA|y\n", 0 },
	{ "colons in the value", "A: b: c\r\n", "A|b: c\n", 0 },
	{ "fold", "A: 1\r\n 2\r\n\t3\r\nB: 4\r\n", "A|1 2\t3\nB|4\n", 0 },
	{ "fold at once", "A:\r\n 1\r\n", "A|1\n", 0 },
	{ "fold of blanks", "A: 1\r\n \r\n 2\r\n", "A|1  2\n", 0 },
	{ "last fold of blanks", "A: 1\r\n \t \r\nB: 2\r\n", "A|1\nB|2\n", 0 },
	{ "fold, bare LF", "A: 1\n  2\n", "A|1  2\n", 0 },
	{ "fold without line end", "A: 1\r\n 2", "A|1 2\n", 0 },
	{ "no colon", "A: 1\r\nrubbish\r\nB: 2\r\n", "A|1\nB|2\n", 0 },
	{ "no colon, folded", "rubbish\r\n : x\r\nB: 2\r\n", "B|2\n", 0 },
	{ "fold of nothing", " x: 1\r\n y: 2\r\nA: 1\r\n", "A|1\n", 0 },
	{ "no name", ": x\r\nA: 1\r\n", "A|1\n", 0 },
	{ "two words for a name", "From a@b Fri Jan  1 00:00:00\r\nA: 1\r\n",
	    "A|1\n", 0 },
	{ "8-bit name", "\xc3\x84: x\r\nA: 1\r\n", "A|1\n", 0 },
	{ "control in the name", "A\x01: x\r\nB\x7f: y\r\nA: 1\r\n",
	    "A|1\n", 0 },
	{ "odd name", "!#$%&'*+-/=?^_`{|}~: x\r\n",
	    "!#$%&'*+-/=?^_`{|}~|x\n", 0 },
	{ "8-bit value", "A: \xe4\xc3\xa4\r\n", "A|\xe4\xc3\xa4\n", 0 },
	{ "repeated", "A: 1\r\nA: 2\r\n", "A|1\nA|2\n", 0 },
};

static void
test_next(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		own(buf) struct buf seen = BUF;
		struct header_field field;
		size_t size = strlen(headers[i].bytes), at = 0;
		/* exact, so that a sanitizer sees a byte too far */
		own(str) char *bytes = malloc(size + (size == 0));

		memcpy(bytes, headers[i].bytes, size);
		while (header_next(bytes, size, &at, &field)) {
			buf_bytes(&seen, field.name, field.name_length);
			buf_byte(&seen, '|');
			header_unfold(&field, &seen);
			buf_byte(&seen, '\n');
		}
		if (strcmp(seen.data, headers[i].fields) != 0)
			fail_msg("%s: got %s", headers[i].name, seen.data);
		if (headers[i].end != 0 && at != headers[i].end)
			fail_msg("%s: ended at %zu", headers[i].name, at);
		assert_false(header_next(bytes, size, &at, &field));
	}
}

/* Fields lie one behind the other, and value and line are where they are. */
static void
test_places(void **state)
{
	static const char bytes[] = "Ab : 1\r\n 2\r\nC:\n\nrest";
	struct header_field field;
	size_t at = 0;

	(void)state;
	assert_true(header_next(bytes, sizeof(bytes) - 1, &at, &field));
	assert_ptr_equal(field.start, bytes);
	assert_int_equal(field.length, 12);
	assert_int_equal(field.name_length, 2);
	assert_ptr_equal(field.value, bytes + 4);
	assert_int_equal(field.value_length, 6);
	assert_int_equal(at, 12);
	assert_true(header_next(bytes, sizeof(bytes) - 1, &at, &field));
	assert_ptr_equal(field.start, bytes + 12);
	assert_int_equal(field.length, 3);
	assert_int_equal(field.value_length, 0);
	assert_false(header_next(bytes, sizeof(bytes) - 1, &at, &field));
	assert_int_equal(at, 15);
}

static void
test_is(void **state)
{
	static const char bytes[] = "SubJect: x\r\n";
	struct header_field field;
	size_t at = 0;

	(void)state;
	assert_true(header_next(bytes, sizeof(bytes) - 1, &at, &field));
	assert_true(header_is(&field, "Subject"));
	assert_true(header_is(&field, "SUBJECT"));
	assert_false(header_is(&field, "Subjec"));
	assert_false(header_is(&field, "Subject:"));
	assert_false(header_is(&field, ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_is),
	};

	return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
