/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/imap/imap_frame.h"

#include <string.h>
#include <strings.h>

#include "base/digits.h"

static enum imap_frame_state
wrong(struct imap_frame *frame, const char *why)
{
	frame->why = why;
	return IMAP_WRONG;
}

/* is_status - "* OK" and its kin, whose end is text for people */
static bool
is_status(const char *line)
{
	static const char *const words[] = { "OK", "NO", "BAD", "BYE",
	    "PREAUTH" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i]);

		if (strncasecmp(line, words[i], n) == 0 &&
		    (line[n] == ' ' || line[n] == '\r'))
			return true;
	}
	return false;
}

/* has_literals - may an answer that begins so */
static bool
has_literals(const char *answer)
{
	return answer[0] == '*' && answer[1] == ' ' && !is_status(answer + 2);
}

/* open_string - does a quoted string begin here that does not end */
static bool
open_string(const char *at, const char *end)
{
	bool inside = false;

	for (; at < end; at++) {
		if (inside && *at == '\\' && at + 1 < end)
			at++;
		else if (*at == '"')
			inside = !inside;
	}
	return inside;
}

/* announced - the octets of the literal that follows this piece of line */
static bool
announced(const char *from, const char *end, size_t most, size_t *out)
{
	const char *at = end;
	uint64_t number;

	if (at == from || *--at != '}')
		return false;
	while (at > from && at[-1] >= '0' && at[-1] <= '9')
		at--;
	if (at == from || at[-1] != '{' || at == end - 1)
		return false;
	/* a number too large for anything is too large for us */
	*out = digits_parse(at, (size_t)(end - 1 - at), most, &number) ?
	    (size_t)number : SIZE_MAX;
	return true;
}

/* end_line - after an LF */
static enum imap_frame_state
end_line(struct imap_frame *frame)
{
	const char *from = frame->bytes.data + frame->begin;
	const char *end = frame->bytes.data + frame->bytes.len;
	size_t size;

	if (end - from < 2 || end[-2] != '\r')
		return wrong(frame, "LF without CR");
	end -= 2;
	if (memchr(from, '\r', (size_t)(end - from)) != NULL)
		return wrong(frame, "CR without LF");
	if (memchr(from, '\0', (size_t)(end - from)) != NULL)
		return wrong(frame, "NUL in a line");
	if (!has_literals(frame->bytes.data))
		return IMAP_WHOLE;
	if (open_string(from, end))
		return wrong(frame, "string without end");
	if (!announced(from, end, frame->literals_max, &size))
		return IMAP_WHOLE;
	if (size > frame->literals_max - frame->literals)
		return wrong(frame, "literal too large");
	frame->literals += size;
	frame->left = size;
	frame->begin = frame->bytes.len + size;
	return IMAP_MORE;
}

/* take - n octets of the line or of the literal */
static void
take(struct imap_frame *frame, const char **bytes, size_t n)
{
	buf_bytes(&frame->bytes, *bytes, n);
	*bytes += n;
}

/* add_line - up to the LF, if there is one */
static enum imap_frame_state
add_line(struct imap_frame *frame, const char **bytes, const char *end)
{
	const char *lf = memchr(*bytes, '\n', (size_t)(end - *bytes));
	size_t n = (size_t)((lf != NULL ? lf + 1 : end) - *bytes);

	if (n > IMAP_LINE_MAX - frame->line)
		return wrong(frame, "line too long");
	frame->line += n;
	take(frame, bytes, n);
	return lf != NULL ? end_line(frame) : IMAP_MORE;
}

/* imap_frame_add - octets up to the end of the answer */
enum imap_frame_state
imap_frame_add(struct imap_frame *frame, const char *bytes, size_t n,
    size_t *out_used)
{
	enum imap_frame_state state = IMAP_MORE;
	const char *at = bytes, *end = bytes + n;

	while (at < end && state == IMAP_MORE) {
		size_t room = (size_t)(end - at);

		if (frame->left == 0) {
			state = add_line(frame, &at, end);
			continue;
		}
		if (room > frame->left)
			room = frame->left;
		take(frame, &at, room);
		frame->left -= room;
	}
	*out_used = (size_t)(at - bytes);
	return state;
}

/* imap_frame_next - forget this answer; a large buffer is not kept */
void
imap_frame_next(struct imap_frame *frame)
{
	enum { KEPT = 64 << 10 };

	if (frame->bytes.size > KEPT)
		buf_drop(&frame->bytes);
	buf_cut(&frame->bytes, 0);
	frame->line = frame->begin = frame->literals = frame->left = 0;
	frame->why = NULL;
}

/* imap_frame_drop - and its buffer */
void
imap_frame_drop(struct imap_frame *frame)
{
	buf_drop(&frame->bytes);
}
