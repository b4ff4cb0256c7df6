/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/when.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digits.h"

enum { SPAN_MAX = 1000000 };	/* of any unit: no product overflows */

/* when_span - in ms */
int64_t
when_span(const char *text)
{
	static const struct { char unit; int64_t ms; } units[] = {
		{ 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 },
		{ 'd', 86400000 }, { 'w', 604800000 },
	};
	size_t n = strlen(text);
	uint64_t number;

	if (n < 2 || !digits_parse(text, n - 1, SPAN_MAX, &number))
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (text[n - 1] == units[i].unit)
			return (int64_t)number * units[i].ms;
	return -1;
}

/* when_parse - in ms since 1970 */
int64_t
when_parse(const char *text)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M",
		"%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S" };
	int64_t before = when_span(text);

	if (before >= 0)
		return clock_wall() - before;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);
		time_t at;

		if (end == NULL || *end != '\0')
			continue;
		at = mktime(&tm);
		return at > 0 ? (int64_t)at * 1000 : -1;
	}
	return -1;
}

/* when_text - local time */
char *
when_text(int64_t wall, char out[WHEN_TEXT])
{
	time_t at = (time_t)(wall / 1000);
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL ||
	    strftime(out, WHEN_TEXT, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		strcpy(out, "?");
	return out;
}
