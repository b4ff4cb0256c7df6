/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ticks - an order of events in several programs, by a number in a file that
 * all of them map
 *
 *	ticks = ticks_open("ticks", false);
 *	if (ticks != NULL)
 *		printf("%llu\n", (unsigned long long)ticks_now(ticks));
 *
 * One program raises it at each event of its own.  Whoever reads n after
 * something has happened knows that n events came before that; what event n + 1
 * and all later ones are, is after it, or at the same time.
 */
#ifndef TESTS_LIB_TICKS_H
#define TESTS_LIB_TICKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* ticks_open - map it; raise: for the one program that does, and makes it.
 * NULL: errno says why.  It stays mapped. */
_Atomic uint64_t *ticks_open(const char *path, bool raise);

static inline uint64_t
ticks_now(const _Atomic uint64_t *ticks)
{
	return atomic_load(ticks);
}

#endif
