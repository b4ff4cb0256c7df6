/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/reply.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* reply_init - nothing heard yet */
void
reply_init(struct reply *reply)
{
	reply->code = 0;
	reply->enhanced[0] = '\0';
	reply->lines = 0;
	reply->cut = false;
	reply->length = 0;
	reply->text[0] = '\0';
	reply->column = 0;
	reply->line_code = 0;
	reply->last_line = false;
	reply->after_cr = false;
}

/* keep - one more byte of text, as long as there is room */
static void
keep(struct reply *reply, char c)
{
	if (reply->length == REPLY_TEXT_MAX) {
		reply->cut = true;
		return;
	}
	reply->text[reply->length++] = c != '\0' ? c : '?';
}

/* number - 1 to 3 digits and what must follow them; NULL: not so */
static const char *
number(const char *s, const char *ends)
{
	size_t digits = strspn(s, "0123456789");

	if (digits < 1 || digits > 3 ||
	    (s[digits] != '\0' && strchr(ends, s[digits]) == NULL) ||
	    (s[digits] == '\0' && *ends == '.'))
		return NULL;
	return s + digits + (*ends == '.');
}

/* find_enhanced - the status code before the text of the first line; it must
 * be of the class that the reply code is of */
static void
find_enhanced(struct reply *reply)
{
	const char *subject = reply->text + 2;
	const char *end;

	if (reply->text[0] != '0' + reply->code / 100 ||
	    reply->text[1] != '.' || (end = number(subject, ".")) == NULL ||
	    (end = number(end, " \t\n")) == NULL)
		return;
	memcpy(reply->enhanced, reply->text, (size_t)(end - reply->text));
	reply->enhanced[end - reply->text] = '\0';
}

static enum reply_parse
end_line(struct reply *reply)
{
	if (reply->column < 3)
		return REPLY_BAD;
	if (reply->lines == 0)
		reply->code = reply->line_code;
	else if (reply->code != reply->line_code)
		return REPLY_BAD;
	reply->lines++;
	if (reply->last_line || reply->column == 3) {
		reply->text[reply->length] = '\0';
		find_enhanced(reply);
		return REPLY_DONE;
	}
	if (reply->lines == REPLY_LINES_MAX)
		return REPLY_BAD;
	keep(reply, '\n');
	reply->column = 0;
	reply->line_code = 0;
	return REPLY_MORE;
}

/* add - one byte that is no line end */
static enum reply_parse
add(struct reply *reply, char c)
{
	if (reply->column == REPLY_LINE_MAX)
		return REPLY_BAD;
	switch (reply->column++) {
	case 0:
		if (c < '2' || c > '5')
			return REPLY_BAD;
		/* FALLTHROUGH */
	case 1:
	case 2:
		if (!isdigit((unsigned char)c))
			return REPLY_BAD;
		reply->line_code = 10 * reply->line_code + c - '0';
		return REPLY_MORE;
	case 3:
		reply->last_line = c == ' ';
		return c == ' ' || c == '-' ? REPLY_MORE : REPLY_BAD;
	default:
		keep(reply, c);
		return REPLY_MORE;
	}
}

/* reply_add - take bytes up to the end of the reply */
enum reply_parse
reply_add(struct reply *reply, const char *bytes, size_t n, size_t *out_used)
{
	enum reply_parse state = REPLY_MORE;
	size_t i;

	for (i = 0; i < n && state == REPLY_MORE; i++) {
		bool after_cr = reply->after_cr;

		reply->after_cr = false;
		if (bytes[i] == '\n')
			state = end_line(reply);
		else if (after_cr && add(reply, '\r') == REPLY_BAD)
			state = REPLY_BAD;
		else if (bytes[i] == '\r')
			reply->after_cr = true;
		else
			state = add(reply, bytes[i]);
	}
	*out_used = i;
	return state;
}

/* reply_make - a reply that nobody sent */
void
reply_make(struct reply *reply, int code, const char *text)
{
	reply_init(reply);
	reply->code = code;
	reply->lines = 1;
	reply->length = (size_t)snprintf(reply->text, sizeof(reply->text),
	    "%s", text);
	if (reply->length > REPLY_TEXT_MAX) {
		reply->length = REPLY_TEXT_MAX;
		reply->cut = true;
	}
	find_enhanced(reply);
}
