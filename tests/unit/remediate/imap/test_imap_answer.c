/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_answer, imap_data: what answers mean, and what is none
 * NEEDS: REMEDIATION */
#include "remediate/imap/imap_data.h"

#include <string.h>

#include "tests/unit/scratch.h"

static bool
parse(const char *text, struct imap_answer *out)
{
	return imap_answer_parse(text, strlen(text), out);
}

static void
test_status(void **state)
{
	static const struct { const char *text; enum imap_status status;
	    const char *tag, *code, *rest; } cases[] = {
		{ "* OK ready\r\n", IMAP_OK, "*", "", "ready" },
		{ "A1 OK [COPYUID 1 2 3] done\r\n", IMAP_OK, "A1",
		  "COPYUID 1 2 3", "done" },
		{ "A1 no [TRYCREATE]\r\n", IMAP_NO, "A1", "TRYCREATE", "" },
		{ "A1 BAD\r\n", IMAP_BAD, "A1", "", "" },
		{ "* BYE [ALERT\r\n", IMAP_BYE, "*", "", "[ALERT" },
		{ "A1 OK [X]y\r\n", IMAP_OK, "A1", "X", "y" },
		{ "* PREAUTH a [b]\r\n", IMAP_PREAUTH, "*", "", "a [b]" },
		{ "+ idling\r\n", IMAP_DATA, "+", "", "idling" },
		{ "+\r\n", IMAP_DATA, "+", "", "" },
	};
	static const char *const none[] = { "\r\n", "*\r\n", "A1 SEARCH 1\r\n",
	    "* \r\n", " OK x\r\n", "* 12\r\n", "A1\r\n", "x", "", "* OK x", "A1 OK\n" };
	struct imap_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (!parse(cases[i].text, &answer))
			fail_msg("%s", cases[i].text);
		assert_int_equal(answer.status, cases[i].status);
		assert_true(imap_span_is(&answer.tag, cases[i].tag));
		assert_true(imap_span_is(&answer.code, cases[i].code));
		assert_true(imap_span_is(&answer.text, cases[i].rest));
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (parse(none[i], &answer))
			fail_msg("%s", none[i]);
}

/* kinds - of all tokens, as letters */
static char *
kinds(const char *text, char *out)
{
	static const char letters[] = { [IMAP_BROKEN] = '!', [IMAP_END] = '.',
	    [IMAP_ATOM] = 'a', [IMAP_QUOTED] = 'q', [IMAP_LITERAL] = 'l',
	    [IMAP_OPEN] = '(', [IMAP_CLOSE] = ')' };
	struct imap_cursor cursor = { text, text + strlen(text), 0 };
	struct imap_token token;
	char *at = out;

	do {
		*at++ = letters[imap_next(&cursor, &token)];
	} while (token.kind > IMAP_END);
	/* and so it stays */
	if (token.kind != imap_next(&cursor, &token))
		fail_msg("%s", text);
	*at = '\0';
	return out;
}

static void
test_tokens(void **state)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "", "." }, { "  ", "." }, { "a b", "aa." },
		{ "\\Seen $x a:b", "aaa." }, { "\"\" \"a\\\"b\"", "qq." },
		{ "{3}\r\nabc x", "la." }, { "~{1}\r\na", "l." },
		{ "(a (b) ())", "(a(a)())." }, { "a(b", "a(a!" },
		{ "BODY[HEADER.FIELDS (A \"B\")] x", "aa." },
		{ "BODY[HEADER]<0> x", "aa." },
		{ ")", "!" }, { "\"a", "!" }, { "\"a\\\"", "!" },
		{ "{3}\r\nab", "!" }, { "{3}ab", "!" }, { "{}\r\n", "!" },
		{ "{99999999999}\r\n", "!" }, { "{3", "!" }, { "{!}\r\n", "!" },
		{ "{3}\r", "!" }, { "\"a\\", "!" }, { "~", "a." }, { "~x", "a." },
		{ "BODY[a\rb", "a!" }, { "BODY[a\nb", "a!" },
		{ "a\rb", "a!" }, { "BODY[ x", "a." },
		{ "((((((((((((((((", "((((((((((((((((!" },
		{ "(((((((((((((((((", "((((((((((((((((!" },
	};
	char got[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (strcmp(kinds(cases[i].text, got), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].text, got);
}

static void
test_mail(void **state)
{
	static const char *const wrong[] = {
		"* 0 FETCH (UID 1)\r\n", "* FETCH (UID 1)\r\n",
		"* 1 FETCH UID 1\r\n", "* 1 FETCH (UID 0)\r\n",
		"* 1 FETCH (UID x)\r\n", "* 1 FETCH (UID 4294967296)\r\n",
		"* 1 FETCH (UID 1\r\n", "* 1 FETCH (UID 1) x\r\n",
		"* 1 FETCH (UID 1))\r\n", "* 1 FETCH (FLAGS \\Seen)\r\n",
		"* 1 FETCH (FLAGS (\"a\"))\r\n", "* 1 FETCH (FLAGS ((a)))\r\n",
		"* 1 FETCH (INTERNALDATE yesterday)\r\n",
		"* 1 FETCH (BODY[] (a))\r\n", "* 1 FETCH (BODY[] a)\r\n",
		"* 1 FETCH (BODY[] \"a\\\"\")\r\n", "* 1 FETCH (\"UID\" 1)\r\n",
		"* 1 FETCH (RFC822.SIZE -1)\r\n", "* 1 FETCH (X)\r\n",
		"* 1 FETCH (X", "* 1 FETCH (X\r\n",
		("* 1 FETCH (INTERNALDATE \" 6-Nov-2026 10:00:00 +0100 and a day "
		    "more\")\r\n"),
	};
	struct imap_answer answer;
	struct imap_mail mail;

	(void)state;
	assert_true(parse("* 7 FETCH (UID 9 X (a (b) \"c\") RFC822.SIZE 12 "
	    "FLAGS (\\Seen \\Recent $Label) BODY[HEADER]<0> {3}\r\nabc "
	    "INTERNALDATE \" 6-Nov-2026 10:00:00 +0100\" BODY[] NIL)\r\n",
	    &answer));
	assert_int_equal(answer.number, 7);
	assert_true(imap_data_mail(&answer, &mail));
	assert_int_equal(mail.uid, 9);
	assert_int_equal(mail.size, 12);
	assert_string_equal(mail.flags, "\\Seen $Label");
	assert_true(imap_span_is(&mail.header, "abc"));
	assert_null(mail.body.at);
	assert_true(mail.received == INT64_C(1793955600000));
	assert_true(parse("* 7 FETCH (BODY[] \"ab\" BODY[HEADER] \"a\")\r\n",
	    &answer));
	assert_true(imap_data_mail(&answer, &mail));
	assert_true(imap_span_is(&mail.body, "ab"));
	assert_true(imap_span_is(&mail.header, "a"));
	assert_true(parse("* 1 FETCH (INTERNALDATE \"99-Nov-2026 10:00:00 "
	    "+0000\")\r\n", &answer));
	assert_true(imap_data_mail(&answer, &mail));
	assert_true(mail.received == 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (parse(wrong[i], &answer) && imap_data_mail(&answer, &mail))
			fail_msg("%s", wrong[i]);
}

/* More flags than there is room for are no reason to lose the message. */
static void
test_flags(void **state)
{
	own(buf) struct buf text = BUF;
	struct imap_answer answer;
	struct imap_mail mail;

	(void)state;
	buf_text(&text, "* 1 FETCH (UID 5 FLAGS (\\Seen");
	for (unsigned i = 0; i < 1000; i++)
		buf_format(&text, " word%u", i);
	buf_text(&text, "))\r\n");
	assert_true(imap_answer_parse(text.data, text.len, &answer));
	assert_true(imap_data_mail(&answer, &mail));
	assert_int_equal(mail.uid, 5);
	assert_true(strlen(mail.flags) > IMAP_FLAGS - 16);
	assert_memory_equal(mail.flags, "\\Seen word0 word1 ", 17);
}

static bool
add(void *arg, uint32_t number)
{
	*(uint64_t *)arg = *(uint64_t *)arg * 10 + number;
	return number < 9;
}

static void
test_search(void **state)
{
	static const struct { const char *text; uint64_t sum; bool good; }
	cases[] = {
		{ "* SEARCH\r\n", 0, true }, { "* SEARCH \r\n", 0, true },
		{ "* SEARCH 1 2 3\r\n", 123, true },
		{ "* SEARCH 1 (MODSEQ 5)\r\n", 1, true },
		{ "* SEARCH 1 9 3\r\n", 19, true },
		{ "* SEARCH 1 x\r\n", 1, false },
		{ "* SEARCH 0\r\n", 0, false },
		{ "* SEARCH 1:5\r\n", 0, false },
		{ "* SEARCH \"1\"\r\n", 0, false },
	};
	struct imap_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t sum = 0;

		assert_true(parse(cases[i].text, &answer));
		assert_int_equal(imap_data_search(&answer, add, &sum),
		    cases[i].good);
		assert_true(sum == cases[i].sum);
	}
}

static void
test_folders(void **state)
{
	static const struct { const char *text, *name; bool selectable; }
	cases[] = {
		{ "* LIST () \"/\" INBOX\r\n", "INBOX", true },
		{ "* LIST (\\HasNoChildren) NIL \"a \\\"b\"\r\n", "a \"b", true },
		{ "* LIST (\\Noselect) \"/\" {1}\r\na\r\n", "a", false },
		{ "* LIST (\\NONEXISTENT) \"/\" a\r\n", "a", false },
		{ "* LIST (\\Marked) \"/\" a (X (y))\r\n", "a", true },
		{ "* LIST () \"/\"\r\n", NULL, false },
		{ "* LIST ()\r\n", NULL, false },
		{ "* LIST () \"/\" \"\"\r\n", NULL, false },
		{ "* LIST \"/\" a\r\n", NULL, false },
		{ "* LIST (\"x\") \"/\" a\r\n", NULL, false },
		{ "* LIST () \"/\" (a)\r\n", NULL, false },
	};
	struct imap_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct imap_folder folder = { .name = BUF };

		assert_true(parse(cases[i].text, &answer));
		assert_int_equal(imap_data_folder(&answer, &folder),
		    cases[i].name != NULL);
		if (cases[i].name != NULL) {
			assert_string_equal(folder.name.data, cases[i].name);
			assert_int_equal(folder.selectable,
			    cases[i].selectable);
		}
		buf_drop(&folder.name);
	}
}

static void
add_prefix(void *arg, const char *prefix, bool mine)
{
	buf_texts(arg, mine ? "+" : "-", prefix, ";");
}

static void
test_namespaces(void **state)
{
	static const struct { const char *text, *want; } cases[] = {
		{ "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n", "+;" },
		{ "* NAMESPACE ((\"INBOX.\" \".\")) ((\"user.\" \".\")) "
		  "((\"\" \".\"))\r\n", "+INBOX.;-user.;-;" },
		{ "* NAMESPACE ((\"\" \"/\" X (\"a\" b))) NIL "
		  "((\"#s/\" \"/\")(\"#p/\" NIL))\r\n", "+;-#s/;-#p/;" },
		{ "* NAMESPACE NIL NIL\r\n", NULL },
		{ "* NAMESPACE NIL NIL x\r\n", NULL },
		{ "* NAMESPACE (() NIL NIL\r\n", NULL },
		{ "* NAMESPACE ((\r\n", NULL },
		{ "* NAMESPACE ((\"\"\r\n", NULL },
		{ "* NAMESPACE (\"\" \"/\") NIL NIL\r\n", NULL },
		{ "* NAMESPACE (((\"\" \"/\"))) NIL NIL\r\n", NULL },
	};
	struct imap_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		own(buf) struct buf got = BUF;
		bool good;

		assert_true(parse(cases[i].text, &answer));
		good = imap_data_namespaces(&answer, add_prefix, &got);
		if (good != (cases[i].want != NULL) ||
		    (good && strcmp(got.data, cases[i].want) != 0))
			fail_msg("%s: %s", cases[i].text, got.data);
	}
}

static void
test_copied(void **state)
{
	static const struct { const char *text; uint32_t from, to; } cases[] = {
		{ "A OK [COPYUID 1 2 3] x\r\n", 2, 3 },
		{ "* OK [copyuid 4294967295 2 4294967295]\r\n", 2, 4294967295 },
		{ "A OK [APPENDUID 1 3]\r\n", 0, 3 },
		{ "A OK [COPYUID 1 2:3 4:5]\r\n", 0, 0 },
		{ "A OK [COPYUID 1 2]\r\n", 0, 0 },
		{ "A OK [COPYUID]\r\n", 0, 0 },
		{ "A OK [COPYUID 1 2 4294967296]\r\n", 0, 0 },
		{ "A OK COPYUID 1 2 3\r\n", 0, 0 },
	};
	struct imap_answer answer;
	struct imap_copied copied;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(parse(cases[i].text, &answer));
		copied = (struct imap_copied){ 0 };
		assert_int_equal(imap_data_copied(&answer, &copied),
		    cases[i].to != 0);
		assert_true(copied.from == cases[i].from);
		assert_true(copied.to == cases[i].to);
	}
}

static void
test_dates(void **state)
{
	static const char *const wrong[] = { "", "6-Nov-2026 10:00:00 +0000",
	    "06-Nov-2026 10:00:00 0000", "06-Nov-2026T10:00:00 +0000",
	    "06-ovD-2026 10:00:00 +0000", "06-Nov-2026 24:00:00 +0000",
	    "06-Nov-1969 10:00:00 +0000", "06-Nov-2026 10:00:00 +0060",
	    "06-Nov-2026 10:00:00 +2400", "06-Nov-2026 10:00:61 +0000",
	    "06-Nov-2026 10:60:00 +0000", "06-Nov-2026 10:00:00 *0000",
	    "06-Nov-2026 10.00:00 +0000", "06-Nov-2026 10:00.00 +0000",
	    "06-Nov-2026 10:00:00.+0000", "06.Nov-2026 10:00:00 +0000",
	    "06-Nov.2026 10:00:00 +0000", "32-Nov-2026 10:00:00 +0000",
	    "06-Nov-20x6 10:00:00 +0000", "06-Xyz-2026 10:00:00 +0000" };
	char day[IMAP_DATE];
	int64_t ms;

	(void)state;
	assert_true(imap_date_parse("01-Jan-1970 00:00:00 +0000", &ms));
	assert_true(ms == 0);
	assert_true(imap_date_parse("29-feb-2024 23:59:60 -0930", &ms));
	assert_true(ms == INT64_C(1709285400000));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (imap_date_parse(wrong[i], &ms))
			fail_msg("%s", wrong[i]);
	assert_string_equal(imap_date_day(INT64_C(1709251140000), day),
	    "29-Feb-2024");
	assert_string_equal(imap_date_day(0, day), "1-Jan-1970");
}

/* A backslash that quotes nothing is one. */
static void
test_text(void **state)
{
	const struct imap_token token = { IMAP_QUOTED, "a\\\"b\\", 5 };
	own(buf) struct buf text = BUF;

	(void)state;
	imap_text(&token, &text);
	assert_string_equal(text.data, "a\"b\\");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_namespaces),
		cmocka_unit_test(test_copied),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
