/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/reply.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* reply_init - nothing heard yet */
void
reply_init(struct reply *reply)
{
	reply->code = 0;
	reply->digit = '\0';
	reply->enhanced[0] = '\0';
	reply->lines = 0;
	reply->cut = false;
	reply->length = 0;
	reply->text[0] = '\0';
	reply->each = NULL;
	reply->arg = NULL;
	reply->octets = 0;
	reply->column = 0;
	reply->wrong = false;
	reply->line_code = 0;
	reply->last_line = false;
	reply->after_cr = false;
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

/* enhanced_in - the status code before this text; it must be of the class that
 * the reply code is of */
static bool
enhanced_in(struct reply *reply, const char *text)
{
	const char *end;

	if (text[0] != '0' + reply->code / 100 || text[1] != '.' ||
	    (end = number(text + 2, ".")) == NULL ||
	    (end = number(end, " \t\n")) == NULL)
		return false;
	memcpy(reply->enhanced, text, (size_t)(end - text));
	reply->enhanced[end - text] = '\0';
	return true;
}

/* find_enhanced - of the first line that has one */
static void
find_enhanced(struct reply *reply)
{
	const char *text = reply->text;

	while (!enhanced_in(reply, text) &&
	    (text = strchr(text, '\n')) != NULL)
		text++;
}

/* keep - the text of a line, as far as there is room */
static void
keep(struct reply *reply)
{
	size_t length = strlen(reply->line);
	size_t room = REPLY_TEXT_MAX - reply->length;

	if (reply->lines > 0 && room > 0) {
		reply->text[reply->length++] = '\n';
		room--;
	} else if (reply->lines > 0) {
		reply->cut = true;
	}
	if (length > room) {
		length = room;
		reply->cut = true;
	}
	memcpy(reply->text + reply->length, reply->line, length);
	reply->length += length;
	reply->text[reply->length] = '\0';
}

/* begin_line - the next one */
static void
begin_line(struct reply *reply)
{
	reply->column = 0;
	reply->line_code = 0;
	reply->digit = '\0';
	reply->line[0] = '\0';
}

static enum reply_parse
end_line(struct reply *reply)
{
	bool last = reply->last_line || reply->column == 3;

	if (reply->wrong || reply->column < 3)
		return REPLY_BAD;
	keep(reply);
	reply->code = reply->line_code;
	reply->lines++;
	if (reply->each != NULL)
		reply->each(reply->arg, reply->line);
	if (!last) {
		begin_line(reply);
		return REPLY_MORE;
	}
	find_enhanced(reply);
	return REPLY_DONE;
}

/* add_text - one byte after the code */
static void
add_text(struct reply *reply, char c)
{
	size_t at = reply->column - 4;

	if (at == REPLY_LINE_MAX) {
		reply->cut = true;
	} else if (at < REPLY_LINE_MAX) {
		reply->line[at] = c != '\0' ? c : '?';
		reply->line[at + 1] = '\0';
	}
}

/* add - one byte that is no line end */
static void
add(struct reply *reply, char c)
{
	bool digit = isdigit((unsigned char)c);

	switch (reply->column) {
	case 0:
		reply->line[0] = '\0';
		digit = c >= '2' && c <= '5';
		reply->digit = c;
		__attribute__((fallthrough));
	case 1:
	case 2:
		reply->wrong |= !digit;
		reply->line_code = 10 * reply->line_code + c - '0';
		break;
	case 3:
		reply->last_line = c == ' ';
		reply->wrong |= c != ' ' && c != '-';
		break;
	default:
		add_text(reply, c);
	}
	if (reply->column < 4 && (unsigned char)c < ' ')
		reply->digit = '\0';	/* not even text */
	reply->column++;
}

/* reply_add - take bytes up to the end of the reply */
enum reply_parse
reply_add(struct reply *reply, const char *bytes, size_t n, size_t *out_used)
{
	enum reply_parse state = REPLY_MORE;
	size_t i;

	for (i = 0; i < n && state == REPLY_MORE; i++) {
		bool after_cr = reply->after_cr;

		reply->after_cr = bytes[i] == '\r';
		if (after_cr && bytes[i] != '\n')
			add(reply, '\r');
		if (bytes[i] == '\n')
			state = end_line(reply);
		else if (bytes[i] != '\r')
			add(reply, bytes[i]);
		if (++reply->octets == REPLY_MAX && state == REPLY_MORE) {
			reply->digit = '\0';
			state = REPLY_BAD;
		}
	}
	*out_used = i;
	return state;
}

/* reply_make - a reply that was not sent */
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
