/* SPDX-License-Identifier: BSD-2-Clause */
/* buf, mem, err, clock: the ground */
#include "base/buf.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digits.h"
#include "base/err.h"
#include "tests/unit/scratch.h"

static void
test_buf(void **state)
{
	own(buf) struct buf buf = BUF;
	char *given;

	(void)state;
	assert_string_equal(buf.data, "");
	buf_text(&buf, "");
	buf_format(&buf, "%s", "");
	assert_int_equal(buf.len, 0);
	for (int i = 0; i < 1000; i++)
		buf_format(&buf, "%d,", i);
	assert_int_equal(buf.len, 3890);
	assert_memory_equal(buf.data, "0,1,2,", 6);
	buf_shift(&buf, 2);
	assert_memory_equal(buf.data, "1,2,", 4);
	buf_cut(&buf, 3);
	assert_string_equal(buf.data, "1,2");
	buf_byte(&buf, '\0');
	buf_bytes(&buf, "x\0y", 3);
	assert_int_equal(buf.len, 7);
	assert_memory_equal(buf.data, "1,2\0x\0y", 8);
	given = buf_give(&buf);
	assert_memory_equal(given, "1,2\0x\0y", 8);
	free(given);
	assert_int_equal(buf.len, 0);
	buf_shift(&buf, 5);
	given = buf_give(&buf);
	assert_string_equal(given, "");
	free(given);
}

static void
test_texts(void **state)
{
	own(buf) struct buf buf = BUF;

	(void)state;
	buf_texts(&buf, "");
	assert_int_equal(buf.len, 0);
	buf_texts(&buf, "<", "", "a@b.example", ">");
	assert_string_equal(buf.data, "<a@b.example>");
	assert_int_equal(buf.len, 13);
}

/* As printf writes them. */
static void
test_numbers(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 9, 10, 99, 100, 0xabcdef,
	    UINT32_MAX, 10000000000000000000u, UINT64_MAX - 1, UINT64_MAX };
	char wanted[32], text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		own(buf) struct buf buf = BUF;

		snprintf(wanted, sizeof(wanted), "%" PRIu64, numbers[i]);
		buf_number(&buf, numbers[i]);
		assert_string_equal(buf.data, wanted);
		assert_int_equal(buf.len, strlen(wanted));
		*digits_decimal(text, numbers[i]) = '\0';
		assert_string_equal(text, wanted);
		snprintf(wanted, sizeof(wanted), "%016" PRIx64, numbers[i]);
		*digits_hex(text, numbers[i], 16) = '\0';
		assert_string_equal(text, wanted);
		*digits_hex(text, numbers[i], 4) = '\0';
		assert_string_equal(text, wanted + 12);
	}
}

static void
test_arena(void **state)
{
	struct arena arena = { 0 };
	char *texts[500];

	(void)state;
	for (int i = 0; i < 500; i++) {
		uint64_t *number = arena_new(&arena, sizeof(*number));

		assert_int_equal(*number, 0);
		assert_int_equal((uintptr_t)number % _Alignof(max_align_t), 0);
		*number = 7;
		texts[i] = arena_format(&arena, "text %d", i);
	}
	assert_non_null(memset(arena_new(&arena, 100000), 1, 100000));
	for (int i = 0; i < 500; i++)
		assert_int_equal(atoi(texts[i] + 5), i);
	arena_drop(&arena);
	assert_null(arena.blocks);
}

static void
test_err(void **state)
{
	struct err err;
	char long_text[1000];

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(err_set(&err, ERR_NEVER, "bad %d", 7), -1);
	assert_string_equal(err.text, "bad 7");
	assert_int_equal(err_wrap(&err, "file %s", "x"), -1);
	assert_string_equal(err.text, "file x: bad 7");
	assert_int_equal(err.kind, ERR_NEVER);
	errno = ENOSPC;
	assert_int_equal(err_sys(&err, "write"), -1);
	assert_string_equal(err.text, "write: No space left on device");
	assert_int_equal(err.sys, ENOSPC);
	err_set(&err, ERR_LATER, "%s", long_text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_string_equal(err.text + sizeof(err.text) - 4, "...");
	err_wrap(&err, "file");
	assert_memory_equal(err.text, "file: xxx", 9);
	assert_string_equal(err.text + strlen(err.text) - 3, "...");
	assert_true(strlen(err.text) < sizeof(err.text));
}

static void
test_clock(void **state)
{
	char text[CLOCK_RFC5322];

	(void)state;
	setenv("TZ", "CST6", 1);
	tzset();
	for (int i = 0; i < 2; i++)
		assert_string_equal(clock_rfc5322(1708139962123, text),
		    "Fri, 16 Feb 2024 21:19:22 -0600");
	assert_string_equal(clock_rfc5322(1708139963123, text),
	    "Fri, 16 Feb 2024 21:19:23 -0600");
	setenv("TZ", "IST-5:30", 1);
	tzset();
	assert_string_equal(clock_rfc5322(0, text),
	    "Thu, 1 Jan 1970 05:30:00 +0530");
	assert_true(clock_now() > 0);
	assert_true(clock_wall() > INT64_C(1700000000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_err),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
