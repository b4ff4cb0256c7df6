/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "control/logs/logline_private.h"

enum { DAY = 86400, YEARS_BACK = 5 };	/* one of five has a 29 February */

/* two - digits, the first of which may be a blank; -1: they are none */
static int
two(const char *text)
{
	if ((*text != ' ' && !isdigit((unsigned char)*text)) ||
	    !isdigit((unsigned char)text[1]))
		return -1;
	return (*text == ' ' ? 0 : (*text - '0') * 10) + text[1] - '0';
}

/* four - digits; -1: they are none */
static int
four(const char *text)
{
	int high = *text != ' ' ? two(text) : -1;
	int low = high != -1 && text[2] != ' ' ? two(text + 2) : -1;

	return low != -1 ? high * 100 + low : -1;
}

/* month_of - 0 to 11; -1: it is none */
static int
month_of(const char *text)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int month = 0; month < 12; month++)
		if (strncmp(text, names + 3 * month, 3) == 0)
			return month;
	return -1;
}

/* clock_of - "07:30:05", whose first colon may follow a blank; false: it is
 * none */
static bool
clock_of(const char *text, struct tm *out)
{
	out->tm_hour = *text != ' ' ? two(text) : -1;
	if (out->tm_hour == -1 || text[2] != ':')
		return false;
	out->tm_min = text[3] != ' ' ? two(text + 3) : -1;
	if (out->tm_min == -1 || text[5] != ':')
		return false;
	out->tm_sec = text[6] != ' ' ? two(text + 6) : -1;
	return out->tm_sec != -1 && out->tm_hour < 24 && out->tm_min < 60 &&
	    out->tm_sec <= 60;
}

/* days - since 1970, of a date of the Gregorian calendar */
static int64_t
days(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334 };
	int64_t y = year - 1;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162 + before[month] +
	    (month > 1 && leap) + day - 1;
}

/* fraction - ".123456", in ms; where it ends */
static char *
fraction(char *text, int64_t *out)
{
	int64_t unit = 100;

	*out = 0;
	if (*text != '.' && *text != ',')
		return text;
	while (isdigit((unsigned char)*++text)) {
		*out += (*text - '0') * unit;
		unit /= 10;
	}
	return text;
}

/* offset - "Z", "+01:00" or "+0100", in minutes; where it ends, or NULL */
static char *
offset(char *text, int *out)
{
	int hours, minutes, sign = *text == '-' ? -1 : 1;

	*out = 0;
	if (*text == 'Z')
		return text + 1;
	if (*text != '+' && *text != '-')
		return NULL;
	hours = text[1] != ' ' ? two(text + 1) : -1;
	if (hours == -1)
		return NULL;
	text += text[3] == ':' ? 4 : 3;
	minutes = *text != ' ' ? two(text) : -1;
	if (minutes == -1)
		return NULL;
	*out = sign * (hours * 60 + minutes);
	return text + 2;
}

/* logline_zoned - of RFC 3339 */
char *
logline_zoned(char *text, int64_t *out_at)
{
	struct tm tm = { .tm_year = four(text) };
	int64_t ms;
	int zone;

	if (tm.tm_year < 1970 || text[4] != '-')
		return NULL;
	tm.tm_mon = text[5] != ' ' ? two(text + 5) - 1 : -1;
	if (tm.tm_mon < 0 || tm.tm_mon > 11 || text[7] != '-')
		return NULL;
	tm.tm_mday = text[8] != ' ' ? two(text + 8) : -1;
	if (tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    (text[10] != 'T' && text[10] != ' ') || !clock_of(text + 11, &tm))
		return NULL;
	text = fraction(text + 19, &ms);
	text = offset(text, &zone);
	if (text == NULL)
		return NULL;
	*out_at = ((days(tm.tm_year, tm.tm_mon, tm.tm_mday) * DAY +
	    tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) - zone * 60) * 1000 +
	    ms;
	return text;
}

/* in_year - the begin of that minute, in ms; false: the day is none there */
static bool
in_year(const struct tm *when, int year, int64_t *out)
{
	struct tm tm = *when;
	time_t at;

	tm.tm_year = year - 1900;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	at = mktime(&tm);
	*out = (int64_t)at * 1000;
	return at != -1 && tm.tm_mday == when->tm_mday;
}

/* latest_year - the last in which it is not too late */
static bool
latest_year(const struct tm *when, int64_t latest, int64_t *out)
{
	time_t end = (time_t)(latest / 1000 + DAY);
	struct tm tm;

	if (localtime_r(&end, &tm) == NULL)
		return false;
	for (int year = tm.tm_year + 1900, back = 0; back < YEARS_BACK; back++)
		if (in_year(when, year - back, out) &&
		    *out <= latest + (int64_t)DAY * 1000)
			return true;
	return false;
}

/* known - is it in the minute of the line before? */
static bool
known(const struct logline_parser *parser, const char *text, size_t n)
{
	return memcmp(parser->minute, text, n) == 0 && parser->minute[n] == '\0';
}

static void
keep(struct logline_parser *parser, const char *text, size_t n)
{
	memcpy(parser->minute, text, n);
	parser->minute[n] = '\0';
}

/* date_of - "Nov 26 07:30:05" */
static bool
date_of(const char *text, struct tm *out)
{
	out->tm_mon = month_of(text);
	if (out->tm_mon == -1 || text[3] != ' ')
		return false;
	out->tm_mday = two(text + 4);
	return out->tm_mday >= 1 && out->tm_mday <= 31 && text[6] == ' ' &&
	    clock_of(text + 7, out);
}

/* logline_short - of syslog, RFC 3164 */
char *
logline_short(struct logline_parser *parser, char *text, int64_t *out_at)
{
	enum { TO_MINUTE = sizeof("Nov 26 07:30") - 1 };
	struct tm tm = { .tm_sec = 0 };

	if (!date_of(text, &tm))
		return NULL;
	if (!known(parser, text, TO_MINUTE)) {
		if (!latest_year(&tm, parser->latest, &parser->minute_at))
			return NULL;
		keep(parser, text, TO_MINUTE);
	}
	*out_at = parser->minute_at + tm.tm_sec * 1000;
	return text + sizeof("Nov 26 07:30:05") - 1;
}

/* logline_long - of asctime(3) */
char *
logline_long(struct logline_parser *parser, char *text, int64_t *out_at)
{
	enum { WEEKDAY = sizeof("Thu ") - 1,
		TO_SECOND = sizeof("Thu Nov 26 07:30:05") - 1 };
	struct tm tm = { .tm_sec = 0 };
	char minute[sizeof(parser->minute)] = "";
	int year;

	if (strnlen(text, WEEKDAY) < WEEKDAY || text[3] != ' ' ||
	    !date_of(text + WEEKDAY, &tm) || text[TO_SECOND] != ' ')
		return NULL;
	year = four(text + TO_SECOND + 1);
	if (year < 1970)
		return NULL;
	memcpy(minute, text + WEEKDAY, 12);
	memcpy(minute + 12, text + TO_SECOND, 5);
	if (!known(parser, minute, 17)) {
		if (!in_year(&tm, year, &parser->minute_at))
			return NULL;
		keep(parser, minute, 17);
	}
	*out_at = parser->minute_at + tm.tm_sec * 1000;
	return text + TO_SECOND + 5;
}
