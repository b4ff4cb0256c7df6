/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/report/figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* figure_delay - with two or three digits that count; a clock that was set back
 * makes none shorter than nothing */
const char *
figure_delay(struct figure *out, int64_t ms)
{
	double seconds = ms > 0 ? (double)ms / 1000 : 0;

	if (seconds < 9.995)
		snprintf(out->s, sizeof(out->s), "%.2f s", seconds);
	else if (seconds < 99.95)
		snprintf(out->s, sizeof(out->s), "%.1f s", seconds);
	else if (seconds < 7200)
		snprintf(out->s, sizeof(out->s), "%.0f s", seconds);
	else if (seconds < 360000)
		snprintf(out->s, sizeof(out->s), "%.1f h", seconds / 3600);
	else
		snprintf(out->s, sizeof(out->s), "%.0f d", seconds / 86400);
	return out->s;
}

/* figure_bytes - with the prefix that leaves fewest digits */
const char *
figure_bytes(struct figure *out, uint64_t n)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB",
		"EB" };
	double value = (double)n / 1000;
	size_t i = 0;

	if (n < 1000) {
		snprintf(out->s, sizeof(out->s), "%" PRIu64 " B", n);
		return out->s;
	}
	while (value >= 999.95 && i + 1 < sizeof(units) / sizeof(*units)) {
		value /= 1000;
		i++;
	}
	snprintf(out->s, sizeof(out->s), "%.1f %s", value, units[i]);
	return out->s;
}

/* figure_share - rounded, but never to all or nothing */
const char *
figure_share(struct figure *out, uint64_t part, uint64_t whole)
{
	double share;

	if (whole == 0)
		return strcpy(out->s, "-");
	share = 100 * (double)part / (double)whole;
	if (part < whole && share > 99.9)
		share = 99.9;
	else if (part > 0 && share < 0.1)
		share = 0.1;
	snprintf(out->s, sizeof(out->s), "%.1f %%", share);
	return out->s;
}
