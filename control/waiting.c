/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/waiting.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
is_for(const struct waiting *waiting, const struct copy *copy)
{
	const char *at = strrchr(copy->envelope.intake, '@');

	return waiting->host == NULL ||
	    (at != NULL && strcasecmp(at + 1, waiting->host) == 0);
}

/* count_one - unless it is gone by now */
static void
count_one(struct waiting *waiting, const struct spool *spool,
    const struct spool_entry *entry)
{
	struct copy copy;
	struct err err;

	if (copy_peek(spool, SPOOL_READY, entry, &copy, &err) != COPY_OPEN)
		return;
	if (is_for(waiting, &copy)) {
		if (entry->attempts > 0)
			waiting->tried++;
		else
			waiting->untried++;
		if (waiting->oldest == 0 || copy.since < waiting->oldest)
			waiting->oldest = copy.since;
	}
	copy_close(&copy);
}

/* waiting_count - all of them, as they are now */
int
waiting_count(struct waiting *waiting, const struct spool *spool,
    struct err *err)
{
	struct spool_entry *entries;
	size_t count;

	if (spool_list(spool, SPOOL_READY, &entries, &count, err) == -1)
		return -1;
	for (size_t i = 0; i < count; i++)
		count_one(waiting, spool, &entries[i]);
	free(entries);
	return 0;
}
