/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/report/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/own.h"
#include "base/utf8.h"
#include "journal/report/header.h"
#include "journal/report/report_private.h"

enum { USUAL = 2000 };		/* bytes of a head */

/* More of the original's header is not repeated. */
enum { COPIED_MAX = 60000 };

/* With its name in front, a longer Message-ID may be too long a line. */
enum { PARENT_MAX = REPORT_LINE - 64 };

/* random_bytes - n of a store that is filled by one call for many */
static const unsigned char *
random_bytes(size_t n)
{
	static _Thread_local unsigned char store[256];	/* never cut short */
	static _Thread_local size_t left;

	if (left < n) {
		if (AGAIN(getrandom(store, sizeof(store), 0)) != sizeof(store))
			abort();	/* never, for so few bytes */
		left = sizeof(store);
	}
	left -= n;
	return store + left;
}

/* report_nonce - 128 random bits in hex */
char *
report_nonce(char out[REPORT_NONCE])
{
	static const char digits[] = "0123456789abcdef";
	enum { BYTES = (REPORT_NONCE - 1) / 2 };
	const unsigned char *bytes = random_bytes(BYTES);

	for (size_t i = 0; i < BYTES; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[REPORT_NONCE - 1] = '\0';
	return out;
}

/* add_field - as it stands, folds included, each line ending in CRLF */
static void
add_field(const struct header_field *field, struct buf *out)
{
	const char *p = field->start, *end = p + field->length, *lf, *text_end;

	for (; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		text_end = lf > p && lf[-1] == '\r' ? lf - 1 : lf;
		report_add_clean(p, (size_t)(text_end - p), out);
		buf_text(out, "\r\n");
	}
}

/* copy_first - the first field of a name, unless it is too much; false: there
 * is nothing of it now */
static bool
copy_first(const char *header, size_t size, const char *name, size_t start,
    struct buf *out)
{
	struct header_field field;
	size_t at = 0;

	while (header_next(header, size, &at, &field)) {
		if (!header_is(&field, name))
			continue;
		if (out->len - start + field.length > COPIED_MAX)
			return false;
		add_field(&field, out);
		return true;
	}
	return false;
}

/* add_copied - what a reader of the report wants to see of the message */
static void
add_copied(const struct report_options *options, const char *header,
    size_t size, struct buf *out)
{
	static const char *const names[] = { "Subject", "Cc", "To" };
	size_t start = out->len;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		copy_first(header, size, names[i], start, out);
	if (!copy_first(header, size, "From", start, out))
		buf_texts(out, "From: <", options->from, ">\r\n");
}

/* report_add_undelivered - why it is not where it should be */
void
report_add_undelivered(const struct envelope *envelope,
    const struct report_options *options, struct buf *out)
{
	if (options->undelivered == NULL)
		return;
	buf_texts(out, "X-TDC-Undelivered: ", options->undelivered, "; <");
	report_add_path(envelope->intake, out);
	buf_text(out, ">\r\n");
}

/* add_header - of the report itself, with the fields in Exchange's order */
static void
add_header(const struct envelope *envelope,
    const struct report_options *options, const char *encoding,
    const char *header, size_t size, struct buf *out)
{
	size_t id = strlen(envelope->message_id);
	char date[CLOCK_RFC5322];

	buf_texts(out, "Content-Type: multipart/mixed;\r\n\tboundary=\"_",
	    options->nonce, "_\"\r\n", encoding);
	add_copied(options, header, size, out);
	buf_texts(out, "MIME-Version: 1.0\r\nSender: <", options->from,
	    ">\r\n");
	buf_format(out, "Message-ID: <%016" PRIx64 ".%" PRId64 "@%s>\r\n",
	    envelope->mid, envelope->accepted, options->host);
	buf_texts(out, "Date: ", clock_rfc5322(envelope->accepted, date),
	    "\r\nX-MS-Journal-Report:\r\n");
	if (id > 0 && id < PARENT_MAX) {
		buf_text(out, "X-MS-Exchange-Parent-Message-Id: ");
		report_add_clean(envelope->message_id, id, out);
		buf_text(out, "\r\n");
	}
	buf_text(out, "Auto-Submitted: auto-generated\r\n"
	    "X-MS-Exchange-Generated-Message-Source: Journal Agent\r\n");
	report_add_undelivered(envelope, options, out);
}

/* encoding_line - the label of an entity, "" for 7bit; a message/rfc822 has
 * no other choice than to tell what is in it (RFC 2046 5.2.1) */
static const char *
encoding_line(bool eight_bit, bool binary)
{
	if (binary)
		return "Content-Transfer-Encoding: binary\r\n";
	if (eight_bit)
		return "Content-Transfer-Encoding: 8bit\r\n";
	return "";
}

/* is_eight_bit - the sender stands above the message, too, and the Message-ID
 * in the header of the report */
static bool
is_eight_bit(const struct envelope *envelope)
{
	return envelope->eight_bit ||
	    !utf8_is_ascii(envelope->sender, strlen(envelope->sender)) ||
	    !utf8_is_ascii(envelope->message_id, strlen(envelope->message_id));
}

/* report_compose - everything but the message */
void
report_compose(const struct envelope *envelope,
    const struct report_options *options, const char *header, size_t size,
    struct report *out)
{
	struct report report = { .head = BUF, .tail = BUF };
	own(buf) struct buf text = BUF;

	if (options->bcc) {
		report_bcc(envelope, options, &report);
		*out = report;
		return;
	}
	buf_room(&report.head, USUAL);
	report.binary = report_binary(envelope);
	report_add_text(envelope, options, header, size, &text);
	report.eight_bit = is_eight_bit(envelope) ||
	    (options->undelivered != NULL &&
	    !utf8_is_ascii(envelope->intake, strlen(envelope->intake)));
	add_header(envelope, options,
	    encoding_line(report.eight_bit, report.binary), header, size,
	    &report.head);
	buf_texts(&report.head, "\r\n--_", options->nonce, "_\r\n");
	buf_bytes(&report.head, text.data, text.len);
	buf_texts(&report.head, "\r\n--_", options->nonce, "_\r\n"
	    "Content-Type: message/rfc822\r\n",
	    encoding_line(report.eight_bit, report.binary),
	    "\r\nReturn-Path: <");
	report_add_path(envelope->sender, &report.head);
	buf_text(&report.head, ">\r\n");
	report_add_trace(envelope, options, &report.head);
	buf_texts(&report.tail, "\r\n--_", options->nonce, "_--\r\n");
	*out = report;
}

/* report_drop - as after { 0 } */
void
report_drop(struct report *report)
{
	buf_drop(&report->head);
	buf_drop(&report->tail);
}
