/* SPDX-License-Identifier: BSD-2-Clause */
/* words: a command line without a shell */
#include "base/words.h"

#include <string.h>

#include "base/buf.h"
#include "tests/unit/scratch.h"

static void
what_is_a_word(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ " \t ", "" },
		{ "/bin/x", "[/bin/x]" },
		{ " /bin/x  -a\tb ", "[/bin/x][-a][b]" },
		{ "x \"a b\" 'c \"d'", "[x][a b][c \"d]" },
		{ "x a\"b c\"d '' \"\"", "[x][ab cd][][]" },
		{ "x $HOME `id` \\a *;|&", "[x][$HOME][`id`][\\a][*;|&]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		own(buf) struct buf text = BUF;
		char **words;
		struct err err;

		assert_int_equal(words_split(rows[i][0], &words, &err), 0);
		for (size_t n = 0; words[n] != NULL; n++)
			buf_texts(&text, "[", words[n], "]");
		assert_string_equal(text.data, rows[i][1]);
		words_free(words);
	}
}

static void
what_is_none(void **state)
{
	own(buf) struct buf many = BUF;
	char **words;
	struct err err;

	(void)state;
	assert_int_equal(words_split("x 'a b", &words, &err), -1);
	assert_string_equal(err.text, "has a quote without an end");
	assert_int_equal(words_split("x a\"", &words, &err), -1);
	for (int i = 0; i < WORDS_MAX; i++)
		buf_text(&many, "x ");
	assert_int_equal(words_split(many.data, &words, &err), 0);
	assert_null(words[WORDS_MAX]);
	words_free(words);
	buf_text(&many, "x");
	assert_int_equal(words_split(many.data, &words, &err), -1);
	words_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_word),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
