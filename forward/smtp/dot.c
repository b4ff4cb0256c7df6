/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp/dot.h"

#include <stdbool.h>

/* text_length - how many bytes come before the next CR or LF */
static size_t
text_length(const char *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && bytes[i] != '\r' && bytes[i] != '\n')
		i++;
	return i;
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
		if (dot->state == DOT_TEXT) {
			size_t length = text_length(bytes + i, n - i);

			buf_bytes(out, bytes + i, length);
			i += length;
			if (i == n)
				break;
		}
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
