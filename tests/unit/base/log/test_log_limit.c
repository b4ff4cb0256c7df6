/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of which one kind is written now and then only, and tells how many it
 * stands for.  WRAP: clock_now */
#include "base/log/log_limit.h"

#include <stdio.h>
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

/* pass - what is written of that line, borrowed until the next call; NULL:
 * nothing */
static const char *
pass(struct log_limit *limit, const char *line)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s", line);
	return log_limit_pass(limit, text, sizeof(text)) ? text : NULL;
}

static void
test_pass(void **state)
{
	struct log_limit limit = { 0 };

	(void)state;
	assert_string_equal(pass(&limit, "DCID 7 is full"), "DCID 7 is full");
	for (int i = 0; i < 5; i++)
		assert_null(pass(&limit, "DCID 18 is full"));
	later += 9000;
	assert_null(pass(&limit, "DCID 19 is full"));
	later += 1000;
	assert_string_equal(pass(&limit, "DCID 20 is full"),
	    "DCID 20 is full (and 6 more like this)");
}

static void
test_reasons(void **state)
{
	struct log_limit limit = { 0 };
	char text[] = "reason x";

	(void)state;
	/* none is left out, or counted, for another's sake */
	for (int i = 0; i < LOG_REASONS; i++) {
		text[7] = (char)('a' + i);
		assert_string_equal(pass(&limit, text), text);
		assert_null(pass(&limit, text));
	}
	/* as far as there are places */
	for (int i = 0; i < 100; i++) {
		text[7] = (char)('i' + i % 10);
		assert_null(pass(&limit, text));
	}
	later += 10000;
	assert_string_equal(pass(&limit, "reason b"),
	    "reason b (and 1 more like this, 100 for other reasons)");
	/* whose place was given away is counted with the others */
	assert_string_equal(pass(&limit, "reason x"),
	    "reason x (and 1 more for other reasons)");
	assert_string_equal(pass(&limit, "reason c"),
	    "reason c (and 1 more like this)");
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
		log_event(queue_trouble, "the disk is full");
	log_event(queue_trouble, "the disk is gone");
	log_event(field_trouble, "the disk is full");
	log_event(reload_failed, "none of those");
	log_event(reload_failed, "that are limited");
	later += 10000;
	log_event(queue_trouble, "the disk is full");
	later += 10000;
	log_event(queue_trouble, "the disk is full");
	expect(dir,
	    "Warning: the disk is full\n"
	    "Warning: the disk is gone\n"
	    "Warning: the disk is full\n"
	    "Warning: configuration not reloaded: none of those\n"
	    "Warning: configuration not reloaded: that are limited\n"
	    "Warning: the disk is full (and 3 more like this)\n"
	    "Warning: the disk is full\n");
	scratch_free(dir);
}

/* The only trace of a message without a copy is its line. */
static void
test_lost(void **state)
{
	char *dir = scratch_new();

	(void)state;
	log_rig_file(dir, "maillog");
	for (int i = 0; i < 2; i++) {
		log_event(failure_open, "4QZ", "the disk is full");
		log_event(failure_tempfail, "5QZ", "the disk is full");
	}
	expect(dir,
	    "Warning: queue-id 4QZ accepted without a copy: the disk is full\n"
	    "Warning: queue-id 5QZ deferred: the disk is full\n"
	    "Warning: queue-id 4QZ accepted without a copy: the disk is full\n"
	    "Warning: queue-id 5QZ deferred: the disk is full\n");
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
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
