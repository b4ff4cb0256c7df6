/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/nearest.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
	LONGEST = 64,		/* bytes of words and names that are compared */
	PREFIX = 4		/* bytes of a name that something may follow */
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* distance - how many slips lead from one to the other, a swap of neighbours
 * being one (optimal string alignment) */
static unsigned
distance(const char *a, const char *b)
{
	unsigned rows[3][LONGEST + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	size_t n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		unsigned *spare = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = least(last[j - 1] + !same,
			    least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[n];
}

/* slips - as distance(), but whatever follows a whole name is most of them */
static unsigned
slips(const char *word, const char *name, unsigned most)
{
	size_t n = strlen(name);
	unsigned apart = distance(word, name);

	return apart > most && n >= PREFIX && strncasecmp(word, name, n) == 0 ?
	    most : apart;
}

/* nearest - the first of those that are nearest */
const char *
nearest(const char *word, const char *const *names, size_t count,
    size_t stride)
{
	const char *found = NULL;
	size_t n = strlen(word);
	unsigned near = (unsigned)n / 3, best = near;

	if (n > LONGEST)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const char *name = *(const char *const *)(const void *)
		    ((const char *)names + i * stride);
		unsigned apart;

		if (strlen(name) > LONGEST)
			continue;
		apart = slips(word, name, near);
		if (apart > best || (found != NULL && apart == best))
			continue;
		found = name;
		best = apart;
	}
	return found;
}
