/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/dot.h"

#include <stdbool.h>
#include <string.h>

/* pass - n bytes without a dot, which go as they are: where that leaves us is
 * known from the last of them */
static void
pass(struct dot *dot, const char *bytes, size_t n)
{
	size_t nuls = 0;

	while (nuls < n && bytes[n - 1 - nuls] == '\0')
		nuls++;
	n -= nuls;
	if (n > 0 && bytes[n - 1] == '\r')
		dot->state = DOT_CR;
	else if (n > 0 && bytes[n - 1] == '\n')
		dot->state = (n > 1 ? bytes[n - 2] == '\r' :
		    dot->state == DOT_CR) ? DOT_LINE : DOT_LF;
	else if (n > 0)
		dot->state = DOT_TEXT;
	if (nuls > 0 && dot->state != DOT_TEXT)
		dot->state = DOT_LF;
}

/* dot_plain - how many bytes go as they are, up to a dot that may not */
size_t
dot_plain(struct dot *dot, const char *bytes, size_t n)
{
	size_t at = 0;

	while (dot->state != DOT_HELD && at < n) {
		const char *next = memchr(bytes + at, '.', n - at);
		size_t length = next != NULL ? (size_t)(next - bytes) - at :
		    n - at;

		pass(dot, bytes + at, length);
		at += length;
		if (next == NULL || dot->state != DOT_TEXT)
			break;
		at++;			/* a dot inside a line */
	}
	return at;
}

/* first - a byte that stands where a lone dot could stand or end */
static void
first(struct dot *dot, char c, struct buf *out)
{
	bool alone = c == '\r' || c == '\n' || c == '\0';

	if (dot->state == DOT_HELD) {
		buf_text(out, alone ? ".." : ".");
		dot->state = DOT_TEXT;
	} else if (c == '.' && dot->state == DOT_LINE) {
		buf_byte(out, '.');
	} else if (c == '.') {
		dot->state = DOT_HELD;
		return;
	}
	buf_byte(out, c);
	if (c == '\r')
		dot->state = DOT_CR;
	else if (c == '\n')
		dot->state = dot->state == DOT_CR ? DOT_LINE : DOT_LF;
	else if (c == '\0' && dot->state != DOT_TEXT)
		dot->state = DOT_LF;
	else
		dot->state = DOT_TEXT;
}

/* dot_stuff - append one piece */
void
dot_stuff(struct dot *dot, const char *bytes, size_t n, struct buf *out)
{
	buf_room(out, n);
	for (size_t i = 0; i < n; ) {
		size_t plain = dot_plain(dot, bytes + i, n - i);

		buf_bytes(out, bytes + i, plain);
		i += plain;
		if (i < n)
			first(dot, bytes[i++], out);
	}
}

/* dot_end - append the end of the message */
void
dot_end(struct dot *dot, struct buf *out)
{
	if (dot->state == DOT_HELD)
		buf_text(out, "..");
	buf_text(out, dot->state == DOT_LINE ? ".\r\n" : "\r\n.\r\n");
	dot->state = DOT_LINE;
}
