/* SPDX-License-Identifier: BSD-2-Clause */
/* api_page: what is read of a search, whatever its fields look like */
/* NEEDS: REMEDIATION */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "remediate/api/api_private.h"

static struct api_page page;

/* read_text - the page in global page; the number of messages, or -1 */
static int
read_text(const char *json)
{
	struct err err = { .text = "" };

	api_page_drop(&page);
	if (api_page_read(json, strlen(json), &page, &err) == -1) {
		assert_string_not_equal(err.text, "");
		assert_int_equal(err.kind, ERR_LATER);
		return -1;
	}
	return (int)page.count;
}

/* one - a page with one message, which has id 1 and these fields */
static const struct api_message *
one(const char *fields)
{
	own(str) char *json = mem_format("{\"data\": {\"messages\": "
	    "[{\"id\": \"1\"%s%s}]}}", *fields != '\0' ? ", " : "", fields);

	if (read_text(json) != 1)
		fail_msg("not read: %s", json);
	return &page.messages[0];
}

static void
test_whole(void **state)
{
	const struct api_message *m;

	(void)state;
	m = one("\"internetMessageId\": \"<a@x>\", \"subject\": \"S\","
	    "\"timestamp\": \"2023-12-19T17:34:05.361123456Z\","
	    "\"fromAddress\": \"f@x\", \"returnPath\": \"r@x\","
	    "\"direction\": \"incoming\","
	    "\"mailboxes\": [\"u@y\", \"v@y\"], \"envelopeTo\": \"w@y\","
	    "\"toAddresses\": [\"t@y\"], \"clientIP\": \"192.0.2.1\","
	    "\"verdict\": {\"category\": \"phishing\","
	    " \"isRetroVerdict\": true, \"techniques\": [{}]},"
	    "\"action\": {\"type\": \"move\", \"folder\": \"trash\"},"
	    "\"secureEmailGateway\": {\"headerName\": \"X-A\","
	    " \"originalCIP\": \"192.0.2.2\"}, \"unheard\": [1, {}]");
	assert_string_equal(m->id, "1");
	assert_string_equal(m->message_id, "<a@x>");
	assert_int_equal(m->timestamp, INT64_C(1703007245361));
	assert_int_equal(m->verdict, API_PHISHING);
	assert_string_equal(m->word, "phishing");
	assert_true(m->retro);
	assert_string_equal(m->direction, "incoming");
	assert_string_equal(m->sender, "f@x");
	assert_string_equal(m->return_path, "r@x");
	assert_string_equal(m->subject, "S");
	assert_int_equal(m->mailbox_count, 3);
	assert_string_equal(m->mailboxes[2], "w@y");
	assert_string_equal(m->action, "move trash");
	assert_string_equal(m->client, "192.0.2.2");
	assert_string_equal(m->header, "X-A");
	assert_string_equal(page.next, "");
}

static void
test_empty(void **state)
{
	const struct api_message *m = one("");

	(void)state;
	assert_string_equal(m->message_id, "");
	assert_int_equal(m->timestamp, 0);
	assert_int_equal(m->verdict, API_UNKNOWN);
	assert_string_equal(m->word, "");
	assert_false(m->retro);
	assert_int_equal(m->mailbox_count, 0);
	assert_string_equal(m->action, "");
	assert_string_equal(m->client, "");
}

static const struct {
	const char	*json;
	enum api_verdict verdict;
	const char	*word;
} verdicts[] = {
	{ "{\"verdict\": \"bec\"}", API_BEC, "bec" },
	{ "{\"category\": \"BEC\"}", API_BEC, "BEC" },
	{ "\"malicious\"", API_MALICIOUS, "malicious" },
	{ "[\"scam\"]", API_SCAM, "scam" },
	{ "{\"originalVerdict\": \"spam\"}", API_SPAM, "spam" },
	{ "{\"category\": \"noVerdict\"}", API_NO_VERDICT, "noVerdict" },
	{ "{\"category\": \"no_verdict\"}", API_NO_VERDICT, "no_verdict" },
	{ "{\"category\": \"gray mail\"}", API_GRAYMAIL, "gray mail" },
	{ "{\"category\": \"worse\"}", API_UNKNOWN, "worse" },
	{ "{\"category\": \"phishing!\"}", API_UNKNOWN, "phishing!" },
	{ "{\"category\": 7}", API_UNKNOWN, "7" },
	{ "{\"category\": {}}", API_UNKNOWN, "" },
	{ "{\"category\": null, \"verdict\": \"bec\"}", API_BEC, "bec" },
	{ "null", API_UNKNOWN, "" },
	/* What contradicts itself is the harmless one. */
	{ "{\"category\": \"bec\", \"verdict\": \"neutral\"}", API_NEUTRAL,
	  "neutral" },
	{ "{\"category\": \"bec\", \"latestVerdict\": \"neutral\"}",
	  API_NEUTRAL, "neutral" },
	{ "{\"category\": \"neutral\", \"latestVerdict\": \"bec\"}",
	  API_NEUTRAL, "neutral" },
	{ "{\"category\": \"bec\", \"verdict\": \"new\"}", API_UNKNOWN,
	  "new" },
	{ "{\"category\": \"bec\", \"originalVerdict\": \"neutral\"}",
	  API_BEC, "bec" },
	{ "{\"category\": \"scam\", \"latestVerdict\": \"phishing\"}",
	  API_PHISHING, "phishing" },
};

static void
test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++) {
		own(str) char *field = mem_format("\"verdict\": %s",
		    verdicts[i].json);
		const struct api_message *m = one(field);

		if (m->verdict != verdicts[i].verdict)
			fail_msg("%s: %d", field, m->verdict);
		assert_string_equal(m->word, verdicts[i].word);
	}
	assert_false(api_is_threat(API_UNKNOWN));
	assert_false(api_is_threat(API_SPAM));
	assert_true(api_is_threat(API_SCAM));
	assert_false(api_is_threat(API_VERDICTS));
}

/* addresses - those that are read, each with a blank after it */
static void
addresses(const char *fields, const char *wanted)
{
	const struct api_message *m = one(fields);
	own(buf) struct buf all = BUF;

	for (size_t i = 0; i < m->mailbox_count; i++)
		buf_texts(&all, m->mailboxes[i], " ");
	assert_string_equal(all.data, wanted);
}

static void
test_addresses(void **state)
{
	(void)state;
	addresses("\"mailboxes\": \"a@x\"", "a@x ");
	addresses("\"mailboxes\": [\"a@x\", \"A@x\", \"a@x\"]", "a@x A@x ");
	addresses("\"envelopeTo\": \"A B <a@x>, <b@x>; c@x\"",
	    "a@x b@x c@x ");
	addresses("\"mailboxes\": [{\"address\": \"a@x\"},"
	    "{\"email\": \"b@x\", \"name\": \"B\"}, [\"c@x\"], 5, null]",
	    "a@x b@x ");
	addresses("\"mailboxes\": [\"\\\"a,b c\\\"@x\"]", "\"a,b c\"@x ");
	addresses("\"mailboxes\": [\"\\\"a\\\\\\\" <b\\\"@x\"]",
	    "\"a\\\" <b\"@x ");
	addresses("\"mailboxes\": [\"\\\"unended, a@x\"]",
	    "\"unended, a@x ");
	addresses("\"mailboxes\": [\"\\\"a@x\\\\\"]", "\"a@x\\ ");
	addresses("\"mailboxes\": [], \"toAddresses\": [\"t@x\"]", "t@x ");
	addresses("\"mailboxes\": [\"nobody\"], \"toAddresses\": \"t@x\"",
	    "t@x ");
	addresses("\"deliveredTo\": {\"mailbox\": \"a@x\"}", "a@x ");
	addresses("\"mailboxes\": true", "");
}

static void
test_types(void **state)
{
	(void)state;
	assert_int_equal(one("\"timestamp\": 1703007245")->timestamp,
	    INT64_C(1703007245000));
	assert_int_equal(one("\"timestamp\": 1703007245361")->timestamp,
	    INT64_C(1703007245361));
	assert_int_equal(one("\"timestamp\": 1e300")->timestamp, 0);
	assert_int_equal(one("\"timestamp\": -5")->timestamp, 0);
	assert_int_equal(one("\"timestamp\": 0")->timestamp, 0);
	assert_int_equal(one("\"timestamp\": {}")->timestamp, 0);
	assert_string_equal(one("\"subject\": 12")->subject, "12");
	assert_string_equal(one("\"subject\": [\"a\", \"b\"]")->subject, "a");
	assert_string_equal(one("\"subject\": {\"a\": 1}")->subject, "");
	assert_string_equal(one("\"subject\": []")->subject, "");
	assert_string_equal(one("\"subject\": true")->subject, "true");
	assert_string_equal(one("\"subject\": false")->subject, "false");
	assert_string_equal(one("\"action\": \"move\"")->action, "move");
	assert_string_equal(one("\"action\": [{\"action\": \"x\"}]")->action,
	    "x");
	assert_string_equal(one("\"action\": {\"folder\": \"f\"}")->action,
	    "f");
	assert_string_equal(one("\"clientIP\": \"::1\"")->client, "::1");
	assert_string_equal(one("\"directions\": [\"mixed\"]")->direction,
	    "mixed");
	assert_true(one("\"verdict\": {\"isRetroVerdict\": \"True\"}")->retro);
	assert_true(one("\"verdict\": {\"isRetroVerdict\": 1}")->retro);
	assert_false(one("\"verdict\": {\"isRetroVerdict\": 2}")->retro);
}

/* What a sender can put into his mail must not keep a page from being read. */
static void
test_hostile_texts(void **state)
{
	(void)state;
	assert_string_equal(one("\"subject\": \"a\\u0000b\"")->subject,
	    "a\xef\xbf\xbd" "b");
	assert_string_equal(one("\"subject\": \"\\u0000\"")->subject,
	    "\xef\xbf\xbd");
	assert_string_equal(one("\"subject\": \"a\xff\x80z\"")->subject,
	    "a\xef\xbf\xbd\xef\xbf\xbdz");
	assert_string_equal(one("\"subject\": \"a\tb\"")->subject,
	    "a\xef\xbf\xbd" "b");
	assert_string_equal(one("\"subject\": \"\\ud83d\\ude00\"")->subject,
	    "\xf0\x9f\x98\x80");
	assert_string_equal(one("\"subject\": \"\\ud83d\\ud83d!\"")->subject,
	    "\xef\xbf\xbd\xef\xbf\xbd!");
	assert_string_equal(one("\"subject\": \"\\uDE00\"")->subject,
	    "\xef\xbf\xbd");
	assert_string_equal(one("\"subject\": \"\\uD7FF\"")->subject,
	    "\xed\x9f\xbf");
	assert_string_equal(one("\"subject\": \"\\\\ud83d\"")->subject,
	    "\\ud83d");
	assert_string_equal(one("\"subject\": \"\\\"\\ud83d\"")->subject,
	    "\"\xef\xbf\xbd");
	assert_string_equal(one("\"internetMessageId\": \"<a\\u0000b@x>\"")
	    ->message_id, "<a\xef\xbf\xbd" "b@x>");
}

static const struct {
	const char	*json;
	int		 count;		/* -1: an error */
} pages[] = {
	{ "{\"data\": {\"messages\": []}}", 0 },
	{ "{\"data\": {\"messages\": null}}", 0 },
	{ "{\"data\": [{\"id\": \"1\"}]}", 1 },
	{ "{\"messages\": [{\"id\": \"1\"}]}", 1 },
	{ "{\"data\": {\"messages\": [{\"id\": 1}, {\"id\": \"\"}, {}, 5, []]"
	  "}}", 1 },
	{ "{\"data\": {\"messages\": {}}}", -1 },
	{ "{\"data\": {}}", -1 },
	{ "{\"message\": \"no\"}", -1 },
	{ "[]", -1 },
	{ "null", -1 },
	{ "\"x\"", -1 },
	{ "", -1 },
	{ "<html>", -1 },
	{ "{\"data\": {\"messages\": [{\"id\": \"1\"}]}", -1 },
	{ "{\"data\": {\"messages\": []}} x", -1 },
	{ "{\"data\": {\"messages\": [\"\\", -1 },
	{ "\\u", -1 },
	{ "{\"data\": {\"messages\": [{\"id\": \"\\ud8x0\"}]}}", -1 },
	{ "{\"data\": {\"messages\": [{\"id\": \"\\ud80x\"}]}}", -1 },
};

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (read_text(pages[i].json) != pages[i].count)
			fail_msg("%s", pages[i].json);
	read_text("{\"data\": {\"messages\": [{}, {\"id\": \"2\"}]},"
	    "\"nextPageToken\": \"n==\"}");
	assert_int_equal(page.nameless, 1);
	assert_string_equal(page.next, "n==");
	read_text("{\"data\": {\"messages\": [], \"nextPageToken\": \"m\"}}");
	assert_string_equal(page.next, "m");
	read_text("{\"data\": {\"messages\": []}, \"nextPageToken\": null}");
	assert_string_equal(page.next, "");
}

/* Deep nesting, a long token, a long id: each is an error or left out. */
static void
test_sizes(void **state)
{
	own(buf) struct buf deep = BUF, token = BUF, id = BUF;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_text(&deep, "[");
	assert_int_equal(read_text(deep.data), -1);
	buf_text(&token, "{\"data\": {\"messages\": []}, \"nextPageToken\": "
	    "\"");
	buf_text(&id, "{\"data\": {\"messages\": [{\"id\": \"");
	for (int i = 0; i < 20000; i++) {
		buf_byte(&token, 'x');
		buf_byte(&id, 'x');
	}
	buf_text(&token, "\"}");
	buf_text(&id, "\"}]}}");
	assert_int_equal(read_text(token.data), -1);
	assert_int_equal(read_text(id.data), 0);
	assert_int_equal(page.nameless, 1);
}

static int
drop_page(void **state)
{
	(void)state;
	api_page_drop(&page);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, drop_page);
}
