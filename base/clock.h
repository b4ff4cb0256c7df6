/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock - what time it is, in milliseconds
 *
 * clock_now() never jumps and counts from somewhere: for waits and deadlines.
 * clock_wall() is the time of day since 1970: for ages that must survive a
 * restart, and for what people read.  clock_boot() counts from the start of the
 * machine, also while that sleeps: for ages within one boot, when the time of
 * day may not be right yet.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

int64_t	clock_now(void);
int64_t	clock_wall(void);
int64_t	clock_boot(void);

/* clock_timespec - milliseconds, a time or a duration, for a system call.
 * clock_cond_init - a condition variable whose pthread_cond_timedwait() goes
 * by clock_now(): until clock_timespec(clock_now() + 500) is half a second. */
struct timespec clock_timespec(int64_t ms);
void	clock_cond_init(pthread_cond_t *);

/* clock_rfc5322 - "Fri, 16 Feb 2024 21:19:22 -0600", local zone, C locale;
 * wall is in milliseconds.  Returns out. */
#define CLOCK_RFC5322 40
char	*clock_rfc5322(int64_t wall, char out[CLOCK_RFC5322]);

#endif
