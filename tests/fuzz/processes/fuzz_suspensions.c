/* SPDX-License-Identifier: BSD-2-Clause */
/* suspensions that could be read are written so that they read the same, and no
 * time in them makes another life of a copy than one that can be */
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "journal/spool/suspensions.h"
#include "tests/fuzz/fuzz.h"

static const int64_t times[] = { 0, 1, INT64_C(1764151200123), INT64_MAX };
enum { TIMES = sizeof(times) / sizeof(*times) };

static void
must_make_sense(struct suspensions *all, const char *intake)
{
	size_t before = all->count, lasting = 0;

	for (size_t i = 0; i < TIMES; i++) {
		const struct suspension *why = suspensions_find(all, intake,
		    times[i]);

		must(why == NULL || suspension_covers(why, intake));
		must(suspensions_next(all, times[i]) >= times[i]);
		for (size_t j = i; j < TIMES; j++) {
			int64_t t = suspensions_time(all, intake, times[i],
			    times[j]);

			must(t >= 0 && t <= times[j] - times[i]);
		}
	}
	suspensions_prune(all, INT64_C(86400000), times[2]);
	must(all->count <= before);
	(void)suspensions_end(all, SUSPENSION_ALL, times[2]);
	for (size_t i = 0; i < all->count; i++)
		lasting += suspension_lasts(&all->list[i], times[2]) &&
		    all->list[i].from <= times[2];
	must(lasting == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	own(buf) struct buf text = BUF, first = BUF, second = BUF;
	struct suspensions all = { 0 }, again = { 0 };
	own(str) char *intake = NULL;
	struct err err = { .text = "" };

	buf_bytes(&text, data, size);
	if (suspensions_parse(text.data, &all, &err) == -1) {
		must(err.kind == ERR_NEVER && err.text[0] != '\0');
		must(all.list == NULL && all.count == 0);
		return 0;
	}
	must(all.count > 0 && all.count <= SUSPENSIONS_MAX);
	suspensions_format(&all, &first);
	must(suspensions_parse(first.data, &again, &err) == 0);
	suspensions_format(&again, &second);
	must(strcmp(first.data, second.data) == 0);
	suspensions_drop(&again);
	intake = mem_text(all.list[0].intake);
	must_make_sense(&all, intake);
	suspensions_drop(&all);
	return 0;
}
