/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/imap/imap_data.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/digits.h"

/* ---- dates ---- */

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* two - digits, the first of which may be a blank */
static bool
two(const char *at, unsigned most, int *out)
{
	uint64_t number;
	bool short_one = at[0] == ' ';

	if (!digits_parse(at + short_one, short_one ? 1 : 2, most, &number))
		return false;
	*out = (int)number;
	return true;
}

/* clock_of - "10:00:00 +0100" */
static bool
clock_of(const char *at, struct tm *tm, int *out_offset)
{
	int hours, minutes;

	if (at[2] != ':' || at[5] != ':' || at[8] != ' ' ||
	    (at[9] != '+' && at[9] != '-') ||
	    !two(at, 23, &tm->tm_hour) || !two(at + 3, 59, &tm->tm_min) ||
	    !two(at + 6, 60, &tm->tm_sec) || !two(at + 10, 23, &hours) ||
	    !two(at + 12, 59, &minutes))
		return false;
	*out_offset = (hours * 60 + minutes) * 60 * (at[9] == '-' ? -1 : 1);
	return true;
}

/* imap_date_parse - of INTERNALDATE */
bool
imap_date_parse(const char *text, int64_t *out)
{
	char month[4] = "";
	const char *found;
	struct tm tm = { 0 };
	uint64_t year;
	int offset;

	if (strlen(text) != 26 || text[2] != '-' || text[6] != '-' ||
	    text[11] != ' ' || !two(text, 31, &tm.tm_mday) ||
	    !digits_parse(text + 7, 4, 9999, &year) || year < 1970 ||
	    !clock_of(text + 12, &tm, &offset))
		return false;
	memcpy(month, text + 3, 3);
	found = strcasestr(months, month);
	if (found == NULL || (found - months) % 3 != 0)
		return false;
	tm.tm_mon = (int)(found - months) / 3;
	tm.tm_year = (int)year - 1900;
	*out = ((int64_t)timegm(&tm) - offset) * 1000;
	return true;
}

/* imap_date_day - for SINCE */
char *
imap_date_day(int64_t ms, char out[IMAP_DATE])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	snprintf(out, IMAP_DATE, "%d-%.3s-%04d", tm.tm_mday,
	    months + 3 * (tm.tm_mon % 12), tm.tm_year + 1900);
	return out;
}

/* ---- FETCH ---- */

/* add_flag - to those that are there */
static bool
add_flag(const struct imap_token *flag, char flags[IMAP_FLAGS])
{
	size_t used = strlen(flags);

	if (flag->kind != IMAP_ATOM)
		return false;
	if (imap_is(flag, "\\Recent"))
		return true;		/* the server's own */
	if (used + flag->length + 2 > IMAP_FLAGS)
		return true;
	snprintf(flags + used, IMAP_FLAGS - used, "%s%.*s",
	    used > 0 ? " " : "", (int)flag->length, flag->at);
	return true;
}

static bool
read_flags(struct imap_cursor *cursor, struct imap_mail *out)
{
	struct imap_token token;

	if (imap_next(cursor, &token) != IMAP_OPEN)
		return false;
	out->has_flags = true;
	out->flags[0] = '\0';
	while (imap_next(cursor, &token) != IMAP_CLOSE)
		if (!add_flag(&token, out->flags))
			return false;
	return true;
}

static bool
read_date(struct imap_cursor *cursor, struct imap_mail *out)
{
	struct imap_token token;

	if (imap_next(cursor, &token) != IMAP_QUOTED ||
	    token.length >= IMAP_DATE)
		return false;
	memcpy(out->date, token.at, token.length);
	out->date[token.length] = '\0';
	if (!imap_date_parse(out->date, &out->received))
		out->received = 0;
	return true;
}

static bool
read_number(struct imap_cursor *cursor, uint64_t most, uint64_t *out)
{
	struct imap_token token;

	imap_next(cursor, &token);
	return imap_number(&token, most, out);
}

/* read_bytes - NIL, a literal, or a string that needs no backslash */
static bool
read_bytes(struct imap_cursor *cursor, struct imap_span *out)
{
	struct imap_token token;

	imap_next(cursor, &token);
	if (imap_is(&token, "NIL"))
		return true;
	if (token.kind != IMAP_LITERAL && (token.kind != IMAP_QUOTED ||
	    memchr(token.at, '\\', token.length) != NULL))
		return false;
	*out = (struct imap_span){ token.at, token.length };
	return true;
}

/* read_item - the value of one of them */
static bool
read_item(const struct imap_token *name, struct imap_cursor *cursor,
    struct imap_mail *out)
{
	uint64_t number;

	if (imap_is(name, "UID")) {
		if (!read_number(cursor, UINT32_MAX, &number) || number == 0)
			return false;
		out->uid = (uint32_t)number;
		return true;
	}
	if (imap_is(name, "RFC822.SIZE")) {
		if (!read_number(cursor, INT64_MAX, &number))
			return false;
		out->size = (int64_t)number;
		return true;
	}
	if (imap_is(name, "FLAGS"))
		return read_flags(cursor, out);
	if (imap_is(name, "INTERNALDATE"))
		return read_date(cursor, out);
	if (imap_is(name, "BODY[HEADER]") || imap_is(name, "BODY[HEADER]<0>"))
		return read_bytes(cursor, &out->header);
	if (imap_is(name, "BODY[]"))
		return read_bytes(cursor, &out->body);
	return imap_skip(cursor);
}

/* imap_data_mail - what a FETCH tells */
bool
imap_data_mail(const struct imap_answer *answer, struct imap_mail *out)
{
	struct imap_cursor cursor = answer->rest;
	struct imap_token token;

	memset(out, 0, sizeof(*out));
	out->size = -1;
	if (answer->number == 0 || imap_next(&cursor, &token) != IMAP_OPEN)
		return false;
	while (imap_next(&cursor, &token) != IMAP_CLOSE)
		if (token.kind != IMAP_ATOM ||
		    !read_item(&token, &cursor, out))
			return false;
	return imap_next(&cursor, &token) == IMAP_END;
}

/* ---- SEARCH ---- */

/* imap_data_search - each number */
bool
imap_data_search(const struct imap_answer *answer, imap_number_each *each,
    void *arg)
{
	struct imap_cursor cursor = answer->rest;
	struct imap_token token;
	uint64_t number;

	while (imap_next(&cursor, &token) == IMAP_ATOM) {
		if (!imap_number(&token, UINT32_MAX, &number) || number == 0)
			return false;
		if (!each(arg, (uint32_t)number))
			return true;
	}
	/* "(MODSEQ 5)" may follow (RFC 7162) */
	return token.kind == IMAP_END || token.kind == IMAP_OPEN;
}

/* ---- LIST, NAMESPACE ---- */

/* imap_data_folder - attributes, separator, name */
bool
imap_data_folder(const struct imap_answer *answer, struct imap_folder *out)
{
	struct imap_cursor cursor = answer->rest;
	struct imap_token token;

	out->selectable = true;
	if (imap_next(&cursor, &token) != IMAP_OPEN)
		return false;
	while (imap_next(&cursor, &token) == IMAP_ATOM)
		if (imap_is(&token, "\\Noselect") ||
		    imap_is(&token, "\\NonExistent"))
			out->selectable = false;
	if (token.kind != IMAP_CLOSE || !imap_skip(&cursor) ||
	    imap_next(&cursor, &token) < IMAP_ATOM ||
	    token.kind > IMAP_LITERAL || token.length == 0)
		return false;
	imap_text(&token, &out->name);
	return true;
}

/* read_prefix - of one namespace, after its parenthesis */
static bool
read_prefix(struct imap_cursor *cursor, imap_prefix_each *each, void *arg,
    bool mine)
{
	own(buf) struct buf prefix = BUF;
	struct imap_token token;

	if (imap_next(cursor, &token) < IMAP_ATOM || token.kind > IMAP_LITERAL)
		return false;
	imap_text(&token, &prefix);
	do {				/* separator and extensions */
		if (imap_next(cursor, &token) <= IMAP_END)
			return false;
	} while (cursor->depth > 1);
	each(arg, prefix.data, mine);
	return true;
}

/* imap_data_namespaces - personal, other users', shared */
bool
imap_data_namespaces(const struct imap_answer *answer, imap_prefix_each *each,
    void *arg)
{
	struct imap_cursor cursor = answer->rest;
	struct imap_token token;

	for (int kind = 0; kind < 3; kind++) {
		if (imap_next(&cursor, &token) != IMAP_OPEN) {
			if (!imap_is(&token, "NIL"))
				return false;
			continue;
		}
		while (imap_next(&cursor, &token) == IMAP_OPEN)
			if (!read_prefix(&cursor, each, arg, kind == 0))
				return false;
		if (token.kind != IMAP_CLOSE)
			return false;
	}
	return true;
}

/* ---- COPYUID, APPENDUID ---- */

/* imap_data_copied - of one message */
bool
imap_data_copied(const struct imap_answer *answer, struct imap_copied *out)
{
	struct imap_cursor cursor = { answer->code.at,
	    answer->code.at + answer->code.length, 0 };
	bool moved = imap_code_is(answer, "COPYUID");
	uint64_t validity, from = 0, to;

	if ((!moved && !imap_code_is(answer, "APPENDUID")) ||
	    !imap_skip(&cursor) ||
	    !read_number(&cursor, UINT32_MAX, &validity) ||
	    (moved && !read_number(&cursor, UINT32_MAX, &from)) ||
	    !read_number(&cursor, UINT32_MAX, &to))
		return false;
	*out = (struct imap_copied){ (uint32_t)validity, (uint32_t)from,
	    (uint32_t)to };
	return true;
}
