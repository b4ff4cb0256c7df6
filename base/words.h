/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words - a command line as a program and its arguments, without a shell
 *
 *	char **words;
 *
 *	if (words_split("/bin/logger -t \"two words\"", &words, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 *	puts(words[0]);
 *	words_free(words);
 *
 * Words are separated by blanks and tabs.  What stands between two ' or two " is
 * taken as it is, and belongs to the word that it stands in: "" is an empty one.
 * Nothing else means anything: no $, no backslash, no *.  Pure.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/err.h"

enum { WORDS_MAX = 100 };

/* words_split - new in out, NULL after the last; there may be none at all.  -1: a
 * quote has no end, or there are more than WORDS_MAX.
 * words_free - NULL is fine. */
int	words_split(const char *text, char ***out, struct err *);
void	words_free(char **words);

#endif
