/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/queue/backlog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* backlog_address - where it goes */
const char *
backlog_address(const struct copy *copy, const char *alternate)
{
	return copy->entry.why != SPOOL_WHY_NOT && *alternate != '\0' ?
	    alternate : copy->envelope.intake;
}

static bool
is_for(const struct backlog *backlog, const struct copy *copy)
{
	const char *at = strrchr(backlog_address(copy, backlog->alternate),
	    '@');

	return backlog->site == NULL ||
	    (at != NULL && strcasecmp(at + 1, backlog->site) == 0);
}

/* count_one - unless the copy is gone by now */
static void
count_one(struct backlog *backlog, const struct spool *spool,
    const struct spool_entry *entry)
{
	struct copy copy;
	struct err err;

	if (copy_peek(spool, SPOOL_READY, entry, &copy, &err) != COPY_OPEN)
		return;
	if (is_for(backlog, &copy)) {
		if (entry->attempts > 0)
			backlog->tried++;
		else
			backlog->untried++;
		if (backlog->oldest == 0 || copy.since < backlog->oldest)
			backlog->oldest = copy.since;
	}
	copy_close(&copy);
}

/* backlog_count - count all of them, as they are now */
int
backlog_count(struct backlog *backlog, const struct spool *spool,
    struct err *err)
{
	struct spool_entry *entries;
	size_t n;

	if (spool_list(spool, SPOOL_READY, &entries, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		count_one(backlog, spool, &entries[i]);
	free(entries);
	return 0;
}
