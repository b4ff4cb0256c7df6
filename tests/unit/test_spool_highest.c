/* SPDX-License-Identifier: BSD-2-Clause */
/* A new counters file starts above every MID that the spool knows */
#include "journal/spool_highest.h"

#include <string.h>

#include "tests/unit/scratch.h"

static void
test_highest(void **state)
{
	static const struct { const char *file; uint64_t mid; } rows[] = {
		{ "ready/.0000000000000099", 0 },
		{ "ready/0000000000000007.0", 7 },
		{ "ready/zzzz000000000099.0", 7 },
		{ "failed/0000000000000008", 8 },
		{ "ready/0000000000000005.1", 8 },
		{ "failed/000000000000001f.0.damaged", 31 },
		{ "ready/0000000000000100.1.1700000000000", 256 },
	};
	char *dir = scratch_new();
	const struct spool_options options = { .directory = dir };
	struct counters *counters;
	struct spool *spool;
	struct err err;
	uint64_t mid = 99;

	(void)state;
	assert_int_equal(spool_open(&options, &spool, &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		free(scratch_file(dir, rows[i].file, "x"));
		assert_int_equal(spool_highest_mid(spool, &mid, &err), 0);
		assert_int_equal(mid, rows[i].mid);
	}
	assert_int_equal(spool_counters(spool, &counters, &err), 0);
	assert_int_equal(counters_next_mid(counters, &mid, &err), 0);
	assert_int_equal(mid, 257);
	counters_close(counters);
	spool_close(spool);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_highest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
