/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/own.h"

static const char blanks[] = " \t";

/* take_word - *at comes to stand after it; new; NULL: a quote has no end */
static char *
take_word(const char **at)
{
	own(buf) struct buf word = BUF;
	const char *p = *at;

	while (*p != '\0' && strchr(blanks, *p) == NULL) {
		const char *end;

		if (*p != '"' && *p != '\'') {
			buf_byte(&word, *p++);
			continue;
		}
		end = strchr(p + 1, *p);
		if (end == NULL)
			return NULL;
		buf_bytes(&word, p + 1, (size_t)(end - p - 1));
		p = end + 1;
	}
	*at = p;
	return mem_text(word.data);
}

/* words_split - a program and its arguments */
int
words_split(const char *text, char ***out, struct err *err)
{
	char **words = mem_new((WORDS_MAX + 1) * sizeof(*words));
	size_t n = 0;

	for (text += strspn(text, blanks); *text != '\0';
	    text += strspn(text, blanks)) {
		if (n == WORDS_MAX) {
			words_free(words);
			return err_set(err, ERR_NEVER, "has more than %d words",
			    WORDS_MAX);
		}
		words[n] = take_word(&text);
		if (words[n++] == NULL) {
			words_free(words);
			return err_set(err, ERR_NEVER,
			    "has a quote without an end");
		}
	}
	*out = words;
	return 0;
}

/* words_free - and each of them */
void
words_free(char **words)
{
	if (words == NULL)
		return;
	for (size_t i = 0; words[i] != NULL; i++)
		free(words[i]);
	free(words);
}
