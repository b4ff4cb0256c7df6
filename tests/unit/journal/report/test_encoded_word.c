/* SPDX-License-Identifier: BSD-2-Clause */
/* What subjects say */
#include "journal/report/encoded_word.h"

#include <string.h>

#include "base/own.h"
#include "base/utf8.h"
#include "tests/unit/scratch.h"

static const struct {
	const char	*text, *decoded;	/* NULL: as it is */
} rows[] = {
	{ "", NULL },
	{ "plain", NULL },
	{ "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr\xc3\xbc\xc3\x9f" "e" },
	{ "=?UTF-8?q?a_b=5F?=", "a b_" },
	{ "=?utf-8?B?w6TDtsO8?=", "\xc3\xa4\xc3\xb6\xc3\xbc" },
	{ "=?utf-8?b?YQ==?=", "a" },
	{ "=?utf-8?b?YQ?=", "a" },
	{ "=?utf-8?b?YWI?=", "ab" },
	{ "=?utf-8*de?Q?a?=", "a" },
	{ "=?utf-8?Q?" "?=", "" },
	{ "=?us-ascii?Q?a?=", "a" },
	{ "=?iso-8859-1?Q?=FC?=", "\xc3\xbc" },
	{ "=?ISO-8859-15?Q?=A4?=", "\xe2\x82\xac" },
	{ "=?windows-1252?Q?=80?=", "\xe2\x82\xac" },
	{ "=?koi8-r?B?8NLJ18XU?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5"
	    "\xd1\x82" },
	{ "=?iso-2022-jp?B?GyRCJCIbKEI=?=", "\xe3\x81\x82" },
	{ "=?shift_jis?B?gqA=?=", "\xe3\x81\x82" },
	{ "=?gb2312?B?xOM=?=", "\xe4\xbd\xa0" },
	{ "=?big5?B?p0E=?=", "\xe4\xbd\xa0" },
	{ "=?ks_c_5601-1987?B?sKE=?=", "\xea\xb0\x80" },
	/* words and what is between them */
	{ "a =?utf-8?Q?b?= c", "a b c" },
	{ "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab" },
	{ "=?utf-8?Q?a?= \t =?iso-8859-1?Q?=FC?=", "a\xc3\xbc" },
	{ "=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b" },
	{ "(=?utf-8?Q?a?=)", "(a)" },
	{ "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab" },
	/* a character in two words */
	{ "=?utf-8?Q?=C3?= =?utf-8?B?vA==?=", "\xc3\xbc" },
	{ "=?gb2312?B?xA==?= =?GB2312?B?4w==?=", "\xe4\xbd\xa0" },
	/* what cannot be decoded, and its neighbours */
	{ "=?x-none?Q?a?=", NULL },
	{ "=??Q?a?=", NULL },
	{ "=?utf-8?X?a?=", NULL },
	{ "=?utf-8?Q?a", NULL },
	{ "=?utf-8?Q?a?", NULL },
	{ "=?utf-8?Q?=FF?=", NULL },
	{ "=?utf-8?Q?=4?=", NULL },
	{ "=?utf-8?Q?=XY?=", NULL },
	{ "=?utf-8?B?a?=", NULL },
	{ "=?utf-8?B?a*bc?=", NULL },
	{ "=?us-ascii?Q?=FC?=", NULL },
	{ "=?windows-1252?Q?=81?=", NULL },
	{ "=?iso-2022-cn-ext?B?YQ==?=", NULL },
	{ "=?utf-7?Q?+AGE-?=", NULL },
	{ "=?utf-8?Q?a?= =?utf-8?Q?=FF?= =?utf-8?Q?b?=",
	    "a =?utf-8?Q?=FF?= b" },
	{ "=?utf-8?Q?=FF?= =?utf-8?Q?a?=", "=?utf-8?Q?=FF?= a" },
	{ "=?utf-8?Q?a?= =?x-none?Q?b?=", "a =?x-none?Q?b?=" },
	{ "= =? =?? =?= ==", NULL },
	/* what readers would take for a line's end is for the caller */
	{ "=?utf-8?Q?a=0D=0Ab?=", "a\r\nb" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(buf) struct buf out = BUF;
		const char *want = rows[i].decoded != NULL ? rows[i].decoded :
		    rows[i].text;

		buf_text(&out, "Subject: ");
		encoded_word_decode(rows[i].text, strlen(rows[i].text), &out);
		if (strcmp(out.data + strlen("Subject: "), want) != 0)
			fail_msg("%s: '%s', wanted '%s'", rows[i].text,
			    out.data + strlen("Subject: "), want);
	}
}

/* Every charset of the list is there, and gives UTF-8. */
static void
test_charsets(void **state)
{
	static const char *const some[] = { "iso-8859-2", "iso-8859-16",
		"windows-1258", "koi8-u", "macintosh", "gb18030",
		"big5-hkscs", "euc-jp", "windows-31j", "euc-kr",
		"iso-2022-kr", "tis-620", "windows-874", "iso-8859-8-i" };

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++) {
		own(buf) struct buf out = BUF;

		assert_int_equal(encoded_word_convert(some[i], "abc", 3,
		    &out), 0);
		assert_string_equal(out.data, "abc");
	}
	for (int byte = 128; byte < 256; byte++) {
		own(buf) struct buf out = BUF;
		char text = (char)byte;

		assert_int_equal(encoded_word_convert("iso-8859-1", &text, 1,
		    &out), 0);
		assert_true(utf8_is(out.data, out.len));
		assert_int_equal(out.len, 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_charsets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
