/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of which one kind is written now and then only, and tells how many it
 * stands for.  WRAP: clock_now */
#include "base/log/log_limit.h"

#include <string.h>

#include "base/buf.h"
#include "tests/unit/base/log/log_rig.h"

static int64_t later;			/* ms by which time has gone on */

int64_t	__real_clock_now(void);
int64_t	__wrap_clock_now(void);

int64_t
__wrap_clock_now(void)
{
	return __real_clock_now() + later;
}

static void
test_pass(void **state)
{
	struct log_limit limit = { 0 };
	unsigned left_out = 99;

	(void)state;
	assert_true(log_limit_pass(&limit, &left_out));
	assert_int_equal(left_out, 0);
	for (int i = 0; i < 5; i++)
		assert_false(log_limit_pass(&limit, &left_out));
	later += 10000;
	assert_true(log_limit_pass(&limit, &left_out));
	assert_int_equal(left_out, 5);
}

/* expect - that this is all that was logged, with one "TDC: " a line */
static void
expect(const char *dir, const char *wanted)
{
	own(str) char *text = log_rig_read(dir, "maillog");
	own(buf) struct buf lines = BUF;

	for (const char *at = text; (at = strstr(at, "TDC: ")) != NULL; at++)
		buf_format(&lines, "%.*s\n", (int)strcspn(at + 5, "\n"),
		    at + 5);
	assert_string_equal(lines.len > 0 ? lines.data : "", wanted);
}

static void
test_lines(void **state)
{
	char *dir = scratch_new();

	(void)state;
	log_rig_file(dir, "maillog");
	for (int i = 0; i < 4; i++)
		log_event(failure_open, "4QZ", "the disk is full");
	log_event(failure_tempfail, "4QZ", "another kind");
	log_event(reload_failed, "none of those");
	log_event(reload_failed, "that are limited");
	expect(dir,
	    "Warning: queue-id 4QZ accepted without a copy: the disk is full\n"
	    "Warning: queue-id 4QZ deferred: another kind\n"
	    "Warning: configuration not reloaded: none of those\n"
	    "Warning: configuration not reloaded: that are limited\n");
	later += 10000;
	log_event(failure_open, "5QZ", "still full");
	later += 10000;
	log_event(failure_open, "6QZ", "still full");
	expect(dir,
	    "Warning: queue-id 4QZ accepted without a copy: the disk is full\n"
	    "Warning: queue-id 4QZ deferred: another kind\n"
	    "Warning: configuration not reloaded: none of those\n"
	    "Warning: configuration not reloaded: that are limited\n"
	    "Warning: queue-id 5QZ accepted without a copy: still full "
	    "(and 3 more like this)\n"
	    "Warning: queue-id 6QZ accepted without a copy: still full\n");
	scratch_free(dir);
}

/* The count is what a line that is cut must not lose. */
static void
test_long_line(void **state)
{
	char *dir = scratch_new(), *text, *long_text = mem_new(5000);

	(void)state;
	log_rig_file(dir, "maillog");
	memset(long_text, 'x', 4999);
	log_event(queue_trouble, long_text);
	log_event(queue_trouble, long_text);
	later += 10000;
	log_event(queue_trouble, long_text);
	text = log_rig_read(dir, "maillog");
	assert_non_null(strstr(text, "xxx...\n"));
	assert_non_null(strstr(text, "xxx... (and 1 more like this)\n"));
	assert_true(strlen(text) < (size_t)2 * 2200);
	free(text);
	free(long_text);
	scratch_free(dir);
}

/* Whatever a limited line says, its end is free for the count: Elastic's
 * parser takes what follows a full stop for a description. */
static void
test_rows(void **state)
{
	size_t limited = 0;

	(void)state;
	for (size_t i = 0; i < LOG_EVENTS; i++) {
		const char *format = log_rows[i].format;

		if ((log_rows[i].flags & LOG_LIMITED) == 0)
			continue;
		limited++;
		assert_int_not_equal(format[strlen(format) - 1], '.');
	}
	assert_in_range(limited, 10, LOG_EVENTS - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
