/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nobody_waits - who sleeps moves the clock, for "WRAP: clock_now nanosleep"
 *
 *	slept = 0;
 *	when_waiting = let_go;
 *	...
 *	assert_true(slept >= MINUTE);
 */
#ifndef TESTS_NOBODY_WAITS_H
#define TESTS_NOBODY_WAITS_H

#include <stdint.h>
#include <time.h>

#include "base/clock.h"

static int64_t slept;			/* ms */
static void (*when_waiting)(void);	/* once; or NULL */

int64_t	__real_clock_now(void);
int64_t	__wrap_clock_now(void);
int64_t
__wrap_clock_now(void)
{
	return __real_clock_now() + slept;
}

int	__wrap_nanosleep(const struct timespec *, struct timespec *);
int
__wrap_nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)left;
	slept += wanted->tv_sec * 1000 + wanted->tv_nsec / 1000000;
	if (when_waiting != NULL)
		when_waiting();
	when_waiting = NULL;
	return 0;
}

#endif
