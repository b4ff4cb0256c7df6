/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log/log_front.h"

#include <stdio.h>
#include <time.h>

static _Thread_local struct {
	time_t	 second;
	unsigned opened;	/* by which log_open() */
	struct log_front text;
} front;

/* set - as syslog(3) gives it to the log daemon, which adds the host */
static void
set(const struct log_us *us, const struct tm *tm)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char days[] = "SunMonTueWedThuFriSat";
	struct log_front *text = &front.text;

	snprintf(text->maillog, sizeof(text->maillog),
	    "%.3s %2d %02d:%02d:%02d %s%s%s[%d]: TDC: ",
	    months + 3 * tm->tm_mon, tm->tm_mday, tm->tm_hour, tm->tm_min,
	    tm->tm_sec, us->syslog ? "" : us->host, us->syslog ? "" : " ",
	    us->ident, us->pid);
	snprintf(text->date, sizeof(text->date),
	    "%.3s %.3s %2d %02d:%02d:%02d %d ", days + 3 * tm->tm_wday,
	    months + 3 * tm->tm_mon, tm->tm_mday, tm->tm_hour, tm->tm_min,
	    tm->tm_sec, tm->tm_year + 1900);
}

/* log_front - put together once in a second */
const struct log_front *
log_front(const struct log_us *us, int64_t wall)
{
	time_t second = (time_t)(wall / 1000);
	struct tm tm;

	if (front.second != second || front.opened != us->opened) {
		localtime_r(&second, &tm);
		set(us, &tm);
		front.second = second;
		front.opened = us->opened;
	}
	return &front.text;
}
