/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part that tells the envelope ([MS-XJRNL] 2.1), in the spelling of
 * Exchange's reports:
 *
 *	"Sender:" SP reverse-path CRLF
 *	"Subject:" SP [subject-string] CRLF
 *	"Message-Id:" SP [msg-id] CRLF
 *	1*("Recipient:" SP forward-path CRLF)
 *
 * Exchange sorts recipients into To:, Cc: and Bcc: lines only where it has seen
 * the message being submitted; of mail from elsewhere, whose header may say
 * anything, each is a "Recipient:" ("Understanding Journal Reports", TechNet
 * bb331962).
 */
#include <string.h>

#include "base/own.h"
#include "base/utf8.h"
#include "journal/report/encoded_word.h"
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
	return ((unsigned char)c < ' ' && c != '\t' && c != '\x1b') ||
	    c == 127;
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

/* A longer subject is not decoded: nobody wrote that to be read. */
enum { DECODED_MAX = 8000 };

/* is_atext - RFC 5322 3.2.3, RFC 6532 3.2 */
static bool
is_atext(char c)
{
	return (unsigned char)c > 127 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* is_dot_atom - RFC 5322 3.2.3 */
static bool
is_dot_atom(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_atext(text[i]) && (text[i] != '.' || i == 0 ||
		    i == n - 1 || text[i - 1] == '.'))
			return false;
	return n > 0;
}

/* report_add_path - in the simplest form (RFC 5321 4.1.2, the sender's SHOULD) */
void
report_add_path(const char *path, struct buf *out)
{
	const char *quote = path[0] == '"' ? strchr(path + 1, '"') : NULL;

	if (quote != NULL && quote[1] == '@' &&
	    is_dot_atom(path + 1, (size_t)(quote - path) - 1)) {
		report_add_clean(path + 1, (size_t)(quote - path) - 1, out);
		path = quote + 1;
	}
	report_add_clean(path, strlen(path), out);
}

/* report_add_field - a field, or a line of the text */
void
report_add_field(const char *name, const char *path, struct buf *out)
{
	buf_texts(out, name, ": ");
	report_add_path(path, out);
	buf_text(out, "\r\n");
}

static void
add_line(const char *name, const char *text, size_t n, struct buf *out)
{
	buf_texts(out, name, ": ");
	report_add_clean(text, n, out);
	buf_text(out, "\r\n");
}

/* is_utf8 - may the part be in it?  An address cannot be converted: its bytes
 * are its name. */
static bool
is_utf8(const struct envelope *envelope)
{
	bool utf8 = utf8_is(envelope->sender, strlen(envelope->sender));

	for (size_t i = 0; utf8 && i < envelope->recipient_count; i++)
		utf8 = utf8_is(envelope->recipients[i],
		    strlen(envelope->recipients[i]));
	return utf8;
}

/* decode - a subject as people read it; raw bytes are taken for what such mail
 * mostly has, and those that this lacks for Latin-1, which has all */
static void
decode(const struct buf *raw, struct buf *out)
{
	own(buf) struct buf text = BUF;

	if (encoded_word_convert("utf-8", raw->data, raw->len, &text) == -1 &&
	    encoded_word_convert("windows-1252", raw->data, raw->len,
	    &text) == -1)
		(void)encoded_word_convert("iso-8859-1", raw->data, raw->len,
		    &text);
	if (text.len <= DECODED_MAX)
		encoded_word_decode(text.data, text.len, out);
	else
		buf_bytes(out, text.data, text.len);
}

static void
add_subject(const char *header, size_t size, bool utf8, struct buf *out)
{
	own(buf) struct buf raw = BUF, subject = BUF;
	struct header_field field;
	size_t at = 0;

	while (header_next(header, size, &at, &field))
		if (header_is(&field, "Subject")) {
			header_unfold(&field, &raw);
			break;
		}
	if (utf8)
		decode(&raw, &subject);
	else
		buf_bytes(&subject, raw.data, raw.len);
	add_line("Subject", subject.data, subject.len, out);
}

static void
add_lines(const struct envelope *envelope,
    const struct report_options *options, const char *header, size_t size,
    struct buf *out)
{
	report_add_field("Sender", envelope->sender[0] != '\0' ?
	    envelope->sender : options->null_sender, out);
	add_subject(header, size, is_utf8(envelope), out);
	add_line("Message-Id", envelope->message_id,
	    strlen(envelope->message_id), out);
	for (size_t i = 0; i < envelope->recipient_count; i++)
		report_add_field("Recipient", envelope->recipients[i], out);
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

/* report_add_text - the part with its header.  Only lines whose addresses are
 * in no charset at all have another than UTF-8: the one such mail mostly is in,
 * and in which no byte ends a line. */
void
report_add_text(const struct envelope *envelope,
    const struct report_options *options, const char *header, size_t size,
    struct buf *out)
{
	own(buf) struct buf text = BUF;
	bool ascii, plain;

	add_lines(envelope, options, header, size, &text);
	ascii = utf8_is_ascii(text.data, text.len);
	plain = ascii && !has_long_line(&text);
	buf_texts(out, "Content-Type: text/plain; charset=\"",
	    ascii ? "us-ascii" :
	    utf8_is(text.data, text.len) ? "utf-8" : "windows-1252",
	    "\"\r\nContent-Transfer-Encoding: ",
	    plain ? "7bit" : "quoted-printable", "\r\n\r\n");
	if (plain)
		buf_bytes(out, text.data, text.len);
	else
		add_quoted_printable(&text, out);
}
