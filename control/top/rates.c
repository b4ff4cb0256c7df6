/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/top/rates.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* rates_begin - at that time */
void
rates_begin(struct rates *rates, int64_t now)
{
	rates->before = rates->now;
	rates->now = now;
}

static void
remember(struct rates *rates, const char *name, enum counter which,
    uint64_t n)
{
	rates->new = mem_grow(rates->new, rates->new_count + 1,
	    sizeof(*rates->new));
	rates->new[rates->new_count++] = (struct rate){
	    .name = mem_text(name), .which = which, .n = n };
}

/* rates_of - one counter */
double
rates_of(struct rates *rates, const char *name, enum counter which,
    uint64_t n)
{
	double seconds = (double)(rates->now - rates->before) / 1000;

	remember(rates, name, which, n);
	for (size_t i = 0; i < rates->old_count; i++) {
		const struct rate *old = &rates->old[i];

		if (old->which == which && strcmp(old->name, name) == 0)
			return n < old->n || seconds <= 0 ? -1 :
			    (double)(n - old->n) / seconds;
	}
	return -1;
}

static void
drop(struct rate *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].name);
	free(list);
}

/* rates_end - this look is the last one from now on */
void
rates_end(struct rates *rates)
{
	drop(rates->old, rates->old_count);
	rates->old = rates->new;
	rates->old_count = rates->new_count;
	rates->new = NULL;
	rates->new_count = 0;
}

/* rates_drop - after rates_end() */
void
rates_drop(struct rates *rates)
{
	drop(rates->old, rates->old_count);
	*rates = (struct rates){ .now = 0 };
}
