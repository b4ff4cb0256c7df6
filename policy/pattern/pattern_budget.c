/* SPDX-License-Identifier: BSD-2-Clause */
/* What all rows may take, of one table and of several. */
#include <errno.h>

#include "policy/pattern/pattern_private.h"

static _Thread_local size_t *budget;

/* patterns_budget - of this thread */
void
patterns_budget(size_t *left)
{
	budget = left;
}

/* patterns_spend - the table is there to stay */
void
patterns_spend(const struct patterns *patterns)
{
	if (budget == NULL)
		return;
	*budget -= patterns->bytes < *budget ? patterns->bytes : *budget;
}

/* patterns_bytes - as estimated */
size_t
patterns_bytes(const struct patterns *patterns)
{
	return patterns->bytes;
}

static int
too_large(const char *what, size_t most, struct err *err)
{
	err_set(err, ERR_NEVER, "%s too large: with this pattern the rows "
	    "would take more than %zu MB", what, most >> 20);
	err->sys = EFBIG;
	return -1;
}

/* pattern_fits - by itself it would */
int
pattern_fits(const struct patterns *patterns, size_t bytes, struct err *err)
{
	size_t all = patterns->bytes + bytes;

	if (all > PATTERNS_TABLE)
		return too_large("the table is", PATTERNS_TABLE, err);
	if (budget != NULL && all > *budget)
		return too_large("all pcre and regexp tables together are",
		    PATTERNS_TOGETHER, err);
	return 0;
}
