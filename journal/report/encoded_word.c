/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/report/encoded_word.h"

#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/own.h"
#include "base/utf8.h"

/* word - "=?" charset ["*" language] "?" ("B" / "Q") "?" text "?=" */
struct word {
	const char	*charset;
	size_t		 charset_length;
	bool		 base64;
	const char	*text;
	size_t		 text_length;
	const char	*end;
};

/* ---- charsets ---- */

/* The names by which mail calls them (IANA's, and what is taken for one of
 * those), and iconv's for the same or for a superset that programs mean by it. */
static const struct {
	const char	*label;
	const char	*iconv;		/* NULL: UTF-8 itself */
} charsets[] = {
	{ "utf-8", NULL }, { "utf8", NULL },
	{ "iso-8859-1", "ISO-8859-1" }, { "latin1", "ISO-8859-1" },
	{ "iso-8859-2", "ISO-8859-2" }, { "iso-8859-3", "ISO-8859-3" },
	{ "iso-8859-4", "ISO-8859-4" }, { "iso-8859-5", "ISO-8859-5" },
	{ "iso-8859-6", "ISO-8859-6" }, { "iso-8859-7", "ISO-8859-7" },
	{ "iso-8859-8", "ISO-8859-8" }, { "iso-8859-8-i", "ISO-8859-8" },
	{ "iso-8859-9", "ISO-8859-9" }, { "iso-8859-10", "ISO-8859-10" },
	{ "iso-8859-11", "ISO-8859-11" }, { "iso-8859-13", "ISO-8859-13" },
	{ "iso-8859-14", "ISO-8859-14" }, { "iso-8859-15", "ISO-8859-15" },
	{ "iso-8859-16", "ISO-8859-16" },
	{ "windows-874", "CP874" }, { "tis-620", "CP874" },
	{ "windows-1250", "CP1250" }, { "cp1250", "CP1250" },
	{ "windows-1251", "CP1251" }, { "cp1251", "CP1251" },
	{ "windows-1252", "CP1252" }, { "cp1252", "CP1252" },
	{ "windows-1253", "CP1253" }, { "windows-1254", "CP1254" },
	{ "windows-1255", "CP1255" }, { "windows-1256", "CP1256" },
	{ "windows-1257", "CP1257" }, { "windows-1258", "CP1258" },
	{ "koi8-r", "KOI8-R" }, { "koi8-u", "KOI8-U" },
	{ "macintosh", "MACINTOSH" },
	{ "gb2312", "GBK" }, { "gbk", "GBK" }, { "gb18030", "GB18030" },
	{ "big5", "BIG5" }, { "big5-hkscs", "BIG5-HKSCS" },
	{ "euc-jp", "EUC-JP" }, { "iso-2022-jp", "ISO-2022-JP" },
	{ "shift_jis", "CP932" }, { "windows-31j", "CP932" },
	{ "euc-kr", "CP949" }, { "ks_c_5601-1987", "CP949" },
	{ "iso-2022-kr", "ISO-2022-KR" },
};

static int
add_utf8(const char *text, size_t n, struct buf *out)
{
	if (!utf8_is(text, n))
		return -1;
	buf_bytes(out, text, n);
	return 0;
}

/* add_converted - by the C library */
static int
add_converted(const char *from, const char *text, size_t n, struct buf *out)
{
	/* No character of theirs is longer in UTF-8 than four times. */
	size_t room = 4 * n + 16, left = room, before = out->len;
	char *in, *to = buf_room(out, room);
	iconv_t how = iconv_open("UTF-8", from);
	bool done;

	if ((intptr_t)how == -1)
		return -1;
	memcpy(&in, &text, sizeof(in));	/* which iconv(3) only reads */
	done = iconv(how, &in, &n, &to, &left) != (size_t)-1 &&
	    iconv(how, NULL, NULL, &to, &left) != (size_t)-1;
	iconv_close(how);
	out->len = before + (done ? room - left : 0);
	out->data[out->len] = '\0';
	return done ? 0 : -1;
}

/* encoded_word_convert - to UTF-8 */
int
encoded_word_convert(const char *charset, const char *text, size_t n,
    struct buf *out)
{
	if (strcasecmp(charset, "us-ascii") == 0)
		return utf8_is_ascii(text, n) ? add_utf8(text, n, out) : -1;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++)
		if (strcasecmp(charset, charsets[i].label) == 0)
			return charsets[i].iconv == NULL ?
			    add_utf8(text, n, out) :
			    add_converted(charsets[i].iconv, text, n, out);
	return -1;
}

static int
convert(const struct word *word, const struct buf *bytes, struct buf *out)
{
	char charset[32];

	if (word->charset_length >= sizeof(charset))
		return -1;
	memcpy(charset, word->charset, word->charset_length);
	charset[word->charset_length] = '\0';
	return encoded_word_convert(charset, bytes->data, bytes->len, out);
}

/* ---- words ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* word_parse - does one begin at p?  Blanks are no part of a text (RFC 2047
 * 2), but programs leave them in Q, and readers take them. */
static bool
word_parse(const char *p, const char *end, struct word *out)
{
	const char *mark, *star;

	if (end - p < 8 || p[0] != '=' || p[1] != '?')
		return false;
	out->charset = p + 2;
	mark = memchr(out->charset, '?', (size_t)(end - out->charset));
	if (mark == NULL || end - mark < 5 || mark[2] != '?' ||
	    strchr("BbQq", mark[1]) == NULL)
		return false;
	star = memchr(out->charset, '*', (size_t)(mark - out->charset));
	out->charset_length = (size_t)((star != NULL ? star : mark) -
	    out->charset);
	out->base64 = mark[1] == 'B' || mark[1] == 'b';
	out->text = mark + 3;
	mark = memchr(out->text, '?', (size_t)(end - out->text));
	if (mark == NULL || mark + 1 == end || mark[1] != '=')
		return false;
	out->text_length = (size_t)(mark - out->text);
	out->end = mark + 2;
	return true;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* add_q - RFC 2047 4.2; false: it is none */
static bool
add_q(const char *text, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		int high, low;

		if (text[i] != '=') {
			buf_byte(out, text[i]);
			if (text[i] == '_')
				out->data[out->len - 1] = ' ';
			continue;
		}
		if (n - i < 3)
			return false;
		high = hex(text[i + 1]);
		low = hex(text[i + 2]);
		if (high == -1 || low == -1)
			return false;
		buf_byte(out, (char)(high << 4 | low));
		i += 2;
	}
	return true;
}

static int
digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* add_base64 - RFC 4648 4, with or without its padding; false: it is none */
static bool
add_base64(const char *text, size_t n, struct buf *out)
{
	unsigned bits = 0, held = 0;

	for (size_t pad = 0; pad < 2 && n > 0 && text[n - 1] == '='; pad++)
		n--;
	if (n % 4 == 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		int value = digit(text[i]);

		if (value == -1)
			return false;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			buf_byte(out, (char)(bits >> held));
		}
	}
	return true;
}

static bool
add_bytes(const struct word *word, struct buf *out)
{
	size_t before = out->len;
	bool done = word->base64 ?
	    add_base64(word->text, word->text_length, out) :
	    add_q(word->text, word->text_length, out);

	if (!done)
		buf_cut(out, before);
	return done;
}

/* ---- words that follow each other ---- */

static const char *
skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

static bool
same_charset(const struct word *a, const struct word *b)
{
	return a->charset_length == b->charset_length &&
	    strncasecmp(a->charset, b->charset, a->charset_length) == 0;
}

/* add_run - the bytes of a word and of those after it that are in its charset;
 * returns the end of the last one */
static const char *
add_run(const struct word *first, const char *end, struct buf *bytes)
{
	const char *last = first->end;
	struct word next;

	while (word_parse(skip_blanks(last, end), end, &next) &&
	    same_charset(first, &next) && add_bytes(&next, bytes))
		last = next.end;
	return last;
}

/* state of one text */
struct decoding {
	const char	*end;
	const char	*apart;		/* words before here did not go together */
	struct buf	*out;
};

/* decode - the words that begin at p; returns their end, or NULL when nothing
 * can be made of the first */
static const char *
decode(struct decoding *state, const char *p, const struct word *word)
{
	own(buf) struct buf bytes = BUF;
	const char *last = word->end;
	size_t alone;

	if (!add_bytes(word, &bytes))
		return NULL;
	alone = bytes.len;
	if (p >= state->apart)
		last = add_run(word, state->end, &bytes);
	if (convert(word, &bytes, state->out) == 0)
		return last;
	/* One bad word is not to spoil its neighbours. */
	if (last == word->end)
		return NULL;
	state->apart = last;
	buf_cut(&bytes, alone);
	return convert(word, &bytes, state->out) == 0 ? word->end : NULL;
}

/* encoded_word_decode - a whole text */
void
encoded_word_decode(const char *text, size_t n, struct buf *out)
{
	struct decoding state = { text + n, text, out };
	const char *p = text, *plain = text;	/* not written yet */

	while (p < state.end) {
		const char *mark = memchr(p, '=', (size_t)(state.end - p));
		const char *after;
		struct word word;

		if (mark == NULL)
			break;
		if (!word_parse(mark, state.end, &word)) {
			p = mark + 1;
			continue;
		}
		/* Blanks between two words are none (RFC 2047 6.2). */
		size_t before = out->len;
		bool joined = plain > text &&
		    skip_blanks(plain, mark) == mark;

		if (!joined)
			buf_bytes(out, plain, (size_t)(mark - plain));
		after = decode(&state, mark, &word);
		if (after == NULL) {
			buf_cut(out, before);
			p = word.end;
			continue;
		}
		p = plain = after;
	}
	buf_bytes(out, plain, (size_t)(state.end - plain));
}
