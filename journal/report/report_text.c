/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part that tells the envelope ([MS-XJRNL] 2.1), in the spelling of
 * Exchange's reports:
 *
 *	"Sender:" SP reverse-path CRLF
 *	"Subject:" SP [subject-string] CRLF
 *	"Message-Id:" SP [msg-id] CRLF
 *	1*(("To" / "Cc" / "Recipient") ":" SP forward-path CRLF)
 *
 * "Recipient" is one whom the header does not name: a Bcc, a list, an alias.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "base/utf8.h"
#include "journal/report/address.h"
#include "journal/report/header.h"
#include "journal/report/report_private.h"

/* is_line_end - NEL, LINE SEPARATOR, PARAGRAPH SEPARATOR: some readers part
 * lines there as well */
static bool
is_line_end(const char *character, size_t length)
{
	return (length == 2 && memcmp(character, "\xc2\x85", 2) == 0) ||
	    (length == 3 && (memcmp(character, "\xe2\x80\xa8", 3) == 0 ||
	    memcmp(character, "\xe2\x80\xa9", 3) == 0));
}

/* is_control - but TAB, and the escapes of ISO-2022 */
static bool
is_control(char c)
{
	return (c >= 0 && c < ' ' && c != '\t' && c != '\x1b') || c == 127;
}

/* printable - how many bytes of ASCII stand here that are no control */
static size_t
printable(const char *text, size_t n)
{
	size_t i = 0;

	while (i < n && text[i] >= ' ' && text[i] < 127)
		i++;
	return i;
}

/* report_add_clean - text in one line */
void
report_add_clean(const char *text, size_t n, struct buf *out)
{
	for (size_t i = 0, length; i < n; i += length) {
		length = printable(text + i, n - i);
		buf_bytes(out, text + i, length);
		i += length;
		if (i == n)
			break;
		length = utf8_length(text + i, n - i);
		if (length == 0)
			length = 1;
		if (is_control(text[i]) || is_line_end(text + i, length))
			buf_byte(out, '?');
		else
			buf_bytes(out, text + i, length);
	}
}

/* The mailboxes that the fields of one name hold, sorted. */
struct mailboxes {
	const char	**list;
	size_t		 count, room;
};

static int
by_address(const void *a, const void *b)
{
	return address_compare(*(const char *const *)a,
	    *(const char *const *)b);
}

static void
collect_field(const struct header_field *field, struct arena *arena,
    struct mailboxes *out)
{
	own(buf) struct buf address = BUF;
	size_t at = 0;

	while (address_next(field->value, field->value_length, &at, &address)) {
		if (out->count == out->room) {
			out->room = out->room > 0 ? 2 * out->room : 16;
			out->list = mem_grow(out->list, out->room,
			    sizeof(*out->list));
		}
		out->list[out->count++] =
		    arena_bytes(arena, address.data, address.len);
	}
}

static void
collect(const char *header, size_t size, const char *name,
    struct arena *arena, struct mailboxes *out)
{
	struct header_field field;
	size_t at = 0;

	while (header_next(header, size, &at, &field))
		if (header_is(&field, name))
			collect_field(&field, arena, out);
	if (out->count > 1)
		qsort(out->list, out->count, sizeof(*out->list), by_address);
}

static bool
holds(const struct mailboxes *mailboxes, const char *address)
{
	return mailboxes->count > 0 && bsearch(&address, mailboxes->list,
	    mailboxes->count, sizeof(address), by_address) != NULL;
}

static void
add_line(const char *name, const char *text, size_t n, struct buf *out)
{
	buf_texts(out, name, ": ");
	report_add_clean(text, n, out);
	buf_text(out, "\r\n");
}

/* add_recipients - one line each, in the envelope's order */
static void
add_recipients(const struct envelope *envelope, const char *header,
    size_t size, struct buf *out)
{
	struct arena arena = { 0 };
	struct mailboxes to = { 0 }, cc = { 0 };
	own(buf) struct buf address = BUF;

	collect(header, size, "To", &arena, &to);
	collect(header, size, "Cc", &arena, &cc);
	for (size_t i = 0; i < envelope->recipient_count; i++) {
		const char *recipient = envelope->recipients[i];
		size_t n = strlen(recipient), at = 0;
		const char *name = "Recipient";

		/* In the form that the mailboxes of the header have. */
		if (address_next(recipient, n, &at, &address))
			name = holds(&to, address.data) ? "To" :
			    holds(&cc, address.data) ? "Cc" : name;
		add_line(name, recipient, n, out);
	}
	free(to.list);
	free(cc.list);
	arena_drop(&arena);
}

static void
add_subject(const char *header, size_t size, struct buf *out)
{
	own(buf) struct buf subject = BUF;
	struct header_field field;
	size_t at = 0;

	while (header_next(header, size, &at, &field))
		if (header_is(&field, "Subject")) {
			header_unfold(&field, &subject);
			break;
		}
	add_line("Subject", subject.data, subject.len, out);
}

static void
add_lines(const struct envelope *envelope, const char *header, size_t size,
    struct buf *out)
{
	const char *sender = envelope->sender;

	if (sender[0] == '\0')
		sender = "<>";
	add_line("Sender", sender, strlen(sender), out);
	add_subject(header, size, out);
	add_line("Message-Id", envelope->message_id,
	    strlen(envelope->message_id), out);
	add_recipients(envelope, header, size, out);
}

static bool
has_long_line(const struct buf *text)
{
	const char *p = text->data, *lf;

	for (; (lf = strchr(p, '\n')) != NULL; p = lf + 1)
		if (lf - 1 - p > REPORT_LINE)
			return true;
	return false;
}

/* is_plain - stands for itself, but for a blank in front of a line's end */
static bool
is_plain(const char *p)
{
	if (*p == ' ' || *p == '\t')
		return p[1] != '\r';
	return *p > ' ' && *p < 127 && *p != '=';
}

/* add_quoted_printable - lines of at most 76 characters (RFC 2045 6.7)
 *
 *	line = *(ptext / SPACE / TAB / "=" 2HEXDIG) ["="] CRLF
 */
static void
add_quoted_printable(const struct buf *text, struct buf *out)
{
	size_t column = 0, width;

	for (const char *p = text->data; *p != '\0'; p++, column += width) {
		width = is_plain(p) ? 1 : 3;
		if (*p == '\r' || *p == '\n') {
			buf_byte(out, *p);
			column = width = 0;
			continue;
		}
		if (column + width > 75) {
			buf_text(out, "=\r\n");
			column = 0;
		}
		if (width == 1)
			buf_byte(out, *p);
		else
			buf_format(out, "=%02X", (unsigned char)*p);
	}
}

/* report_add_text - the part with its header; true: it has 8-bit bytes
 *
 * The charset is a guess where a subject is no UTF-8: what such mail mostly
 * is, and one in which no byte ends a line. */
bool
report_add_text(const struct envelope *envelope, const char *header,
    size_t size, struct buf *out)
{
	own(buf) struct buf text = BUF;
	bool ascii, folded;

	add_lines(envelope, header, size, &text);
	ascii = utf8_is_ascii(text.data, text.len);
	folded = has_long_line(&text);
	buf_texts(out, "Content-Type: text/plain; charset=\"",
	    ascii ? "us-ascii" :
	    utf8_is(text.data, text.len) ? "utf-8" : "windows-1252",
	    "\"\r\nContent-Transfer-Encoding: ",
	    folded ? "quoted-printable" : ascii ? "7bit" : "8bit",
	    "\r\n\r\n");
	if (folded)
		add_quoted_printable(&text, out);
	else
		buf_bytes(out, text.data, text.len);
	return !ascii && !folded;
}
