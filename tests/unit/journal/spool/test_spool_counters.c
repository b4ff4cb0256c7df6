/* SPDX-License-Identifier: BSD-2-Clause */
/* A new counters file starts above every MID that the spool knows.
 * WRAP: readdir */
#include "journal/spool/spool_counters.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

static int readdir_fails;

struct dirent *__real_readdir(DIR *);
struct dirent *__wrap_readdir(DIR *);

struct dirent *
__wrap_readdir(DIR *dir)
{
	if (readdir_fails == 0)
		return __real_readdir(dir);
	errno = readdir_fails;
	return NULL;
}

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
		{ "failed/8000000000000000", 256 },
		{ "ready/0004000000000000.0", 256 },
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
	counters = spool_counters(spool);
	assert_int_equal(counters_next_mid(counters), 257);
	counters_close(counters);
	/* An old file put in its place does not lead behind them. */
	free(scratch_file(dir, "ready/0000000000000200.0", "x"));
	counters = spool_counters(spool);
	assert_int_equal(counters_next_mid(counters), 513);
	counters_close(counters);
	/* Where it was removed from a spool in use nobody knows. */
	spool_attend(spool);
	unlinkat(spool_dirfd(spool), "counters", 0);
	counters = spool_counters(spool);
	assert_true(counters_next_mid(counters) > UINT64_C(1) << 40);
	assert_true(counters_news(counters, &err));
	assert_non_null(strstr(err.text, "made again; MIDs go on from"));
	counters_close(counters);
	spool_close(spool);
	scratch_free(dir);
}

/* What is there cannot be told: that keeps nobody from counting, and numbers
 * begin above all that there can be. */
static void
test_failures(void **state)
{
	char *dir = scratch_new();
	const struct spool_options options = { .directory = dir };
	own(str) char *ready = mem_format("%s/ready", dir);
	struct counters *counters;
	struct spool *spool;
	struct err err;
	uint64_t mid;

	(void)state;
	assert_int_equal(spool_open(&options, &spool, &err), 0);
	readdir_fails = EIO;
	assert_int_equal(spool_highest_mid(spool, &mid, &err), -1);
	assert_string_equal(err.text, "read ready: Input/output error");
	counters = spool_counters(spool);
	readdir_fails = 0;
	assert_true(counters_next_mid(counters) > UINT64_C(1) << 40);
	counters_close(counters);
	assert_int_equal(rmdir(ready), 0);
	assert_int_equal(spool_highest_mid(spool, &mid, &err), -1);
	assert_string_equal(err.text, "open ready: No such file or directory");
	spool_close(spool);
	scratch_free(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_highest),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
