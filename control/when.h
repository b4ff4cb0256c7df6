/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * when - times as an operator writes and reads them
 *
 *	int64_t since = when_parse("24h");
 *	char text[WHEN_TEXT];
 *
 *	if (since == -1)
 *		puts("no time");
 *	else
 *		puts(when_text(since, text));
 *
 * A time is 2026-11-26, with "T07:30", "T07:30:05" or the same after a blank,
 * in local time; or how long ago, as in tdc.cf(5): 90m, 24h, 7d.
 */
#ifndef CONTROL_WHEN_H
#define CONTROL_WHEN_H

#include <stdint.h>

enum { WHEN_TEXT = 32 };	/* with its NUL */

/* when_span - "90m": how long that is, in ms; a number and one of s, m, h, d
 * and w.  -1: the text is none. */
int64_t	when_span(const char *text);

/* when_parse - a time, in ms since 1970; -1: the text is none. */
int64_t	when_parse(const char *text);

/* when_text - "2026-11-26 07:30:05", local time; returns out. */
char	*when_text(int64_t wall, char out[WHEN_TEXT]);

#endif
