/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mail store finds is compared octet for octet
 *
 * NEEDS: REMEDIATION
 */
#include "remediate/mailbox/sought.h"

#include <string.h>

#include "tests/unit/scratch.h"

static const struct {
	struct sought	 sought;
	const char	*header;
	bool		 has;
} rows[] = {
	{ { "<1@x>", NULL, 0 }, "Message-ID: <1@x>\r\n\r\n", true },
	{ { "<1@x>", NULL, 0 }, "MESSAGE-ID:\r\n\t<1@x> \r\n", true },
	{ { "<1@x>", NULL, 0 }, "Message-ID: <0@x>\nMessage-ID: <1@x>\n", true },
	{ { "<1@x>", NULL, 0 }, "Message-ID: <1@X>\n", false },
	{ { "<1@x>", NULL, 0 }, "Message-ID: x<1@x>\n", false },
	{ { "<1@x>", NULL, 0 }, "Message-ID: <1@x> x\n", false },
	{ { "<1@x>", NULL, 0 }, "In-Reply-To: <1@x>\n", false },
	{ { "<1@x>", NULL, 0 }, "A: b\n\nMessage-ID: <1@x>\n", false },
	{ { NULL, "4Q1", 0 }, "Received: by a\n\tid 4Q1; now\n", true },
	{ { NULL, "4Q1", 0 }, "Received: 4Q1", true },
	{ { NULL, "4Q1", 0 }, "Received: 4Q14Q1 (4Q1)\n", true },
	{ { NULL, "4Q1", 0 }, "Received: id 4Q10\nReceived: x4Q1\n", false },
	{ { NULL, "4Q1", 0 }, "Received: id 4q1\n", false },
	{ { NULL, "4Q1", 0 }, "X-Received: id 4Q1\n", false },
	{ { NULL, "4Q1", 0 }, "", false },
};

static void
test_has(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (sought_has(&rows[i].sought, rows[i].header,
		    strlen(rows[i].header)) != rows[i].has)
			fail_msg("row %zu: %s", i, rows[i].header);
}

static void
test_check(void **state)
{
	static const char *const bad[] = { NULL, "", "4Q 1", "*", "4Q1\r\n",
		"\"", "4Q1)", "\xc3\xa4" };
	char longest[102];
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(sought_check(&(struct sought){
		    .queue_id = bad[i] }, &err), -1);
	assert_int_equal(err.kind, ERR_NEVER);
	memset(longest, '4', sizeof(longest));
	longest[101] = '\0';
	assert_int_equal(sought_check(&(struct sought){
	    .queue_id = longest }, &err), -1);
	longest[100] = '\0';
	assert_int_equal(sought_check(&(struct sought){
	    .queue_id = longest }, &err), 0);
	assert_int_equal(sought_check(&(struct sought){
	    .message_id = "<1@x>" }, &err), 0);
}

/* Nothing around a word is a letter or a digit; a NUL is none, either. */
static void
test_word(void **state)
{
	static const char text[] = "a4Q1\0" "4Q1\0b";

	(void)state;
	assert_true(sought_word(text, sizeof(text) - 1, "4Q1"));
	assert_false(sought_word(text, 5, "4Q1"));
	assert_false(sought_word(text, sizeof(text) - 1, "4Q"));
	assert_false(sought_word(text, sizeof(text) - 1, ""));
	assert_false(sought_word("", 0, "4Q1"));
	assert_true(sought_word("x4Q1 4Q1", 8, "4Q1"));
	assert_false(sought_word("x4Q1 4Q", 7, "4Q1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_has), cmocka_unit_test(test_check),
		cmocka_unit_test(test_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
