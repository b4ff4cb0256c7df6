/* SPDX-License-Identifier: BSD-2-Clause */
/* api_answers, api_verdicts, api_time, api_rest: what else is read or reckoned */
/* NEEDS: REMEDIATION */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "remediate/api/api_private.h"

static const struct {
	const char	*json, *token;		/* NULL: an error */
	int64_t		 life;
} tokens[] = {
	{ "{\"accessToken\": \"eyJ.a-b_c\"}", "eyJ.a-b_c", -1 },
	{ "{\"accessToken\": \"a\", \"expiresIn\": 3600}", "a", 3600000 },
	{ "{\"access_token\": \"a\", \"expires_in\": 60}", "a", 60000 },
	{ "{\"accessToken\": \"a\", \"expiresIn\": \"x\"}", "a", -1 },
	{ "{\"accessToken\": \"a\", \"expiresIn\": -1}", "a", -1 },
	{ "{\"accessToken\": \"a\", \"expiresIn\": 1e300}", "a", -1 },
	{ "{\"accessToken\": \"\"}", NULL, 0 },
	{ "{\"accessToken\": 5}", NULL, 0 },
	{ "{\"accessToken\": \"a b\"}", NULL, 0 },
	{ "{\"accessToken\": \"a\\r\\nX: y\"}", NULL, 0 },
	{ "{\"accessToken\": \"\\u00e4\"}", NULL, 0 },
	{ "{}", NULL, 0 },
	{ "[]", NULL, 0 },
	{ "a", NULL, 0 },
};

static void
test_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		own(buf) struct buf token = BUF;
		const char *json = tokens[i].json;
		int64_t life = 0;
		struct err err;
		int result = api_token_read(json, strlen(json), &token, &life,
		    &err);

		if ((result == -1) != (tokens[i].token == NULL))
			fail_msg("%s", json);
		if (result == -1)
			continue;
		assert_string_equal(token.data, tokens[i].token);
		assert_int_equal(life, tokens[i].life);
	}
}

/* A token may be long, but not as long as it likes. */
static void
test_long_token(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		own(buf) struct buf json = BUF, token = BUF;
		int64_t life;
		struct err err;

		buf_text(&json, "{\"accessToken\": \"");
		for (size_t i = 0; i < API_TOKEN_MAX + more; i++)
			buf_byte(&json, 'x');
		buf_text(&json, "\"}");
		assert_int_equal(api_token_read(json.data, json.len, &token,
		    &life, &err), more == 0 ? 0 : -1);
		assert_int_equal(token.len, more == 0 ? API_TOKEN_MAX : 0);
	}
}

static const struct {
	const char	*json;
	int		 verdict;		/* -1: an error */
} statuses[] = {
	{ "{\"data\": {\"verdicts\": ["
	  "{\"timestamp\": \"2025-01-01T00:00:00Z\", \"verdict\": \"bec\"},"
	  "{\"timestamp\": \"2025-01-02T00:00:00Z\", \"verdict\": \"neutral\"}"
	  "]}}", API_NEUTRAL },
	{ "{\"data\": {\"verdicts\": ["
	  "{\"timestamp\": \"2025-01-02T00:00:00Z\", \"verdict\": \"bec\"},"
	  "{\"timestamp\": \"2025-01-01T00:00:00Z\", \"verdict\": \"neutral\"}"
	  "]}}", API_BEC },
	{ "{\"data\": {\"verdicts\": ["
	  "{\"timestamp\": \"2025-01-01T00:00:00+02:00\", \"verdict\": \"bec\"},"
	  "{\"timestamp\": \"2024-12-31T23:00:00Z\", \"verdict\": \"spam\"}"
	  "]}}", API_SPAM },
	/* At one time, or at none: the harmless one. */
	{ "{\"data\": {\"verdicts\": [{\"verdict\": \"bec\"}, "
	  "{\"verdict\": \"neutral\"}]}}", API_NEUTRAL },
	{ "{\"data\": {\"verdicts\": [{\"verdict\": \"neutral\"}, "
	  "{\"verdict\": \"bec\"}]}}", API_NEUTRAL },
	{ "{\"data\": {\"verdicts\": [{\"verdict\": \"bec\"}, "
	  "{\"verdict\": \"phishing\"}]}}", API_BEC },
	{ "{\"data\": {\"verdicts\": [{\"verdict\": {\"category\": \"bec\"}}"
	  "]}}", API_BEC },
	{ "{\"data\": {\"verdicts\": [{\"verdict\": \"odd\"}]}}",
	  API_UNKNOWN },
	{ "{\"data\": {\"verdicts\": []}}", API_UNKNOWN },
	{ "{\"data\": {\"verdicts\": [5, null, {}]}}", API_UNKNOWN },
	{ "{\"data\": {\"verdicts\": {}}}", API_UNKNOWN },
	{ "{\"data\": {}}", API_UNKNOWN },
	{ "{}", -1 },
	{ "{\"data\": []}", -1 },
	{ "x", -1 },
};

static void
test_statuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		const char *json = statuses[i].json;
		enum api_verdict verdict = API_UNKNOWN;
		char word[64];
		struct err err;
		int result = api_status_read(json, strlen(json), &verdict,
		    word, &err);

		if (result == -1 ? statuses[i].verdict != -1 :
		    (int)verdict != statuses[i].verdict)
			fail_msg("%s: %d", json, verdict);
	}
}

static void
complains(const char *json, const char *wanted)
{
	char text[256];

	api_complaint(json, strlen(json), text);
	assert_string_equal(text, wanted);
}

static void
test_complaints(void **state)
{
	own(buf) struct buf long_one = BUF;
	char text[256];

	(void)state;
	complains("{\"message\": \"Invalid daterange\"}", "Invalid daterange");
	complains("{\"error\": \"no\", \"message\": {}}", "no");
	complains("{\"message\": \"a\\u001b[31m\\n\"}", "a\\x1b[31m\\x0a");
	complains("<html>", "");
	complains("", "");
	complains("[]", "");
	buf_text(&long_one, "{\"message\": \"");
	for (int i = 0; i < 5000; i++)
		buf_byte(&long_one, 'x');
	buf_text(&long_one, "\"}");
	api_complaint(long_one.data, long_one.len, text);
	assert_int_equal(strlen(text), 200);
}

static const struct {
	const char	*text;
	int64_t		 time;
} times[] = {
	{ "2023-12-19T17:34:05.361Z", INT64_C(1703007245361) },
	{ "2023-12-19T17:34:05.361999999Z", INT64_C(1703007245361) },
	{ "2023-12-19T17:34:05.3Z", INT64_C(1703007245300) },
	{ "2023-12-19T17:34:05Z", INT64_C(1703007245000) },
	{ "2023-12-19 17:34:05", INT64_C(1703007245000) },
	{ "2023-12-19T18:34:05+01:00", INT64_C(1703007245000) },
	{ "2023-12-19T12:04:05-0530", INT64_C(1703007245000) },
	{ "2023-12-19t17:34:05z", INT64_C(1703007245000) },
	{ "2023-12-19T17:34:05+0100", INT64_C(1703003645000) },
	{ "2023-12-19T17:34:05.361+", 0 },
	{ "2023-12-19T17:34:05+24:00", 0 },
	{ "2023-12-19T17:34:05+01:60", 0 },
	{ "2023-12-19T17:34:05+01-00", 0 },
	{ "2023-12-19T17:34:05+a1:00", 0 },
	{ "2023-12-19T17:34", 0 },
	{ "2023-12-19X17:34:05Z", 0 },
	{ "2023-12-19T17:34:05 Z", 0 },
	{ "2023-12-19T17:34:05+1", 0 },
	{ "2023-12-19", 0 },
	{ "2023-13-19T17:34:05Z", 0 },
	{ "1969-12-31T00:00:00Z", 0 },
	{ "", 0 },
	{ "now", 0 },
};

static void
test_times(void **state)
{
	char text[API_TIME];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (api_time_parse(times[i].text) != times[i].time)
			fail_msg("%s: %lld", times[i].text,
			    (long long)api_time_parse(times[i].text));
	assert_string_equal(api_time_format(INT64_C(1703007245061), text),
	    "2023-12-19T17:34:05.061Z");
}

static void
test_back_off(void **state)
{
	(void)state;
	assert_int_equal(api_back_off(0, -1), 1000);
	assert_int_equal(api_back_off(3, -1), 8000);
	assert_int_equal(api_back_off(4, -1), -1);
	assert_int_equal(api_back_off(0, 0), 0);
	assert_int_equal(api_back_off(0, 7000), 7000);
	assert_int_equal(api_back_off(0, 30001), -1);
	assert_int_equal(api_back_off(4, 1000), -1);
}

/* Who wants to be left alone is, for that long, and says why again. */
static void
test_rest(void **state)
{
	static struct api api;
	struct err err;

	(void)state;
	assert_int_equal(api_rests(&api, &err), 0);
	err_set(&err, ERR_NEVER, "no");
	assert_int_equal(api_rest(&api, 60000, &err), -1);
	err = (struct err){ 0 };
	assert_int_equal(api_rests(&api, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, "no; it is not asked again for 60 s");
	err_set(&err, ERR_LATER, "no");
	api_rest(&api, 0, &err);
	assert_int_equal(api_rests(&api, &err), 0);
}

static void
test_regions(void **state)
{
	(void)state;
	assert_string_equal(api_region("de"), "https://api.de.etd.cisco.com");
	assert_string_equal(api_region("ae"), "https://api.ae.etd.cisco.com");
	assert_null(api_region("eu"));
	assert_null(api_region(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_long_token),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_complaints),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
