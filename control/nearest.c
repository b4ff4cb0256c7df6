/* SPDX-License-Identifier: BSD-2-Clause */
/* Which words were perhaps meant by one that is not known. */
#include <stdbool.h>
#include <string.h>

#include "control/control.h"

enum { WORD = 24 };

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* distance - how many letters are missing, too many, wrong, or swapped with
 * the next (optimal string alignment); both have fewer than WORD */
static unsigned
distance(const char *a, const char *b)
{
	unsigned rows[WORD + 1][WORD + 1];
	size_t n = strlen(a), m = strlen(b);

	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			if (i == 0 || j == 0) {
				rows[i][j] = (unsigned)(i + j);
				continue;
			}
			rows[i][j] = least(rows[i - 1][j - 1] +
			    (a[i - 1] != b[j - 1]),
			    least(rows[i - 1][j], rows[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				rows[i][j] = least(rows[i][j],
				    rows[i - 2][j - 2] + 1);
		}
	return rows[n][m];
}

/* is_near - the beginning of a word will do, and up to two slips in a long
 * one */
bool
is_near(const char *word, const char *name)
{
	size_t n = strlen(word);

	if (n < 2 || n >= WORD || strlen(name) >= WORD)
		return false;
	return strncmp(word, name, n) == 0 ||
	    distance(word, name) <= (n < 5 ? 1 : 2);
}
