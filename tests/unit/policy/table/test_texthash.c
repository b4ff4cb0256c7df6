/* SPDX-License-Identifier: BSD-2-Clause */
/* texthash, lines, list: the texts that tables are written in */
#include "policy/table/texthash.h"

#include <string.h>

#include "policy/table/list.h"
#include "tests/unit/scratch.h"

/* want: "line:key=value" for each pair, parted by "|"; an error at the end
 * is "line!" and a part of its text. */
static const struct {
	const char	*text, *want;
} texts[] = {
	{ "", "" },
	{ "\n \n\t\n#x\n  # y\n", "" },
	{ "a b", "1:a=b" },
	{ "a b\n", "1:a=b" },
	{ "a b\r\nc d\r\n", "1:a=b|2:c=d" },
	{ "a \t b  c \t\n", "1:a=b  c" },
	{ "a b\n c\n\td\ne f\n", "1:a=b c\td|4:e=f" },
	{ "a\n b\n", "1:a=b" },
	{ "a b\n\n\n c\n", "1:a=b c" },
	{ "a b\n#no\n c\n# no\nd e", "1:a=b c|5:d=e" },
	{ "a b\n #no\n c\n", "1:a=b c" },
	{ "# a\n\na b #c\n", "3:a=b #c" },
	{ "\"a b\"@x c", "1:\"a b\"@x=c" },
	{ "\"a\\\" b\"@x c", "1:\"a\\\" b\"@x=c" },
	{ "a\\ b c", "1:a\\ b=c" },
	{ "a\"b\"c d", "1:a\"b\"c=d" },
	{ "\303\244@x b\n", "1:\303\244@x=b" },
	{ "a b\n# c", "1:a=b" },
	{ "a b\nc\n", "1:a=b|2!has no value" },
	{ "a b\n\nc  \n d\n e\nf", "1:a=b|3:c=d e|6!has no value" },
	{ "\"a b\nc d\n", "1!no closing quotation mark" },
	{ "  a b\nc d\n", "1!continuation of no line" },
	{ "#\n\n  a b\n", "3!continuation of no line" },
	{ "a\\", "1!has no value" },
};

static void
check_text(const char *text, size_t n, const char *want)
{
	own(buf) struct buf got = BUF;
	struct lines lines;
	struct source_pair pair;
	struct err err;
	int result;

	lines_init(&lines, text, n);
	while ((result = texthash_next(&lines, &pair, &err)) == 1) {
		assert_int_equal(pair.line, lines.first);
		buf_format(&got, "%s%u:%.*s=%.*s", got.len > 0 ? "|" : "",
		    pair.line, (int)pair.key_length, pair.key,
		    (int)pair.value_length, pair.value);
	}
	if (result == -1) {
		const char *sign = strrchr(want, '!');

		buf_format(&got, "%s%u!", got.len > 0 ? "|" : "", lines.first);
		if (sign != NULL && strstr(err.text, sign + 1) != NULL)
			buf_text(&got, sign + 1);
	}
	lines_drop(&lines);
	if (strcmp(got.data, want) != 0)
		fail_msg("'%s':\n got %s\nwant %s", text, got.data, want);
}

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_text(texts[i].text, strlen(texts[i].text),
		    texts[i].want);
	check_text("a b\nc\0 d\n", 9, "1:a=b|2!a NUL byte");
	check_text("#\0\na b\n", 7, "2:a=b");
}

/* want: words parted by "|", "!" at the end for an error */
static const struct {
	const char	*text, *want;
} lists[] = {
	{ "", "" },
	{ " ,, \t\n,", "" },
	{ "a", "a" },
	{ "check_x hash:/a, check_y hash:/b", "check_x|hash:/a|check_y|hash:/b" },
	{ "a,b c\td\ne", "a|b|c|d|e" },
	{ "a,,b", "a|b" },
	{ "x:{a, b} c", "x:{a, b}|c" },
	{ "x:{ {a = b, c}, d } e", "x:{ {a = b, c}, d }|e" },
	{ "x:{a}b,c", "x:{a}b|c" },
	{ "a} b", "a}|b" },
	{ "{", "!" },
	{ "a x:{b, c", "a|!" },
	{ "x:{{a}", "!" },
};

static void
test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const char *at = lists[i].text;
		own(buf) struct buf got = BUF;
		struct list_span word;
		struct err err;
		int result;

		while ((result = list_next(&at, &word, &err)) == 1)
			buf_format(&got, "%s%.*s", got.len > 0 ? "|" : "",
			    (int)word.length, word.text);
		if (result == -1)
			buf_text(&got, got.len > 0 ? "|!" : "!");
		assert_string_equal(got.data, lists[i].want);
	}
}

static void
test_unbrace(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "{a}", "a" }, { "{ a b }", "a b" }, { "{}", "" },
		{ "{ }", "" }, { "{{a}}", "{a}" }, { "{a{b}c}", "a{b}c" },
		{ "", NULL }, { "a", NULL }, { "a{b}", NULL }, { "{", NULL },
		{ "{a", NULL }, { "{a}b", NULL }, { "{a}{b}", NULL },
		{ "}", NULL }, { "{{a}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct list_span in = { rows[i].text, strlen(rows[i].text) }, out;
		struct err err;
		int result = list_unbrace(in, &out, &err);

		if (rows[i].want == NULL) {
			assert_int_equal(result, -1);
			continue;
		}
		assert_int_equal(result, 0);
		assert_int_equal(out.length, strlen(rows[i].want));
		assert_memory_equal(out.text, rows[i].want, out.length);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_unbrace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
