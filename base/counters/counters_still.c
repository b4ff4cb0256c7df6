/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the counters were at one moment, while others count.
 *
 * Nobody waits for a reader, so it reads all of them, and once more, until
 * both times it was the same: so they were between the two.  Where writers
 * leave no such moment the order alone has to do.  The list has each whole
 * before its parts, and what comes first before what comes of it; writers
 * count in that order, and a reader goes backwards.
 *
 * A message is counted by two additions, and so is a copy that was given up; a
 * writer may be killed between them.  So those two sums are made here, of
 * their parts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/counters/counters_private.h"
#include "base/mem.h"

enum { PATIENCE = 200 };	/* times to read it all; some 20 us */

static const enum counter fates[] = { COUNT_JOURNALED, COUNT_SKIPPED_POLICY,
	COUNT_SKIPPED_INTERNAL, COUNT_SKIPPED_AUTHENTICATED,
	COUNT_SKIPPED_DAEMON, COUNT_SKIPPED_SIZE, COUNT_SKIPPED_UNCLEAN,
	COUNT_SKIPPED_REPORT, COUNT_SKIPPED_INTAKE, COUNT_FAILED_OPEN,
	COUNT_FAILED_TEMPFAIL, COUNT_ABORTED };
static const enum counter given_up[] = { COUNT_HARD_DNS, COUNT_HARD_5XX,
	COUNT_HARD_TLS, COUNT_HARD_EXPIRED, COUNT_HARD_RETRIES,
	COUNT_HARD_NETWORK };

static const struct sum {
	enum counter	 whole;
	const enum counter *parts;
	size_t		 count;
} sums[] = {
	{ COUNT_MESSAGES, fates, sizeof(fates) / sizeof(*fates) },
	{ COUNT_HARD_BOUNCED, given_up, sizeof(given_up) / sizeof(*given_up) },
};

/* read_all - backwards */
static void
read_all(const struct counters *counters, uint64_t out[COUNTERS])
{
	for (int i = COUNTERS - 1; i >= 0; i--)
		out[i] = counter_get(counters, (enum counter)i);
}

/* read_still - the same twice, if that can be had */
static void
read_still(const struct counters *counters, uint64_t out[COUNTERS])
{
	uint64_t before[COUNTERS];

	read_all(counters, out);
	for (int i = 0; i < PATIENCE; i++) {
		memcpy(before, out, sizeof(before));
		read_all(counters, out);
		if (memcmp(before, out, sizeof(before)) == 0)
			return;
	}
}

/* counters_still - as they are now */
void
counters_still(struct counters *counters)
{
	uint64_t *still = mem_new(COUNTERS * sizeof(*still));

	free(counters->still);
	counters->still = NULL;
	read_still(counters, still);
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++) {
		still[sums[i].whole] = 0;
		for (size_t k = 0; k < sums[i].count; k++)
			still[sums[i].whole] += still[sums[i].parts[k]];
	}
	counters->still = still;
}
