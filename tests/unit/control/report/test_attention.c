/* SPDX-License-Identifier: BSD-2-Clause */
/* test_attention - what a report says that somebody should look at */
#include "control/report/attention.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

enum { DAY = 86400000, NOVEMBER = 1795651200 };	/* 26, 2026 */

/* same - is that all that is said? */
static void
same(const struct survey *survey, const char *wanted)
{
	own(buf) struct buf got = BUF;

	attention_find(survey, &got);
	assert_string_equal(got.len > 0 ? got.data : "", wanted);
}

/* fixture - a survey of programs that run well, with counters of their own */
struct fixture {
	char		*dir;
	int		 fd;
	struct survey	 survey;
};

static int
set_up(void **state)
{
	struct fixture *fixture = mem_new(sizeof(*fixture));

	fixture->dir = scratch_new();
	fixture->fd = open(fixture->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(fixture->fd, -1);
	fixture->survey = (struct survey){ .now = (int64_t)NOVEMBER * 1000,
		.table_notes = BUF };
	fixture->survey.status.counters = counters_open(fixture->fd, 0, false);
	fixture->survey.status.sites = site_counts_open(fixture->fd);
	fixture->survey.status.forwards = true;
	fixture->survey.status.milter_count = 1;
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	counters_close(fixture->survey.status.counters);
	site_counts_close(fixture->survey.status.sites);
	buf_drop(&fixture->survey.table_notes);
	close(fixture->fd);
	scratch_free(fixture->dir);
	free(fixture);
	return 0;
}

static void
nothing(void **state)
{
	struct fixture *fixture = *state;

	same(&fixture->survey, "");
}

static void
programs(void **state)
{
	struct survey *survey = &((struct fixture *)*state)->survey;

	survey->status.milters[0].state.refused = true;
	survey->status.forwarder.state.stale = 1;
	same(survey, "tdc-milter refused tdc.cf at its last reload: the log says "
	    "why.\n1 table could not be read again, so that an older state is in "
	    "force: the log says why.\n");
	survey->status.milters[0].state.refused = false;
	survey->status.forwarder.state.stale = 2;
	same(survey, "2 tables could not be read again, so that an older state is "
	    "in force: the log says why.\n");
	survey->status.milter_count = 0;
	survey->status.forwards = false;
	same(survey, "tdc-milter is not running: no copies are made.\n"
	    "tdc-forwarder is not running: no copies are delivered.\n");
}

static void
copies(void **state)
{
	struct survey *survey = &((struct fixture *)*state)->survey;

	survey->status.failed = 1;
	survey->status.damaged = 1;
	counter_add(survey->status.counters, COUNT_FAILED_OPEN, 1);
	same(survey, "1 copy is kept after delivery was given up: tdcctl queue "
	    "lists them, tdcctl requeue sends them.\n"
	    "1 damaged file is in failed/.\n"
	    "1 message was accepted without a copy because something of ours "
	    "failed, since the counters began.\n");
	survey->status.failed = 0;
	survey->status.damaged = 1234;
	survey->counting = survey->now;
	counter_add(survey->status.counters, COUNT_FAILED_OPEN, 1);
	same(survey, "1,234 damaged files are in failed/.\n"
	    "2 messages were accepted without a copy because something of ours "
	    "failed, since 2026-11-26 00:00:00.\n");
	/* of a spool that we may not see nothing is known */
	strcpy(survey->status_why, "permission denied");
	same(survey, "");
}

/* A certificate is to be looked at two weeks before its end. */
static void
certificates(void **state)
{
	struct survey *survey = &((struct fixture *)*state)->survey;

	survey->certificates[0] = survey->now + INT64_C(14) * DAY;
	same(survey, "");
	survey->certificates[0] = survey->now + INT64_C(13) * DAY;
	survey->certificates[1] = survey->now - DAY;
	same(survey, "The certificate in tls_cert_file is valid until 2026-12-09 "
	    "00:00:00.\nThe certificate of an intake is valid until 2026-11-25 "
	    "00:00:00.\n");
}

static void
domains(void **state)
{
	struct survey *survey = &((struct fixture *)*state)->survey;
	struct site_row *row = site_counts_row(survey->status.sites, "a.example");
	struct site_now now[] = { { .name = "a.example", .site = row },
		{ .name = "b.example" } };

	survey->domains = now;
	survey->domain_count = 2;
	site_show(row, SITE_UP, 0, 0);
	same(survey, "");
	site_show(row, SITE_DOWN, 0, 0);
	same(survey, "a.example was down at the last attempt.\n");
}

static void
others(void **state)
{
	struct survey *survey = &((struct fixture *)*state)->survey;

	strcpy(survey->paused, "too many\n");
	survey->paused_recipients = 1;
	survey->history_wanted = true;
	strcpy(survey->history_why, "damaged");
	strcpy(survey->tables_why, "no such table");
	buf_text(&survey->table_notes, "a note\n");
	same(survey, "All remediation has stopped: too many\\x0a; if that is "
	    "right: tdc-remediator resume\n"
	    "Remediation has stopped for 1 recipient: tdcctl "
	    "remediation-report\nThe history cannot be read: damaged\n"
	    "The policy cannot be loaded: no such table\na note\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(nothing),
		TEST(programs),
		TEST(copies),
		TEST(certificates),
		TEST(domains),
		TEST(others),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
