/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/imap/imap_names.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static const char digits64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* ---- from the wire ---- */

static void
put_utf8(struct buf *out, uint32_t c)
{
	char bytes[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3f));
	bytes[0] = (char)(n == 1 ? c : (0xf00U >> n & 0xff) | c);
	buf_bytes(out, bytes, n);
}

/* A run of base64 as it is read. */
struct run {
	uint32_t	 bits;
	unsigned	 count;		/* of bits */
	uint32_t	 high;		/* of a surrogate pair, or 0 */
};

/* unit - 16 bits of UTF-16 */
static bool
unit(struct run *run, uint32_t c, struct buf *out)
{
	bool low = c >= 0xdc00 && c <= 0xdfff;

	if ((run->high != 0) != low)
		return false;
	if (c >= 0xd800 && c <= 0xdbff) {
		run->high = c;
		return true;
	}
	if (low)
		c = 0x10000 + ((run->high - 0xd800) << 10) + (c - 0xdc00);
	else if (c >= ' ' && c <= '~')
		return false;		/* stands for itself */
	run->high = 0;
	put_utf8(out, c);
	return c >= ' ';
}

/* shifted - from "&" to "-"; NULL: it is wrong */
static const char *
shifted(const char *at, struct buf *out)
{
	struct run run = { 0 };

	if (*at == '-') {
		buf_byte(out, '&');
		return at + 1;
	}
	for (; *at != '-'; at++) {
		const char *digit = *at != '\0' ? strchr(digits64, *at) : NULL;

		if (digit == NULL)
			return NULL;
		run.bits = run.bits << 6 | (uint32_t)(digit - digits64);
		run.count += 6;
		if (run.count < 16)
			continue;
		run.count -= 16;
		if (!unit(&run, run.bits >> run.count & 0xffff, out))
			return NULL;
	}
	return run.high == 0 && run.count < 6 &&
	    (run.bits & ((1U << run.count) - 1)) == 0 ? at + 1 : NULL;
}

/* imap_utf8 - what a name on the wire means */
bool
imap_utf8(const char *wire, struct buf *out)
{
	while (*wire != '\0') {
		if (*wire < ' ' || *wire > '~')
			return false;
		if (*wire != '&') {
			buf_byte(out, *wire++);
			continue;
		}
		wire = shifted(wire + 1, out);
		if (wire == NULL)
			return false;
	}
	return true;
}

/* ---- to the wire ---- */

/* code_of - of a character that takes n bytes */
static uint32_t
code_of(const char *text, size_t n)
{
	uint32_t c = (unsigned char)text[0];

	if (n > 1)
		c &= 0xffU >> (n + 1);
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	return c;
}

static void
put_unit(struct run *run, uint32_t c, struct buf *out)
{
	run->bits = run->bits << 16 | c;
	run->count += 16;
	while (run->count >= 6) {
		run->count -= 6;
		buf_byte(out, digits64[run->bits >> run->count & 0x3f]);
	}
}

/* shift - characters that are not ASCII, up to one that is; NULL: no UTF-8 */
static const char *
shift(const char *text, struct buf *out)
{
	struct run run = { 0 };

	buf_byte(out, '&');
	while (*text != '\0' && (*text < ' ' || *text > '~')) {
		size_t n = utf8_length(text, strlen(text));
		uint32_t c = code_of(text, n);

		if (n == 0 || c < ' ')
			return NULL;
		if (c >= 0x10000) {
			put_unit(&run, 0xd800 + ((c - 0x10000) >> 10), out);
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		put_unit(&run, c, out);
		text += n;
	}
	if (run.count > 0)
		buf_byte(out, digits64[run.bits << (6 - run.count) & 0x3f]);
	buf_byte(out, '-');
	return text;
}

/* imap_utf7 - as the wire has it */
bool
imap_utf7(const char *text, struct buf *out)
{
	while (*text != '\0') {
		if (*text == '&') {
			buf_text(out, "&-");
			text++;
		} else if (*text >= ' ' && *text <= '~') {
			buf_byte(out, *text++);
		} else if ((text = shift(text, out)) == NULL) {
			return false;
		}
	}
	return true;
}

/* ---- words ---- */

/* imap_word_add - as one word */
void
imap_word_add(struct buf *out, const char *text)
{
	if (out->len > 0)
		buf_byte(out, ' ');
	if (*text == '\0')
		buf_byte(out, '%');
	for (; *text != '\0'; text++) {
		if (*text > ' ' && *text <= '~' && *text != '%')
			buf_byte(out, *text);
		else
			buf_format(out, "%%%02X", (unsigned char)*text);
	}
}

static int
hex(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/* imap_word_next - the next one */
bool
imap_word_next(const char **at, struct buf *out)
{
	const char *text = *at;

	buf_cut(out, 0);
	if (*text == '\0')
		return false;
	if (*text == '%' && (text[1] == ' ' || text[1] == '\0'))
		text++;
	for (; *text != ' ' && *text != '\0'; text++) {
		int high = *text == '%' ? hex(text[1]) : 0;
		int low = *text == '%' && high >= 0 ? hex(text[2]) : 0;
		char c = *text;

		if (high < 0 || low < 0)
			return false;
		if (*text == '%' && high + low == 0)
			return false;		/* no NUL in a text */
		if (*text == '%') {
			c = (char)(high << 4 | low);
			text += 2;
		}
		buf_byte(out, c);
	}
	*at = *text == ' ' ? text + 1 : text;
	return true;
}
