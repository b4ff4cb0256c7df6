/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool_highest.h"

#include <stdlib.h>

/* spool_highest_mid - 0 when nothing is there */
int
spool_highest_mid(const struct spool *spool, uint64_t *out, struct err *err)
{
	uint64_t highest = 0;

	for (enum spool_place place = SPOOL_READY; place <= SPOOL_FAILED;
	    place++) {
		struct spool_entry *entries;
		size_t count;

		if (spool_list(spool, place, &entries, &count, err) == -1)
			return -1;
		if (count > 0 && entries[count - 1].mid > highest)
			highest = entries[count - 1].mid;
		free(entries);
	}
	*out = highest;
	return 0;
}

/* spool_counters - the counters that belong to a spool; new */
int
spool_counters(const struct spool *spool, struct counters **out,
    struct err *err)
{
	uint64_t highest;

	if (spool_highest_mid(spool, &highest, err) == -1)
		return -1;
	return counters_open(spool_dirfd(spool), highest, out, err);
}
