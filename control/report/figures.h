/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * figures - numbers as people read them
 *
 *	printf("%s of %s in %s\n", SHARE(9, 10), BYTES(12345), DELAY(240));
 *	-- 90.0 % of 12.3 kB in 0.24 s
 *
 * The macros need no variable; their text lives until the end of the block.
 */
#ifndef CONTROL_REPORT_FIGURES_H
#define CONTROL_REPORT_FIGURES_H

#include <stdint.h>

struct figure { char s[32]; };

/* figure_delay - "0.24 s", "12.3 s", "119 s", "26.5 h", "12 d". */
const char *figure_delay(struct figure *, int64_t ms);
#define DELAY(ms) figure_delay(&(struct figure){ "" }, (ms))

/* figure_bytes - "999 B", "12.3 kB", "1.5 GB": thousands, not 1024s. */
const char *figure_bytes(struct figure *, uint64_t);
#define BYTES(n) figure_bytes(&(struct figure){ "" }, (n))

/* figure_share - "99.9 %": nothing is 0.0 and all is 100.0, and no other part
 * is; "-" of nothing. */
const char *figure_share(struct figure *, uint64_t part, uint64_t whole);
#define SHARE(part, whole) \
    figure_share(&(struct figure){ "" }, (part), (whole))

#endif
