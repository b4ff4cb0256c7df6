/* SPDX-License-Identifier: BSD-2-Clause */
/* What a ledger holds, wherever it came from. */
#include <stdlib.h>

#include "control/ledger/ledger.h"

/* ledger_drop - all of it */
void
ledger_drop(struct ledger *ledger)
{
	free(ledger->actions);
	free(ledger->batches);
	free(ledger->ignored);
	free(ledger->pauses);
	arena_drop(&ledger->arena);
	*ledger = (struct ledger){ .pause = "" };
}

/* ledger_batch - by its number; they are in its order */
const struct ledger_batch *
ledger_batch(const struct ledger *ledger, int64_t id)
{
	size_t from = 0, to = ledger->batch_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (ledger->batches[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < ledger->batch_count && ledger->batches[from].id == id ?
	    &ledger->batches[from] : NULL;
}

/* ledger_wanted - there is an API to ask */
bool
ledger_wanted(const struct conf *conf)
{
	return *conf->api_region != '\0' || *conf->api_url != '\0' ||
	    conf->api_polling;
}
