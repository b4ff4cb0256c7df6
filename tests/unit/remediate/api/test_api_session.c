/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session with the service: logging in, being busy, refused and stopped, and
 * what is said now of one message
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now clock_boot nanosleep curl_easy_init
 */
#include <curl/curl.h>

#include "tests/unit/nth_call.h"
#include "tests/unit/remediate/api/api_peer.h"

NTH_CALL(CURL *, curl_easy_init, (void), (), NULL)

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static enum api_verdict verdict;

/* ask - of one message */
static int
ask(void)
{
	verdict = API_BEC;
	return api_verdict_now(api, "id-1", &verdict, &err);
}

/* after - for so long nothing is asked */
static void
after(int64_t ms)
{
	slept += ms;
}

#define STATUS "/v1/messages/status"
#define ONE(word) { .wants = "POST " STATUS " HTTP/1.1\r\n", .status = JSON, \
	.body = "{\"data\": {\"verdicts\": [{\"verdict\": \"" word "\"}]}}" }

/* ---- one message ---- */

static void
test_verdict(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, ONE("phishing"), { .wants = "{\"id\":\"id-1\"}",
	    .status = "404 Not Found" });
	assert_int_equal(ask(), 0);
	assert_int_equal(verdict, API_PHISHING);
	assert_true(peer_was_asked("\r\nAuthorization: Bearer T0ken\r\n"));
	assert_true(peer_was_asked("\r\nx-api-key: K3y\r\n"));
	assert_int_equal(ask(), 0);		/* it knows nothing of it */
	assert_int_equal(verdict, API_UNKNOWN);
	assert_int_equal(notices, 0);
	assert_int_equal(api_requests(api), 3);
	assert_int_equal(api_skew(api), 0);	/* no answer had a date */
	assert_int_not_equal(alive_calls, 0);
	assert_non_null(strstr(api_host(api), "127.0.0.1:"));
}

/* A word that we do not know is told once, and does no harm. */
static void
test_unknown_word(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, ONE("worse"), ONE("worse"), ONE("w\\u001b'"),
	    ONE(""));
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(ask(), 0);
		assert_int_equal(verdict, API_UNKNOWN);
		assert_int_equal(notices, i < 2 ? 1 : 2);
		if (i == 0)
			assert_string_equal(last_notice, "the verdict 'worse' "
			    "is not known, and nothing is done about it");
	}
	assert_null(strchr(last_notice, '\033'));
}

/* Notices do not grow for ever, and need nobody who hears them. */
static void
test_notices(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * API_SAID_MAX; i++)
		api_say(api, "%u", i);
	assert_int_equal(notices, API_SAID_MAX);
	api = api_close(api);
	assert_int_equal(api_peer_open((struct api_options){ 0 }), 0);
	api_say(api, "x");
	assert_int_equal(notices, API_SAID_MAX);
	PEER_SAYS(LOGIN, ONE("worse"));
	assert_int_equal(ask(), 0);
	assert_int_equal(verdict, API_UNKNOWN);
}

static void
test_no_id(void **state)
{
	(void)state;
	assert_int_equal(api_verdict_now(api, "a\xff'", &verdict, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_non_null(strstr(err.text, " is no id of a message"));
	assert_null(strpbrk(err.text, "\xff"));
	assert_int_equal(api_requests(api), 0);
}

static void
test_no_verdict(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, { .status = JSON, .body = "{}" });
	assert_int_equal(ask(), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_non_null(strstr(err.text, STATUS ": "));
	PEER_SAYS({ .status = "400 Bad", .body =
	    "{\"message\": \"Invalid\\nid\"}" });
	assert_int_equal(ask(), -1);
	says(STATUS ": status 400: Invalid\\x0aid", ERR_NEVER);
	/* that was about the question: the next one is asked */
	PEER_SAYS(ONE("bec"));
	assert_int_equal(ask(), 0);
	assert_int_equal(verdict, API_BEC);
}

/* ---- the token ---- */

#define TOKEN(more) { .wants = "POST /v1/oauth/token", .status = JSON, \
	.body = "{\"accessToken\": \"T0ken\"" more "}" }

static void
test_life(void **state)
{
	(void)state;
	/* an hour, when it is not told */
	PEER_SAYS(LOGIN);
	assert_int_equal(api_login(api, &err), 0);
	after(58 * MINUTE);
	assert_int_equal(api_login(api, &err), 0);
	PEER_SAYS(TOKEN(", \"expiresIn\": 600"));
	after(2 * MINUTE);
	assert_int_equal(api_login(api, &err), 0);
	after(8 * MINUTE);
	assert_int_equal(api_login(api, &err), 0);
	/* of a short life the half */
	PEER_SAYS(TOKEN(", \"expiresIn\": 100"));
	after(1 * MINUTE);
	assert_int_equal(api_login(api, &err), 0);
	after(40 * SECOND);
	assert_int_equal(api_login(api, &err), 0);
	PEER_SAYS(LOGIN);
	after(11 * SECOND);
	assert_int_equal(api_login(api, &err), 0);
}

static void
test_no_token(void **state)
{
	(void)state;
	PEER_SAYS({ .status = JSON, .body = "{\"accessToken\": \"a b\"}" });
	assert_int_equal(ask(), -1);
	says("/v1/oauth/token: an answer without an accessToken", ERR_LATER);
	PEER_SAYS({ .status = JSON });
	assert_int_equal(api_login(api, &err), -1);
	assert_int_equal(err.kind, ERR_LATER);
	PEER_SAYS({ .status = "404 Not Found" });
	assert_int_equal(ask(), -1);
	says("/v1/oauth/token: status 404", ERR_NEVER);
	PEER_SAYS(LOGIN);
	assert_int_equal(api_login(api, &err), 0);
}

/* Who is refused is not asked again, so that nobody locks the account. */
static void
test_refused(void **state)
{
	(void)state;
	PEER_SAYS({ .wants = "\r\nAuthorization: Basic bWU6aHVzaA==\r\n",
	    .status = "401 No" });
	assert_int_equal(ask(), -1);
	says("/v1/oauth/token: status 401; are client_id and password right?",
	    ERR_NEVER);
	after(14 * MINUTE);
	assert_int_equal(ask(), -1);
	says("/v1/oauth/token: status 401; are client_id and password right?; "
	    "it is not asked again for 60 s", ERR_NEVER);
	after(2 * MINUTE);
	PEER_SAYS(LOGIN, { .status = "403 No" });
	assert_int_equal(ask(), -1);
	says(STATUS ": status 403; is api_key right? (a new one takes some "
	    "minutes)", ERR_NEVER);
	assert_int_equal(ask(), -1);
}

/* A token that has run out is renewed once, and not for ever. */
static void
test_renewed(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, { .status = "401 No" }, LOGIN, ONE("bec"));
	assert_int_equal(ask(), 0);
	assert_int_equal(verdict, API_BEC);
	PEER_SAYS({ .status = "401 No" }, LOGIN, { .status = "401 No" });
	assert_int_equal(ask(), -1);
	says(STATUS ": status 401", ERR_NEVER);
	after(16 * MINUTE);
	PEER_SAYS({ .status = "401 No" }, { .status = "403 No" });
	assert_int_equal(ask(), -1);
}

/* ---- busy ---- */

#define BUSY { .status = "503 Busy" }

static void
test_busy(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, BUSY, { .status = "429 Busy\r\nRetry-After: 20" },
	    ONE("bec"));
	assert_int_equal(ask(), 0);
	assert_int_equal(slept, 21 * SECOND);
}

/* Each time that it gives up it rests longer, up to a quarter of an hour, or as
 * long as it is told to. */
static void
test_gives_up(void **state)
{
	static const int64_t minutes[] = { 1, 2, 4, 8, 15, 15 };

	(void)state;
	PEER_SAYS(LOGIN);
	assert_int_equal(api_login(api, &err), 0);
	api->token_until = INT64_MAX;
	for (size_t i = 0; i < sizeof(minutes) / sizeof(*minutes); i++) {
		PEER_SAYS(BUSY, BUSY, BUSY, BUSY, BUSY);
		assert_int_equal(ask(), -1);
		says(STATUS ": status 503", ERR_LATER);
		after(minutes[i] * MINUTE - 30 * SECOND);
		assert_int_equal(api_rests(api, &err), -1);
		after(31 * SECOND);
		assert_int_equal(api_rests(api, &err), 0);
	}
	PEER_SAYS({ .status = "429 Busy\r\nRetry-After: 3600" });
	assert_int_equal(ask(), -1);
	after(59 * MINUTE);
	assert_int_equal(api_rests(api, &err), -1);
	after(2 * MINUTE);
	/* an answer, and it is as if it never had been */
	PEER_SAYS(ONE("bec"), BUSY, BUSY, BUSY, BUSY, BUSY);
	assert_int_equal(ask(), 0);
	assert_int_equal(ask(), -1);
	after(MINUTE + SECOND);
	assert_int_equal(api_rests(api, &err), 0);
}

/* ---- what is not asked ---- */

static void
test_stopped(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN);
	assert_int_equal(api_login(api, &err), 0);
	/* while it waits for the service */
	PEER_SAYS(BUSY);
	stops_after = slept + 500;
	assert_int_equal(ask(), -1);
	says(": stopped", ERR_LATER);
	/* before it asks */
	assert_int_equal(ask(), -1);
	says(": stopped", ERR_LATER);
	assert_int_equal(api_requests(api), 2);
	assert_false(api_wait(api, 0));
}

/* No more than two a second. */
static void
test_rate(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, ONE("bec"), ONE("bec"), ONE("bec"), ONE("bec"));
	for (int i = 0; i < 4; i++)
		assert_int_equal(ask(), 0);
	assert_int_equal(slept, 2 * SECOND);
}

static int left;

static int
take(void *arg, int64_t now, struct err *why)
{
	assert_ptr_equal(arg, &left);
	assert_true(now > 0);
	return left-- > 0 ? 0 : err_set(why, ERR_LATER, "none is left");
}

static void
test_budget(void **state)
{
	(void)state;
	api = api_close(api);
	assert_int_equal(api_peer_open((struct api_options){
	    .budget = { take, &left } }), 0);
	left = 1;
	PEER_SAYS(LOGIN);
	assert_int_equal(ask(), -1);
	says(": not asked: none is left", ERR_LATER);
	assert_int_equal(api_requests(api), 1);
	/* without one who stops us */
	assert_true(api_wait(api, 250));
	assert_int_equal(slept, 250);
	assert_int_equal(alive_calls, 0);
}

/* ---- open ---- */

static void
test_no_handle(void **state)
{
	(void)state;
	api = api_close(api);
	assert_true(nth_only(1, 0));
	nth_arm();
	assert_int_equal(api_peer_open((struct api_options){ 0 }), -1);
	nth_disarm();
	assert_string_equal(err.text, "libcurl gives no handle");
	assert_null(api);
}

static void
test_open(void **state)
{
	own(str) char *path = mem_format("%s/credentials", directory);
	struct api_options options = { .url = "h.example/x/",
	    .credentials_file = path };

	(void)state;
	api = api_close(api);
	assert_int_equal(api_open(&options, &api, &err), 0);
	assert_string_equal(api_host(api), "h.example");
	assert_int_equal(api_login(api, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	api = api_close(api);
	options.url = "///";
	assert_int_equal(api_open(&options, &api, &err), 0);
	assert_string_equal(api_host(api), "");
	api = api_close(api);
	unlink(path);
	assert_int_equal(api_open(&options, &api, &err), -1);
	assert_null(api);
	assert_null(api_close(NULL));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, api_peer_start, \
	api_peer_stop)
	const struct CMUnitTest tests[] = {
		TEST(test_verdict), TEST(test_unknown_word),
		TEST(test_notices), TEST(test_no_id), TEST(test_no_verdict),
		TEST(test_life), TEST(test_no_token), TEST(test_refused),
		TEST(test_renewed), TEST(test_busy), TEST(test_gives_up),
		TEST(test_stopped), TEST(test_rate), TEST(test_budget),
		TEST(test_no_handle), TEST(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
