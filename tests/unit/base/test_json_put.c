/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects of JSON: separators, types, and texts of any bytes */
#include "base/json_put.h"

#include <string.h>

#include "base/json_text.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

static void
test_object(void **state)
{
	own(buf) struct buf out = BUF;

	(void)state;
	json_put_begin(&out);
	json_put_number(&out, "n", UINT64_MAX);
	json_put_key(&out, "list");
	json_put_array(&out);
	json_put_item(&out, "");
	json_put_item(&out, "b");
	json_put_array_end(&out);
	json_put_key(&out, "none");
	json_put_array(&out);
	json_put_array_end(&out);
	json_put_key(&out, "objects");
	json_put_array(&out);
	json_put_begin(&out);
	json_put_end(&out);
	json_put_begin(&out);
	json_put_bool(&out, "yes", true);
	json_put_null(&out, "null");
	json_put_end(&out);
	json_put_array_end(&out);
	json_put_time(&out, "time", 1795680000007);
	json_put_text(&out, "text", NULL);
	json_put_end(&out);
	assert_string_equal(out.data, "{\"n\":18446744073709551615,"
	    "\"list\":[\"\",\"b\"],\"none\":[],"
	    "\"objects\":[{},{\"yes\":true,\"null\":null}],"
	    "\"time\":1795680000.007,\"text\":null}");
}

static void
test_texts(void **state)
{
	static const struct {
		const char	*text;
		const char	*kept;		/* json_put_text() */
		const char	*shown;		/* json_put_shown(); NULL: same */
	} rows[] = {
		{ "", "", NULL },
		{ "a\"/", "a\\\"/", NULL },
		{ "\\x41", "\\\\\\\\x41", "\\\\x41" },
		{ "\x1b[2J\r\n", "\\u001B[2J\\r\\n", NULL },
		{ "\x7f", "\\u007F", NULL },
		{ "\xc2\x80\xc2\x9f\xc2\xa0", "\\u0080\\u009F\xc2\xa0", NULL },
		{ "\x9b", "\\\\x9b", NULL },
		{ "\xc3\xa9\xff", "\xc3\xa9\\\\xff", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(str) char *wanted = mem_format("\"a\":\"%s\",\"b\":\"%s\"",
		    rows[i].kept, rows[i].shown != NULL ? rows[i].shown :
		    rows[i].kept);
		own(buf) struct buf out = BUF;

		json_put_text(&out, "a", rows[i].text);
		json_put_shown(&out, "b", rows[i].text);
		assert_string_equal(out.data, wanted);
	}
}

static void
test_bytes(void **state)
{
	own(buf) struct buf out = BUF;

	(void)state;
	json_put_bytes(&out, "k", "a\0\xc3", 3);
	assert_string_equal(out.data, "\"k\":\"a\\\\x00\\\\xc3\"");
}

static void
test_undo(void **state)
{
	static const char *const bad[] = { "\\", "a\\x", "\\x8", "\\x41",
	    "\\xG0", "\\y80" };
	own(buf) struct buf out = BUF;

	(void)state;
	assert_true(json_text_undo("a\\\\\\xff\xc3\xa9", 9, &out));
	assert_string_equal(out.data, "a\\\xff\xc3\xa9");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(json_text_undo(bad[i], strlen(bad[i]), &out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_undo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
