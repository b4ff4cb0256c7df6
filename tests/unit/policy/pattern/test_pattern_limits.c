/* SPDX-License-Identifier: BSD-2-Clause */
/* NEEDS: PCRE */
/* pattern: rows that would take all memory or time */
#include "policy/pattern/pattern.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/own.h"
#include "base/sanitized.h"
#include "tests/unit/scratch.h"

/* What regcomp() makes gigabytes of, or takes for ever to match. */
static const struct {
	const char	*row, *why;
} hostile_rows[] = {
	{ "/(a{1,255}){1,255}{1,255}/ x", "too large" },
	{ "/((a?){240})+$/ x", "too large" },
	{ "/((^|a)(a?){120})+b/ x", "too large" },
	{ "/((\\<|\\b|\\>|\\B|$|^)(a*){40}){4}b/ x", "too large" },
	{ "/(\\ba?\\b){20}/ x", "too large" },
	{ "/a+(|b){3000}/ x", "too large" },
	{ "/(a{9999}){9999}/ x", "too large" },
	{ "/(a*)*\\1\\1\\1b/ x", "back" },
	{ "/((a)|(b))*\\2c/ x", "back" },
	{ "/\\(a*\\)\\1/x x", "back" },
	{ "/\\(a\\{1,255\\}\\)\\{1,255\\}/x x", "too large" },
	{ "/\\(a\\?\\)\\{240\\}b\\+\\(c\\?\\)\\{240\\}/x x", "too large" },
	{ "/(a{2,}){400}/ x", "too large" },
	{ "/[[:alpha:]]{5001}/ x", "too large" },
	{ "/\\(^\\|a$\\|b\\)\\{9\\}/x x", "too large" },
};

/* many - text that is text repeated so often; new */
static char *
many(const char *before, const char *text, int times, const char *after)
{
	struct buf out = BUF;

	buf_text(&out, before);
	for (int i = 0; i < times; i++)
		buf_text(&out, text);
	buf_text(&out, after);
	return buf_give(&out);
}

/* hostile - a row is refused, before it takes memory or time */
static void
hostile(const struct pattern_type *type, char *row, const char *why)
{
	struct patterns *patterns = patterns_new(type);
	struct pattern_row out;
	struct err err;

	if (patterns_add(patterns, row, 1, &out, &err) != -1)
		fail_msg("took %s", row);
	if (strstr(err.text, why) == NULL)
		fail_msg("%s: %s", row, err.text);
	patterns_free(patterns);
	free(row);
}

/* What would take gigabytes or minutes is not compiled at all; the limit of
 * memory is for the case that it is. */
static void
test_hostile(void **state)
{
	const struct rlimit some = { 2000 << 20, RLIM_INFINITY };
	struct rlimit before;
	char *deep = many("/", "(", 30, "a");

	(void)state;
	getrlimit(RLIMIT_AS, &before);
	/* which takes all addresses there are */
	if (before.rlim_cur == RLIM_INFINITY && !SANITIZED)
		setrlimit(RLIMIT_AS, &some);
	hostile(&pattern_regexp, many(deep, "+)", 30, "/ x"), "too large");
	free(deep);
	for (int i = 0; i < (int)(sizeof(hostile_rows) /
	    sizeof(*hostile_rows)); i++)
		hostile(&pattern_regexp, mem_text(hostile_rows[i].row),
		    hostile_rows[i].why);
	hostile(&pattern_regexp, many("/", "(^|a|$)", 41, "b/ x"),
	    "too large");
	hostile(&pattern_regexp, many("/", "(", 2000, "/ x"), "inside each");
	/* no repetition, and 350 MB all the same */
	hostile(&pattern_regexp, many("/(", "a|", 4998, "a)/ x"), "too large");
	hostile(&pattern_regexp, many("/", "a|", 4998, "a/ x"), "too large");
	hostile(&pattern_regexp, many("/", "a?", 400, "/ x"), "too large");
	hostile(&pattern_pcre, mem_text("/((a{1,255}b){1,255}c){1,255}/ x"),
	    "large");
	hostile(&pattern_pcre, many("/", "a", 40000, "/ x"), "longer");
	setrlimit(RLIMIT_AS, &before);
}

/* usual - what tables have, also large ones, is taken */
static void
test_usual(void **state)
{
	static const char *const rows[] = {
		"/^(root|^admin|^postmaster|^abuse|^a|^b|^c|^d|^e|^f)@/ x",
		"/^[a-z0-9._-]{1,64}@[a-z0-9.-]{1,255}$/ x",
		"/^(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4})$/ x",
		"/^(.*[.-])?([0-9]{1,3}[.-]){3}[0-9]{1,3}.*$/ x",
		"/(^|\\.)(([a-z]+-)*[a-z]+\\.)+example\\.(com|net|org)$/ x",
		"/^a$|^b$|^c$|^d$|^e$|^f$|^g$|^h$|^i$|^j$/ x",
		"/[\\1-9]\\\\1/ x",
		"/^\\(a\\{2,\\}\\|b\\+\\|c\\?\\)@example\\.com$/x x",
		"/a{9999}+?{9999}|(b$)$/x x",
		/* inside of brackets nothing repeats anything */
		"/[](a{9999}){9999}]/ x",
		"/[^](a{9999}){9999}]/ x",
		"/[[.-.](a{9999}){9999}]{3,}/ x",
	};
	struct patterns *patterns = patterns_new(&pattern_regexp);
	char *list = many("/^(", "someone|", 600, "me)@/ x");
	struct pattern_row row;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (patterns_add(patterns, rows[i], 1, &row, &err) == -1)
			fail_msg("%s: %s", rows[i], err.text);
	assert_int_equal(patterns_add(patterns, list, 1, &row, &err), 1);
	free(list);
	patterns_free(patterns);
}

static size_t
in_use(void)
{
#ifdef __GLIBC__
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#else
	return 0;
#endif
}

/* fill - that row as often as there is room, and no more than 20,000 times */
static int
fill(struct patterns *patterns, const char *line, struct err *err)
{
	struct pattern_row row;
	int n = 0;

	while (n < 20000 && patterns_add(patterns, line, 1, &row, err) != -1)
		n++;
	if (n < 20000) {
		assert_int_equal(err->sys, EFBIG);
		assert_int_equal(err->kind, ERR_NEVER);
	}
	return n;
}

/* full - a table takes that row at least so often, and never more memory than
 * it may */
static void
full(const struct pattern_type *type, const char *row, int least)
{
	struct patterns *patterns = patterns_new(type);
	size_t before = in_use();
	struct err err;
	int n = fill(patterns, row, &err);

	if (n < least || n == 20000)
		fail_msg("%s: %d rows", row, n);
	assert_non_null(strstr(err.text, "the table is too large"));
	assert_true(patterns_bytes(patterns) <= PATTERNS_TABLE);
	if (in_use() - before >= PATTERNS_TABLE)
		fail_msg("%s: %zu MB", row, (in_use() - before) >> 20);
	patterns_free(patterns);
}

/* Each row by itself passes, and all of them would not. */
static void
test_many(void **state)
{
	own(str) char *list = many("/^(", "someone|", 600, "me)@/ x");

	(void)state;
	full(&pattern_regexp, "/N(x?){340}y{4000}/ x", 4);
	full(&pattern_regexp, "/^(x?){175}y{4000}/ x", 10);
	full(&pattern_regexp, "/(x?y){340}/ x", 200);
	full(&pattern_regexp, list, 4);
	full(&pattern_regexp, "/^user@example\\.com$/ x", 15000);
	full(&pattern_pcre, "/((a{1,255}b){1,255}c){1,2}/ x", 30);
}

/* Several tables share what is left. */
static void
test_together(void **state)
{
	static const char row[] = "/N(x?){340}y{4000}/ x";
	struct patterns *tables[3];
	size_t left = PATTERNS_TOGETHER;
	int rows[3];
	struct err err;

	(void)state;
	patterns_budget(&left);
	for (int i = 0; i < 3; i++) {
		tables[i] = patterns_new(&pattern_regexp);
		rows[i] = fill(tables[i], row, &err);
		patterns_spend(tables[i]);
	}
	assert_true(rows[0] == rows[1] && rows[2] < rows[1]);
	assert_non_null(strstr(err.text, "together"));
	patterns_budget(NULL);
	assert_int_equal(fill(tables[2], row, &err), rows[0] - rows[2]);
	for (int i = 0; i < 3; i++)
		patterns_free(tables[i]);
}

/* find - in a table of one row */
static int
find(const struct pattern_type *type, const char *text, const char *key,
    struct err *err)
{
	struct patterns *patterns = patterns_new(type);
	own(buf) struct buf taken = BUF;
	struct pattern_row row;
	size_t number;
	int found;

	assert_int_equal(patterns_add(patterns, text, 1, &row, err), 1);
	found = patterns_find(patterns, key, &number, &taken, err);
	patterns_free(patterns);
	return found;
}

/* A long text and an expression that may take its square are no match of
 * which nothing is known, and so is whatever comes when the time is up. */
static void
test_time(void **state)
{
	own(str) char *key = many("", "a", 20000, "");
	int64_t left = 1;
	struct err err;

	(void)state;
	assert_int_equal(find(&pattern_regexp, "/[a-z]+@x/ 1", key, &err), -1);
	assert_int_equal(find(&pattern_regexp, "/^[a-z]+@x/ 1", key, &err), 0);
	assert_int_equal(find(&pattern_regexp, "/aaa/ 1", key, &err), 1);
	patterns_patience(&left);
	for (int i = 0; i < 100000 && left > 0; i++)
		(void)find(&pattern_regexp, "/b/ 1", key, &err);
	assert_true(left <= 0);
	assert_int_equal(find(&pattern_pcre, "/a/ 1", "a", &err), -1);
	assert_non_null(strstr(err.text, "too long"));
	patterns_patience(NULL);
	assert_int_equal(find(&pattern_pcre, "/a/ 1", "a", &err), 1);
}

/* Nobody fills the memory by keys of his own. */
static void
test_learns(void **state)
{
#ifndef __GLIBC__
	(void)state;
	skip();				/* malloc() does not tell */
#else
	struct patterns *patterns = patterns_new(&pattern_regexp);
	own(buf) struct buf taken = BUF;
	char key[102] = "";
	struct pattern_row row;
	unsigned seed = 1;
	size_t number, most;
	struct err err;

	(void)state;
	assert_int_equal(patterns_add(patterns, "/^(.*)x.{18}@$/ 1", 1, &row,
	    &err), 1);
	most = mallinfo2().uordblks + (100 << 20);
	for (int i = 0; i < 1500; i++) {
		for (int k = 0; k < 100; k++)
			key[k] = "xab"[rand_r(&seed) % 3];
		key[100] = '@';
		if (patterns_find(patterns, key, &number, &taken, &err) == -1)
			fail_msg("%s", err.text);
	}
	assert_true(mallinfo2().uordblks < most);
	patterns_free(patterns);
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_usual),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_learns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
