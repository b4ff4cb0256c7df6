/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching for messages: all pages, as long as they lead on, and an error when
 * there may be more than was given
 *
 * NEEDS: REMEDIATION
 * WRAP: clock_now clock_boot nanosleep
 */
#include "tests/unit/remediate/api/api_peer.h"

#define FROM INT64_C(1703007245361)
#define TO (FROM + 3600000)
#define SEARCH "/v1/messages/search"
#define PAGE_WANTED(wanted, messages, next) { .wants = (wanted), \
	.status = JSON, .body = "{\"data\": {\"messages\": [" messages "]}, " \
	"\"nextPageToken\": " next "}" }
#define PAGE(messages, next) PAGE_WANTED("POST " SEARCH " HTTP/1.1\r\n", \
	messages, next)
#define ONE(id) "{\"id\": \"" id "\"}"

static const struct api_window window = { .from = FROM, .to = TO };
static char ids[64];

static void
see(void *arg, const struct api_message *message)
{
	assert_ptr_equal(arg, &api);
	assert_true(strlen(ids) + strlen(message->id) < sizeof(ids));
	strcat(ids, message->id);
}

static int
search(void)
{
	*ids = '\0';
	return api_search(api, &window, see, &api, &err);
}

static void
test_pages(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, PAGE(ONE("a") ", {}, " ONE("b"), "\"n==\""),
	    PAGE_WANTED("\"pageToken\":\"n==\"}", "{}", "\"m\""),
	    PAGE_WANTED("\"pageToken\":\"m\"}", ONE("c"), "null"));
	assert_int_equal(search(), 0);
	assert_string_equal(ids, "abc");
	assert_true(peer_was_asked("{\"timestamp\":[\"2023-12-19T17:34:05.361Z"
	    "\",\"2023-12-19T18:34:05.361Z\"],\"pageSize\":100,"));
	assert_int_equal(notices, 1);
	assert_string_equal(last_notice, "there are messages without an id, "
	    "which are passed over");
}

/* What was given until then was given, and the error says that there is more. */
static void
test_cut_short(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, PAGE(ONE("a"), "\"n\""), PAGE(ONE("b"), "\"n\""));
	assert_int_equal(search(), -1);
	says(SEARCH ": the token of a page comes for the second time",
	    ERR_LATER);
	assert_string_equal(ids, "ab");
	PEER_SAYS(PAGE(ONE("a"), "\"n\""), { .status = "404 Not Found",
	    .body = "{\"error\": \"token\"}" });
	assert_int_equal(search(), -1);
	says(SEARCH ": status 404: token", ERR_NEVER);
	PEER_SAYS(PAGE(ONE("a"), "\"n\""), { .status = JSON,
	    .body = "{\"data\": {\"messages\": [{\"id\": \"b\"}" });
	assert_int_equal(search(), -1);
	assert_non_null(strstr(err.text, SEARCH ": no JSON: "));
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(ids, "a");
	PEER_SAYS(PAGE(ONE("a"), "\"n\""), { .then = PEER_CLOSES },
	    { .then = PEER_CLOSES });
	assert_int_equal(search(), -1);
	says(": answer: Empty reply from server", ERR_LATER);
	PEER_SAYS({ .status = JSON, .body = "{\"data\": {\"messages\": [",
	    .then = PEER_CUTS });
	assert_int_equal(search(), -1);
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(ids, "");
}

static void
test_no_window(void **state)
{
	static const struct api_window bad[] = { { 0, TO, true },
		{ -1, TO, true }, { FROM, FROM, true }, { TO, FROM, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(api_search(api, &bad[i], see, &api, &err),
		    -1);
		assert_int_equal(err.kind, ERR_NEVER);
		assert_string_equal(err.text, "a window that ends before it "
		    "begins");
	}
	assert_int_equal(api_requests(api), 0);
}

/* Pages that always lead on come to an end. */
static void
test_endless(void **state)
{
	(void)state;
	PEER_SAYS(LOGIN, { .status = JSON, .times = API_PAGES_MAX,
	    .body = "{\"messages\": [], \"nextPageToken\": \"t%u\"}" });
	assert_int_equal(search(), -1);
	says(SEARCH ": more than 1000 pages", ERR_LATER);
	assert_int_equal(api_requests(api), 1 + API_PAGES_MAX);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, api_peer_start, \
	api_peer_stop)
	const struct CMUnitTest tests[] = {
		TEST(test_pages), TEST(test_cut_short), TEST(test_no_window),
		TEST(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
