/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_census - copies by domain, taken again and again, and when each is tried
 * next
 *
 * WRAP: readdir
 */
#include "control/queue/census.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "control/queue/status.h"
#include "tests/unit/nth_call.h"
#include "tests/unit/spool_rig.h"

NTH_CALL(struct dirent *, readdir, (DIR *dir), (dir), NULL)

/* commit - a copy for that intake */
static void
commit(struct spool *spool, uint64_t mid, const char *intake)
{
	own(buf) struct buf message = rig_message(100);
	struct draft *draft = rig_draft(spool, &message);
	struct envelope envelope = rig_envelope(mid, &message);
	struct err err;

	envelope.intake = intake;
	envelope.accepted = RIG_ACCEPTED + (int64_t)mid;
	assert_int_equal(draft_commit(draft, &envelope, &err), 0);
	draft_free(draft);
}

/* fail_once - an attempt for that copy */
static void
fail_once(struct spool *spool, uint64_t mid, const char *intake)
{
	struct spool_entry entry = { .mid = mid,
		.accepted = RIG_ACCEPTED + (int64_t)mid };
	struct err err;

	snprintf(entry.intake, sizeof(entry.intake), "%s", intake);
	assert_int_equal(spool_failed_attempt(spool, &entry, &err), 1);
}

static void
again(void **state)
{
	char *dir = scratch_new();
	struct spool *spool = rig_open(dir);
	struct census census = { .alternate = "" };
	const struct census_group *group;
	struct err err;

	(void)state;
	commit(spool, 3, "in@a.example");
	commit(spool, 1, "in@a.example");
	commit(spool, 2, "in@b.example");
	assert_int_equal(census_take(&census, spool, &err), 0);
	assert_int_equal(census.count, 3);
	assert_int_equal(census.group_count, 2);
	group = census_find(&census, "a.example");
	assert_int_equal(group->count, 2);
	assert_int_equal(group->oldest, RIG_ACCEPTED + 1);
	assert_null(group->tried);
	assert_null(census_find(&census, "c.example"));
	/* What is known is not opened again; what was tried since is. */
	fail_once(spool, 1, "in@a.example");
	commit(spool, 4, "in@a.example");
	assert_int_equal(census_take(&census, spool, &err), 0);
	group = census_find(&census, "a.example");
	assert_int_equal(group->count, 3);
	assert_int_equal(group->oldest, RIG_ACCEPTED + 1);
	assert_int_equal(group->tried->entry.mid, 1);
	usleep(20000);		/* the clock of the file system has ticks */
	fail_once(spool, 3, "in@a.example");
	assert_int_equal(census_take(&census, spool, &err), 0);
	group = census_find(&census, "a.example");
	assert_int_equal(group->tried->entry.mid, 3);
	assert_int_equal(census_find(&census, "b.example")->count, 1);
	/* A list that breaks off is an error. */
	assert_true(nth_begin(1, EIO));
	nth_arm();
	assert_int_equal(census_take(&census, spool, &err), -1);
	nth_disarm();
	assert_non_null(strstr(err.text, strerror(EIO)));
	census_drop(&census);
	spool_close(spool);
	scratch_free(dir);
}

/* next - in words, of a copy that was tried just now */
static void
next(struct status *status, unsigned attempts, int64_t delay, const char *wanted)
{
	const struct copy copy = { .entry = { .attempts = attempts },
		.envelope = { .intake = "in@a.example" },
		.touched = clock_wall() };
	char text[STATUS_NEXT];
	const char *words = status_next_words(status, &copy, delay, text);

	if (strncmp(words, wanted, strlen(wanted)) != 0)
		fail_msg("'%s', not '%s'", words, wanted);
}

static void
next_try(void **state)
{
	char *dir = scratch_new();
	own(fd) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct suspension one = { .intake = (char *)"a.example",
		.reason = (char *)"" };
	struct status status = { .alternate = "" };
	struct site_row *row;

	(void)state;
	assert_int_not_equal(fd, -1);
	next(&status, 1, 60000, "when tdc-forwarder runs");
	status.forwards = true;
	next(&status, 1, 36000000, "in 3");	/* 36000 s, or 35999.9 */
	next(&status, 1, -1, "now");
	next(&status, 0, 60000, "now");
	status.sites = site_counts_open(fd);
	next(&status, 0, 60000, "now");
	row = site_counts_row(status.sites, "a.example");
	site_show(row, SITE_DOWN, 0, 0);
	next(&status, 0, 60000, "when its host is up again");
	/* an intake that is suspended is not tried, up or down */
	status.suspended = (struct suspensions){ .list = &one, .count = 1 };
	next(&status, 0, 60000, "when its intake is resumed");
	one.until = INT64_C(4102444800000);
	next(&status, 0, 60000, "at 2100-01-01 00:00:00, when its intake is "
	    "resumed");
	one.until = 1;		/* over */
	next(&status, 0, 60000, "when its host is up again");
	site_counts_close(status.sites);
	scratch_free(dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(again),
		cmocka_unit_test(next_try),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	assert_true(nth_begin(1, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
