/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* clock_now - milliseconds that never jump */
int64_t
clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* clock_wall - milliseconds since 1970 */
int64_t
clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

/* clock_boot - milliseconds since the machine was started */
int64_t
clock_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

/* clock_timespec - as system calls want it */
struct timespec
clock_timespec(int64_t ms)
{
	return (struct timespec){ .tv_sec = ms / 1000,
	    .tv_nsec = (long)(ms % 1000) * 1000000 };
}

/* clock_cond_init - to wait on with a deadline of clock_now() */
void
clock_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

static void
format_rfc5322(time_t seconds, char out[CLOCK_RFC5322])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;
	int zone;

	localtime_r(&seconds, &tm);
	zone = (int)(tm.tm_gmtoff / 60);
	snprintf(out, CLOCK_RFC5322, "%.3s, %d %.3s %d %02d:%02d:%02d %c%02d%02d",
	    days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
	    (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    zone < 0 ? '-' : '+', abs(zone) / 60 % 24, abs(zone) % 60);
}

/* clock_rfc5322 - a date-time as in RFC 5322 3.3; whoever asks often asks for
 * the same second again */
char *
clock_rfc5322(int64_t wall, char out[CLOCK_RFC5322])
{
	static _Thread_local char last[CLOCK_RFC5322];
	static _Thread_local time_t last_seconds;
	time_t seconds = (time_t)(wall / 1000);

	if (seconds != last_seconds || last[0] == '\0') {
		format_rfc5322(seconds, last);
		last_seconds = seconds;
	}
	return memcpy(out, last, CLOCK_RFC5322);
}
