/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_json: what is no verdict of a gateway; test_cluster has one that is */
/* NEEDS: REMEDIATION */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "remediate/lease/verdict_json.h"

static const struct api_message message = { .id = "id1", .message_id = "",
    .word = "phishing", .direction = "", .sender = "a@x", .return_path = "",
    .subject = "", .action = "", .client = "", .header = "" };

static void
odd_ones(void **state)
{
	static const char *const bad[] = { "[]", "7", "{}", "{\"id\":\"\"}",
		"{\"id\":7}", "{\"id\":\"a\",\"id\":\"b\"}",
		"{\"id\":\"a\",\"mailboxes\":{}}",
		"{\"id\":\"a\",\"mailboxes\":[7]}",
		"{\"id\":\"a\",\"timestamp\":\"7\"}",
		"{\"id\":\"a\",\"retro\":1}", "{\"id\":\"a\",\"sender\":[]}",
		"{\"id\":\"a\\u0000b\"}" };
	struct api_message out;
	struct arena arena = { 0 };
	own(buf) struct buf text = BUF;
	struct api_message odd = message;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (verdict_json_read(bad[i], strlen(bad[i]), &arena, &out,
		    &err) == 0)
			fail_msg("%s", bad[i]);
	assert_int_equal(verdict_json_read("{\"id\":\"a\",\"later\":[]}", 21,
	    &arena, &out, &err), 0);
	assert_int_equal(out.verdict, API_UNKNOWN);
	assert_int_equal(out.mailbox_count, 0);
	assert_string_equal(out.subject, "");
	arena_drop(&arena);
	odd.mailboxes = (const char *const[]){ "u@y", "\xff@y" };
	odd.mailbox_count = 2;
	assert_int_equal(verdict_json_write(&odd, &text, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_string_equal(err.text, "a text of message 'id1' is not UTF-8");
	odd = message;
	odd.subject = "\xff";
	assert_int_equal(verdict_json_write(&odd, &text, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	assert_int_equal(text.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
