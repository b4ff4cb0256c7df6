/* SPDX-License-Identifier: BSD-2-Clause */
/* suspensions: who is suspended, for how long, and what is kept of it; as text */
#include "journal/spool/suspensions.h"

#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static void
add(struct suspensions *all, const char *intake, int64_t from, int64_t until)
{
	const struct suspension one = { .intake = (char *)intake,
	    .from = from, .until = until, .uid = 7, .reason = (char *)"so" };

	suspensions_add(all, &one);
}

static void
who_is_covered(void **state)
{
	static const struct {
		const char *suspended, *intake;
		bool covered;
	} rows[] = {
		{ "a.example", "x@a.example", true },
		{ "a.example", "x@A.Example.", true },
		{ "a.example.", "a.example", true },
		{ "a.example", "x@b.a.example", false },
		{ "a.example", "a.example", true },
		{ "x@a.example", "X@a.example", true },
		{ "x@a.example", "y@a.example", false },
		{ "x@a.example", "xx@a.example", false },
		{ "x@a.example", "a.example", false },
		{ "x@y@a.example", "x@y@a.example", true },
		{ "ALL", "x@a.example", true },
		{ "ALL", "a.example", true },
		{ "all", "x@a.example", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct suspension one = {
		    .intake = (char *)rows[i].suspended };

		if (suspension_covers(&one, rows[i].intake) !=
		    rows[i].covered)
			fail_msg("%s for %s", rows[i].suspended,
			    rows[i].intake);
	}
}

static void
the_time_is_counted_once(void **state)
{
	struct suspensions all = { 0 };

	(void)state;
	add(&all, "a.example", 100, 200);
	add(&all, "ALL", 150, 300);
	add(&all, "x@a.example", 120, 130);
	add(&all, "b.example", 400, 500);
	add(&all, "a.example", 600, 0);
	assert_int_equal(suspensions_time(&all, "x@a.example", 50, 550), 200);
	assert_int_equal(suspensions_time(&all, "x@a.example", 250, 550), 50);
	assert_int_equal(suspensions_time(&all, "x@a.example", 50, 180), 80);
	assert_int_equal(suspensions_time(&all, "x@a.example", 50, 700), 300);
	assert_int_equal(suspensions_time(&all, "x@a.example", 650, 700), 50);
	assert_int_equal(suspensions_time(&all, "x@b.example", 50, 550), 250);
	assert_int_equal(suspensions_time(&all, "x@b.example", 500, 550), 0);
	suspensions_drop(&all);
}

static void
when_they_end(void **state)
{
	struct suspensions all = { 0 };

	(void)state;
	add(&all, "a.example", 100, 200);
	add(&all, "ALL", 100, 300);
	assert_string_equal(suspensions_find(&all, "x@a.example", 150)->intake,
	    "ALL");
	assert_int_equal(suspensions_next(&all, 150), 200);
	assert_int_equal(suspensions_next(&all, 200), 300);
	assert_int_equal(suspensions_next(&all, 300), INT64_MAX);
	assert_non_null(suspensions_find(&all, "x@a.example", 299));
	assert_null(suspensions_find(&all, "x@a.example", 300));
	/* a wider one is not ended by what it covers */
	assert_int_equal(suspensions_end(&all, "x@a.example", 150), 0);
	assert_int_equal(suspensions_end(&all, "a.example", 150), 1);
	add(&all, "y@a.example", 140, 0);
	assert_int_equal(suspensions_end(&all, "a.example", 150), 1);
	assert_int_equal(suspensions_end(&all, "ALL", 150), 1);
	assert_int_equal(suspensions_end(&all, "ALL", 160), 0);
	suspensions_drop(&all);
}

static void
what_is_kept(void **state)
{
	struct suspensions all = { 0 };

	(void)state;
	add(&all, "a.example", 100, 200);	/* over before the next */
	add(&all, "a.example", 350, 400);	/* less than a life before it */
	add(&all, "a.example", 450, 5000);
	suspensions_prune(&all, 100, 5050);
	assert_int_equal(all.count, 2);
	assert_int_equal(all.list[0].from, 350);
	suspensions_prune(&all, 100, 5101);
	assert_int_equal(all.count, 0);
	add(&all, "a.example", 450, 0);
	suspensions_prune(&all, 100, 9999);
	assert_int_equal(all.count, 1);
	suspensions_drop(&all);
}

static void
there_and_back(void **state)
{
	struct suspensions all = { 0 }, again = { 0 };
	own(buf) struct buf text = BUF;
	struct err err;

	(void)state;
	add(&all, "a.example", 100, 200);
	add(&all, "x@a.example", 50, 0);
	suspensions_format(&all, &text);
	assert_string_equal(text.data,
	    "{\"intake\":\"x@a.example\",\"from\":50,\"until\":0,\"uid\":7,"
	    "\"reason\":\"so\"}\n"
	    "{\"intake\":\"a.example\",\"from\":100,\"until\":200,\"uid\":7,"
	    "\"reason\":\"so\"}\n");
	assert_int_equal(suspensions_parse(text.data, &again, &err), 0);
	assert_int_equal(again.count, 2);
	assert_string_equal(again.list[1].intake, "a.example");
	assert_int_equal(again.list[1].until, 200);
	suspensions_drop(&all);
	suspensions_drop(&again);
}

#define TAIL ",\"uid\":0,\"reason\":\"\"}\n"

static void
nothing_else_is_read(void **state)
{
	static const char *const bad[] = {
		"", "\n", "x\n", "{}\n", "[]\n",
		"{\"intake\":\"a\",\"from\":5,\"until\":0,\"uid\":0,"
		"\"reason\":\"\"}",
		"{\"intake\":\"\",\"from\":5,\"until\":0" TAIL,
		"{\"intake\":\"a\",\"from\":0,\"until\":0" TAIL,
		"{\"intake\":\"a\",\"from\":5,\"until\":4" TAIL,
		"{\"intake\":\"a\",\"from\":5.5,\"until\":0" TAIL,
		"{\"intake\":\"a\",\"from\":\"5\",\"until\":0" TAIL,
		"{\"intake\":\"a\",\"from\":99999999999999999999,\"until\":0"
		TAIL,
		"{\"intake\":\"a\",\"intake\":\"b\",\"from\":5,\"until\":0"
		TAIL,
		"{\"intake\":\"a\",\"from\":5,\"until\":0,\"uid\":-1,"
		"\"reason\":\"\"}\n",
		"{\"intake\":\"a\",\"from\":5,\"until\":0" TAIL "\n",
	};
	struct suspensions all = { 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (suspensions_parse(bad[i], &all, &err) != -1 ||
		    all.count != 0)
			fail_msg("read: %s", bad[i]);
	/* a later version may say more */
	assert_int_equal(suspensions_parse("{\"intake\":\"a\",\"from\":5,"
	    "\"until\":0,\"more\":[1]" TAIL, &all, &err), 0);
	suspensions_drop(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_covered),
		cmocka_unit_test(the_time_is_counted_once),
		cmocka_unit_test(when_they_end),
		cmocka_unit_test(what_is_kept),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(nothing_else_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
