/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said and heard, for who wants to see it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "forward/smtp/smtp_private.h"

enum {
	LINE_MAX_KEPT = 600,	/* octets of a line; a log shows fewer yet */
	REPLY_LINES = 100	/* of one reply; a peer may send many */
};

/* smtp_trace_said - a command, as it may be seen */
void
smtp_trace_said(const struct smtp *smtp, const struct talk *talk,
    enum step step)
{
	own(buf) struct buf shown = BUF;
	const char *at;

	step_shown(talk, step, &shown);
	for (at = shown.data; *at != '\0'; ) {
		size_t length = strcspn(at, "\r\n");
		own(buf) struct buf line = BUF;

		buf_bytes(&line, at, length);
		smtp->trace.line(smtp->trace.arg, SMTP_SAID, line.data);
		at += length + strspn(at + length, "\r\n");
	}
}

/* smtp_trace_note - something that is no line of SMTP */
void
smtp_trace_note(const struct smtp *smtp, enum smtp_side side,
    const char *format, ...)
{
	char text[LINE_MAX_KEPT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	smtp->trace.line(smtp->trace.arg, side, text);
}

/* heard_line - what came of a line, whole or not; a peer may repeat what it was
 * told in confidence */
static void
heard_line(struct smtp *smtp)
{
	struct buf *line = &smtp->heard;
	bool secret = smtp->login != NULL &&
	    login_tells(smtp->login, line->data);

	if (line->len > 0 && line->data[line->len - 1] == '\r')
		buf_cut(line, line->len - 1);
	if (smtp->heard_lines++ < REPLY_LINES)
		smtp->trace.line(smtp->trace.arg, SMTP_HEARD,
		    secret ? "[hidden]" : line->data);
	buf_cut(line, 0);
}

/* smtp_trace_heard - bytes of a reply, in pieces of any size */
void
smtp_trace_heard(struct smtp *smtp, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] == '\n')
			heard_line(smtp);
		else if (smtp->heard.len < LINE_MAX_KEPT)
			buf_byte(&smtp->heard, bytes[i] != '\0' ? bytes[i] :
			    '?');
}

/* smtp_trace_end - of a reply, or of what was to be one */
void
smtp_trace_end(struct smtp *smtp)
{
	if (smtp->heard.len > 0)
		heard_line(smtp);
	if (smtp->heard_lines > REPLY_LINES)
		smtp_trace_note(smtp, SMTP_HEARD, "[%u lines more]",
		    smtp->heard_lines - REPLY_LINES);
	smtp->heard_lines = 0;
}
