/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: PCRE */
/* pattern: the rows of pcre, regexp and cidr tables */
#include "policy/pattern/pattern.h"

#include <string.h>

#include "policy/pattern/expand.h"
#include "policy/table/lines.h"
#include "tests/unit/scratch.h"

#define BOTH &pattern_pcre, &pattern_regexp

/* want: the result for each key, parted by "|"; "-" is none. */
static const struct {
	const struct pattern_type *types[2];
	const char	*text, *keys, *want;
} tables[] = {
	{ { BOTH }, "/a/ 1\n/b/ 2\n", "a|b|ab|c|A", "1|2|1|-|1" },
	{ { BOTH }, "!/a/ 1\n! !/b/ 2\n", "a|b|ab", "-|1|2" },
	{ { BOTH }, "/a/i 1\n", "a|A", "1|-" },
	{ { BOTH }, "|a\\|b| 1\n=x= 2\n", "a|x", "-|2" },
	{ { BOTH }, "/^(.)(.*)@/ ${2}$(1)-$1 $$1\n", "ab@x|a@x",
	  "ba-a $1|a-a $1" },
	{ { BOTH }, "/^a(b)?(c)?$/ <$1$2>\n", "a|ab|ac|abc", "<>|<b>|<c>|<bc>" },
	{ { BOTH }, "if /a/\nIF !/b/\n/./ a\nendif\n/./ ab\nENDIF\n/./ no",
	  "a|ab|b", "a|ab|no" },
	{ { BOTH }, "if /a/\nif /b/\nendif\n/c/ 1\nendif\n/c/ 2\n",
	  "c|ac|abc|a", "2|1|1|-" },
	{ { BOTH }, "/a/\n  1\n# no\n\t2\n", "a", "1\t2" },
	{ { BOTH }, "/a$/m 1\n", "a\nb|ba", "1|1" },
	{ { &pattern_regexp }, "/a(b/x 1\n", "a(b|ab", "1|-" },
	{ { &pattern_pcre }, "/a b # c/x 1\n", "ab|a b", "1|-" },
	{ { &pattern_pcre }, "/b/A 1\n", "ab|ba", "-|1" },
	{ { &pattern_pcre }, "/^(a+)/U $1\n", "aaa", "a" },
	{ { &pattern_pcre }, "/a$/E 1\n", "a\n|a", "-|1" },
	{ { &pattern_pcre }, "/a.b/s 1\n", "a\nb|axb", "-|1" },
	{ { &pattern_pcre }, "/(?<!a)b/ 1\n", "ab|b", "-|1" },
	{ { &pattern_cidr }, "10.0.0.0/8 a\n10.1.2.3 b\n[2001:db8::]/32 c\n"
	  "[2001:db8::1] d\n::/0 $1\n0.0.0.0/0 f\n",
	  "10.1.2.3|11.0.0.1|2001:db8:1::|::1|x|10.1.2|", "a|f|c|$1|-|-|-" },
	{ { &pattern_cidr }, "!10.0.0.0/8 a\n10.0.0.0/9 b\n",
	  "11.1.1.1|10.1.1.1|10.200.1.1|::1", "a|b|-|-" },
	{ { &pattern_cidr }, "if 10.0.0.0/8\n10.1.1.1 a\nendif\n"
	  "if !::1\n::/0 b\nendif\n::1 c\n10.1.0.0/16 d\n",
	  "10.1.1.1|10.1.1.2|::1|::2", "a|d|c|b" },
	{ { &pattern_cidr }, "[10.0.0.0/8] a\n", "10.1.1.1", "a" },
};

/* The number of the bad line (0: the end), and a part of what is said. */
static const struct {
	const struct pattern_type *types[2];
	const char	*text;
	unsigned	 line;
	const char	*why;
} bad[] = {
	{ { BOTH }, "/a/ 1\n/b 2\n", 2, "no closing '/'" },
	{ { BOTH }, "/b\\", 1, "no closing '/'" },
	{ { BOTH }, "a@b NO\n", 1, "neither a pattern" },
	{ { BOTH }, "/(/ 1\n", 1, "pattern" },
	{ { BOTH }, "/a/q 1\n", 1, "unknown flag 'q'" },
	{ { BOTH }, "/a/ $1\n", 1, "the pattern has 0 groups" },
	{ { BOTH }, "/(a)/ $2\n", 1, "the pattern has 1 group" },
	{ { BOTH }, "!/(a)/ $1\n", 1, "negated pattern has no groups" },
	{ { BOTH }, "/(a)/ $1x\n", 1, "not '1x'" },
	{ { BOTH }, "/(a)/ ${1\n", 1, "no closing brace" },
	{ { BOTH }, "/(a)/ $\n", 1, "want $1" },
	{ { BOTH }, "/(a)/ $0\n", 1, "want $1" },
	{ { BOTH }, "!\n", 1, "no pattern" },
	{ { BOTH }, "if\n", 1, "no pattern" },
	{ { BOTH }, "if /a/\n /b/ x\nendif\n", 1, "text after IF" },
	{ { BOTH }, "if /a/\nendif x\n", 2, "text after ENDIF" },
	{ { BOTH }, "/a/ 1\nendif\n", 2, "ENDIF without" },
	{ { BOTH }, "if /a/\nif /b/\nendif\n", 0, "the IF on line 1" },
	{ { &pattern_cidr }, "10.0.0.0/33 a\n", 1, "not a prefix length" },
	{ { &pattern_cidr }, "10.0.0.0/ a\n", 1, "not a prefix length" },
	{ { &pattern_cidr }, "10.0.0.0/99999999999 a\n", 1, "not a prefix length" },
	{ { &pattern_cidr }, "10.0.0/8 a\n", 1, "not an address" },
	{ { &pattern_cidr }, "host.example a\n", 1, "not an address" },
	{ { &pattern_cidr }, "10.1.2.3/8 a\n", 1, "the network is 10.0.0.0/8" },
	{ { &pattern_cidr }, "[::1 a\n", 1, "no ']'" },
	{ { &pattern_cidr }, "[::1]x a\n", 1, "text after ']'" },
	{ { &pattern_cidr }, "10.0.0.0/8\n", 1, "no value" },
};

/* fill - the patterns of a text; *out_line: the bad one */
static int
fill(struct patterns *patterns, const char *text, unsigned *out_line,
    struct err *err)
{
	struct pattern_row row;
	struct lines lines;
	int got;

	lines_init(&lines, text, strlen(text));
	while ((got = lines_next(&lines, err)) == 1)
		if (patterns_add(patterns, lines.text.data, lines.first, &row,
		    err) == -1) {
			got = -1;
			break;
		}
	*out_line = got == -1 ? lines.first : 0;
	lines_drop(&lines);
	return got == 0 ? patterns_end(patterns, err) : -1;
}

static char *
ask(const struct patterns *patterns, const char *keys)
{
	struct buf out = BUF;

	for (;;) {
		own(buf) struct buf taken = BUF;
		char *key = mem_bytes(keys, strcspn(keys, "|"));
		struct pattern_row row;
		unsigned highest;
		struct err err;
		size_t number;

		if (patterns_find(patterns, key, &number, &taken, &err) != 1) {
			buf_text(&out, "-");
		} else {
			patterns_row(patterns, number, &row);
			if (!row.made)
				buf_text(&out, row.result);
			else
				assert_int_equal(expand(row.result,
				    expand_taken, &taken, &out, &highest,
				    &err), 0);
		}
		keys += strlen(key);
		free(key);
		if (*keys++ == '\0')
			return buf_give(&out);
		buf_text(&out, "|");
	}
}

static void
test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(tables) / sizeof(*tables); i++) {
		const struct pattern_type *type =
		    tables[i / 2].types[i % 2];
		struct patterns *patterns;
		struct err err;
		unsigned line;
		char *got;

		if (type == NULL)
			continue;
		patterns = patterns_new(type);
		if (fill(patterns, tables[i / 2].text, &line, &err) == -1)
			fail_msg("%s: %s", tables[i / 2].text, err.text);
		got = ask(patterns, tables[i / 2].keys);
		assert_string_equal(got, tables[i / 2].want);
		free(got);
		patterns_free(patterns);
	}
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(bad) / sizeof(*bad); i++) {
		const struct pattern_type *type = bad[i / 2].types[i % 2];
		struct patterns *patterns;
		struct err err;
		unsigned line;

		if (type == NULL)
			continue;
		patterns = patterns_new(type);
		if (fill(patterns, bad[i / 2].text, &line, &err) != -1)
			fail_msg("took %s", bad[i / 2].text);
		if (strstr(err.text, bad[i / 2].why) == NULL)
			fail_msg("%s: %s", bad[i / 2].text, err.text);
		assert_int_equal(line, bad[i / 2].line);
		patterns_free(patterns);
	}
}

/* An expression that runs into the limits of its library says so: it is not
 * as if it did not match. */
static void
test_limit(void **state)
{
	struct patterns *patterns = patterns_new(&pattern_pcre);
	own(buf) struct buf taken = BUF;
	own(buf) struct buf key = BUF;
	struct pattern_row row;
	struct err err;
	size_t number;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		buf_text(&key, "aaaaaaaaaa");
	assert_int_equal(patterns_add(patterns, "/^(a+)+[bc]/ x", 7,
	    &row, &err), 1);
	assert_int_equal(patterns_find(patterns, key.data, &number, &taken,
	    &err), -1);
	assert_non_null(strstr(err.text, "line 7"));
	patterns_free(patterns);
}

static void
test_dead(void **state)
{
	static const struct {
		const struct pattern_type *type;
		const char	*text;
		unsigned	 by;	/* the last row's, 0: none */
	} rows[] = {
		{ &pattern_pcre, "/a/ 1\n/b/ 2\n/a/ 3\n", 1 },
		{ &pattern_pcre, "/a/ 1\n/a/i 3\n", 0 },
		{ &pattern_pcre, "/x/ 1\n/^/ 2\n/a/ 3\n", 2 },
		{ &pattern_regexp, "if /x/\n/^/ 2\nendif\n/a/ 3\n", 0 },
		{ &pattern_regexp, "/.*/ 2\nif /x/\n/a/ 3\nendif", 1 },
		{ &pattern_cidr, "0.0.0.0/0 1\n10.0.0.0/8 2\n", 1 },
		{ &pattern_cidr, "0.0.0.0/0 1\n::/0 2\n", 0 },
		{ &pattern_cidr, "10.0.0.0/8 1\n10.1.0.0/16 2\n", 1 },
		{ &pattern_cidr, "10.1.0.0/16 1\n10.0.0.0/8 2\n", 0 },
		{ &pattern_cidr, "10.0.0.0/8 1\n11.1.0.0/16 2\n", 0 },
		{ &pattern_cidr, "2001:db8::/32 1\n2001:db8::1 2\n", 1 },
		{ &pattern_cidr, "!10.0.0.0/8 1\n10.1.0.0/16 2\n", 0 },
		{ &pattern_cidr, "10.0.0.0/8 1\n!10.1.0.0/16 2\n", 0 },
		{ &pattern_cidr, "::1 1\n::2 1\n::1 2\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct patterns *patterns = patterns_new(rows[i].type);
		struct pattern_row row;
		size_t last = 0;
		struct err err;
		unsigned line;

		assert_int_equal(fill(patterns, rows[i].text, &line, &err), 0);
		for (const char *at = rows[i].text; *at != '\0'; at++)
			last += *at == '\n' && at[1] != 'i' && at[1] != 'e' &&
			    at[1] != '\0';
		last -= strncmp(rows[i].text, "if", 2) == 0;
		patterns_row(patterns, last, &row);
		line = 0;
		if (!patterns_dead(patterns, last, &line))
			line = 0;
		assert_int_equal(line, rows[i].by);
		patterns_free(patterns);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_dead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
