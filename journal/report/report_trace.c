/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands on top of the message in the report.  A milter never sees the
 * Received: field of the MTA that it works for, so it is made again, in the
 * form of Postfix:
 *
 *	Received: from HELO (NAME [ADDRESS])
 *		by GATEWAY (Postfix) with PROTOCOL id QUEUE-ID
 *		for <RECIPIENT>; DATE
 *
 * Like Postfix it names a recipient only when there is no other.
 */
#include <string.h>

#include "base/clock.h"
#include "journal/report/report_private.h"

/* A longer name is cut, and ends in "...". */
enum { WORD_MAX = 255 };

/* is_word - in a Received: field it means nothing but itself */
static bool
is_word(char c)
{
	switch (c) {
	case '<': case '>': case '(': case ')': case '\\':
	case '"': case ';': case ',': case '@':
		return false;
	default:
		return c > ' ' && c < 127;
	}
}

/* add_word - a text that a client chose, made harmless as Postfix does it */
static void
add_word(const char *text, struct buf *out)
{
	size_t n = strlen(text), kept = n > WORD_MAX ? WORD_MAX : n;
	char *to = buf_room(out, kept);

	for (size_t i = 0; i < kept; i++)
		to[i] = is_word(text[i]) ? text[i] : '?';
	out->len += kept;
	to[kept] = '\0';
	if (kept < n)
		buf_text(out, "...");
}

static const char *
or_unknown(const char *text)
{
	return text[0] != '\0' ? text : "unknown";
}

/* add_named - nothing at all when there is no text */
static void
add_named(const char *before, const char *text, struct buf *out)
{
	if (text[0] == '\0')
		return;
	buf_text(out, before);
	add_word(text, out);
}

/* add_address - [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 4.1.3) */
static void
add_address(const char *address, struct buf *out)
{
	if (address[0] == '\0')
		return;
	buf_text(out, strchr(address, ':') != NULL ? " [IPv6:" : " [");
	add_word(address, out);
	buf_byte(out, ']');
}

/* sole_recipient - NULL when there are more, or it needs quotes */
static const char *
sole_recipient(const struct envelope *envelope)
{
	const char *recipient;

	if (envelope->recipient_count != 1)
		return NULL;
	recipient = envelope->recipients[0];
	for (const char *p = recipient; *p != '\0'; p++)
		if (!is_word(*p) && *p != '@')
			return NULL;
	return strlen(recipient) <= WORD_MAX ? recipient : NULL;
}

static void
add_received(const struct envelope *envelope, struct buf *out)
{
	const char *name = or_unknown(envelope->client_name);
	const char *recipient = sole_recipient(envelope);
	char date[CLOCK_RFC5322];

	add_named("Received: from ",
	    envelope->helo[0] != '\0' ? envelope->helo : name, out);
	add_named(" (", name, out);
	add_address(envelope->client_addr, out);
	buf_text(out, ")\r\n");
	add_named("\tby ", or_unknown(envelope->gateway), out);
	buf_text(out, " (Postfix)");
	add_named(" with ", envelope->protocol, out);
	add_named(" id ", envelope->queue_id, out);
	if (recipient != NULL)
		buf_texts(out, "\r\n\tfor <", recipient, ">");
	buf_texts(out, recipient != NULL ? "; " : ";\r\n\t",
	    clock_rfc5322(envelope->accepted, date), "\r\n");
}

/* report_add_trace - and an end of the header when the message has none, not
 * even an empty one */
void
report_add_trace(const struct envelope *envelope,
    const struct report_options *options, struct buf *out)
{
	if (options->remote_ip_header[0] != '\0' &&
	    envelope->client_addr[0] != '\0') {
		buf_texts(out, options->remote_ip_header, ": ");
		add_word(envelope->client_addr, out);
		buf_text(out, "\r\n");
	}
	add_received(envelope, out);
	if (envelope->header_length == 0)
		buf_text(out, "\r\n");
}
