/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The API as a source of verdicts: a window that was not answered is not noted, what
 * is said of a clock that differs, and what of a day's requests is counted
 *
 * NEEDS: REMEDIATION
 * WRAP: api_open api_close api_login api_search api_skew api_requests api_host
 * WRAP: api_verdict_now clock_wall log_write state_note state_noted state_spend
 */
#include "tests/unit/remediate/daemon/polling_rig.h"

/* ---- polls ---- */

/* what was answered is noted, and what was not is asked for again */
static void
test_poll(void **state)
{
	int64_t from;
	unsigned first;

	(void)state;
	messages = 2;
	assert_int_equal(poll_and_done(NOW), 0);
	first = searches;
	assert_true(first > 0);
	assert_int_equal(seen, 2 * first);
	assert_int_equal(told[LOG_api_polled], 1);
	fails = "search";
	assert_int_equal(poll_and_done(NOW + MINUTE), -1);
	assert_string_equal(err.text, "search fails");
	from = asked.from;
	/* done() of a poll that failed notes nothing */
	assert_int_equal(source->done(source->arg, &err), 0);
	fails = "";
	assert_int_equal(poll_and_done(NOW + MINUTE), 0);
	assert_int_equal(asked.from, from);
	assert_int_equal(told[LOG_api_polled], 2);
	assert_int_equal(opens, 1);
}

/* what was asked before cannot be read, or cannot be noted: that is asked again */
static void
test_not_noted(void **state)
{
	int64_t from;

	(void)state;
	assert_int_equal(poll_and_done(NOW), 0);
	searches = 0;
	fails = "noted";
	assert_int_equal(poll_and_done(NOW + MINUTE), -1);
	assert_string_equal(err.text, "noted fails");
	assert_int_equal(searches, 0);
	fails = "note";
	assert_int_equal(poll_and_done(NOW + MINUTE), -1);
	assert_string_equal(err.text, "note fails");
	from = asked.from;
	fails = "";
	assert_int_equal(poll_and_done(NOW + MINUTE), 0);
	assert_int_equal(asked.from, from);
}

/* a note that is no number is as if there was none */
static void
test_odd_notes(void **state)
{
	int64_t widest;

	(void)state;
	assert_int_equal(poll_and_done(NOW), 0);
	widest = asked.from;
	assert_int_equal(poll_and_done(NOW + MINUTE), 0);
	for (int span = 0; span < WINDOWS_SPANS; span++) {
		own(str) char *name = mem_format(STATE_NOTE_WINDOW "%s",
		    windows_name((enum windows_span)span));
		own(str) char *text = noted(name);

		assert_true(*text != '\0');
		assert_int_equal(state_note(kept, name, "who knows", &err), 0);
	}
	assert_true(asked.from > widest);
	assert_int_equal(poll_and_done(NOW), 0);
	assert_int_equal(asked.from, widest);
}

/* nothing of a session that does not begin */
static void
test_no_session(void **state)
{
	static const char *const calls[] = { "open", "login" };
	const struct api_window window = { .from = NOW - 2 * 60 * MINUTE,
		.to = NOW - 60 * MINUTE };
	own(buf) struct buf said = BUF;
	enum api_verdict verdict;

	(void)state;
	for (int i = 0; i < 2; i++) {
		own(str) char *why = mem_format("%s fails", calls[i]);

		fails = calls[i];
		polling_use(polling, &settings, true);
		assert_int_equal(poll_and_done(NOW), -1);
		assert_string_equal(err.text, why);
		polling_use(polling, &settings, true);
		assert_int_equal(source->test(source->arg, &said, &err), -1);
		assert_string_equal(err.text, why);
		polling_use(polling, &settings, true);
		assert_int_equal(source->search(source->arg, &window, see, NULL,
		    &err), -1);
		assert_string_equal(err.text, why);
	}
	fails = "open";
	polling_use(polling, &settings, true);
	assert_int_equal(source->verdict_now(source->arg, "id-1", &verdict,
	    &err), -1);
	assert_string_equal(err.text, "open fails");
	fails = "verdict";
	assert_int_equal(source->verdict_now(source->arg, "id-1", &verdict,
	    &err), -1);
	assert_string_equal(err.text, "verdict fails");
	fails = "";
	assert_int_equal(source->verdict_now(source->arg, "id-1", &verdict,
	    &err), 0);
	assert_int_equal(verdict, API_NEUTRAL);
	assert_int_equal(searches, 0);
	assert_string_equal(said.data, "");
}

/* ---- clocks, and the day's requests ---- */

static void
test_skew(void **state)
{
	static const struct { int64_t skew; unsigned lines; } rows[] = {
		{ 0, 0 }, { 30999, 0 }, { -30999, 0 }, { 31000, 1 },
		{ -31000, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		skew = rows[i].skew;
		told[LOG_api_skew] = 0;
		assert_int_equal(poll_and_done(NOW + (int64_t)i * MINUTE), 0);
		assert_int_equal(told[LOG_api_skew], rows[i].lines);
	}
}

/* "tdc-remediator -n" says what it found, and of clocks that differ */
static void
test_test(void **state)
{
	own(buf) struct buf said = BUF;

	(void)state;
	messages = 1;
	assert_int_equal(source->test(source->arg, &said, &err), 0);
	assert_string_equal(said.data, "api.example has 1 message with a bad "
	    "verdict in the last day");
	assert_int_equal(asked.to, NOW - 5 * MINUTE);
	assert_int_equal(asked.to - asked.from, 24 * 60 * MINUTE);
	messages = 0;
	buf_cut(&said, 0);
	skew = -90000;
	assert_int_equal(source->test(source->arg, &said, &err), 0);
	assert_string_equal(said.data, "api.example has 0 messages with a bad "
	    "verdict in the last day; its clock and ours differ by 90 seconds");
	assert_int_equal(asked.to, NOW - 90000 - 5 * MINUTE);
	buf_cut(&said, 0);
	skew = 31000;
	assert_int_equal(source->test(source->arg, &said, &err), 0);
	assert_non_null(strstr(said.data, "differ by 31 seconds"));
	buf_cut(&said, 0);
	fails = "search";
	assert_int_equal(source->test(source->arg, &said, &err), -1);
	assert_string_equal(err.text, "search fails");
	assert_string_equal(said.data, "");
}

/* a search of a person ends five minutes ago at the latest, by the API's clock */
static void
test_search(void **state)
{
	struct api_window window = { .from = NOW - 60 * MINUTE, .to = NOW };

	(void)state;
	skew = 2 * MINUTE;
	assert_int_equal(source->search(source->arg, &window, see, NULL, &err),
	    0);
	assert_int_equal(asked.from, NOW - 58 * MINUTE);
	assert_int_equal(asked.to, NOW - 3 * MINUTE);
	window.to = NOW - 30 * MINUTE;
	assert_int_equal(source->search(source->arg, &window, see, NULL, &err),
	    0);
	assert_int_equal(asked.to, NOW - 28 * MINUTE);
	assert_int_equal(searches, 2);
	/* of the last five minutes nothing can be asked yet */
	window = (struct api_window){ .from = NOW - 4 * MINUTE, .to = NOW };
	assert_int_equal(source->search(source->arg, &window, see, NULL, &err),
	    0);
	assert_int_equal(searches, 2);
}

static int
spend(void)
{
	return session.options.budget.take(session.options.budget.arg, NOW,
	    &err);
}

static void
test_budget(void **state)
{
	(void)state;
	settings.conf.api_daily_requests = 2;
	assert_int_equal(poll_and_done(NOW), 0);
	assert_int_equal(spend(), 0);
	assert_int_equal(spend(), 0);
	assert_int_equal(spend(), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, "all 2 requests of this day (UTC) are "
	    "used up (api_daily_requests)");
	/* who cannot count does not ask */
	fails = "spend";
	assert_int_equal(spend(), -1);
	assert_string_equal(err.text, "spend fails");
	fails = "";
	/* what the API wants people to know has a line */
	session.options.notice.say(session.options.notice.arg, "odd");
	assert_int_equal(told[LOG_remediation_trouble], 1);
	/* a test of the API counts nothing, and notes nothing */
	polling_free(polling);
	begin(NULL);
	assert_int_equal(poll_and_done(NOW), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(spend(), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_poll), TEST(test_not_noted), TEST(test_odd_notes),
		TEST(test_no_session),
		TEST(test_skew), TEST(test_test), TEST(test_search),
		TEST(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
