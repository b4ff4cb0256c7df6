/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/path.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "policy/table/fold.h"

enum { QUOTED = 128 };		/* octets of a token that path_quoted() keeps */

/* is_atext - RFC 5322 3.2.3, and RFC 6531 3.3: all bytes over 127 */
static bool
is_atext(unsigned char c)
{
	return c > 127 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* skip_dot_string - the end of a Dot-string; NULL: there is none */
static const char *
skip_dot_string(const char *p)
{
	for (;; p++) {
		const char *start = p;

		while (is_atext((unsigned char)*p))
			p++;
		if (p == start)
			return NULL;
		if (*p != '.')
			return p;
	}
}

/* skip_quoted_string - the end of a Quoted-string; NULL: there is none */
static const char *
skip_quoted_string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p++) {
		if (*p == '\\')
			p++;
		if ((unsigned char)*p < ' ' || *p == 127)
			return NULL;
	}
	return p + 1;
}

/* skip_domain - the end of a Domain or an address-literal; NULL: there is
 * none.  Which letters a domain may have is not our business. */
static const char *
skip_domain(const char *p)
{
	if (*p == '[') {
		size_t n = strcspn(++p, "[]\\\" \t\r\n");

		return n > 0 && p[n] == ']' ? p + n + 1 : NULL;
	}
	return skip_dot_string(p);
}

/* is_mailbox - the whole text is one (RFC 5321 4.1.2, RFC 6531 3.3) */
static bool
is_mailbox(const char *text)
{
	const char *p = *text == '"' ? skip_quoted_string(text) :
	    skip_dot_string(text);

	if (p == NULL || *p != '@')
		return false;
	p = skip_domain(p + 1);
	return p != NULL && *p == '\0';
}

/* without_brackets - the token's text; lives in the arena */
static const char *
without_brackets(const char *token, struct arena *arena)
{
	size_t n = strlen(token);

	if (n >= 2 && *token == '<' && token[n - 1] == '>')
		return arena_bytes(arena, token + 1, n - 2);
	return arena_text(arena, token);
}

/* same_but_for_case - as Postfix folds it */
static bool
same_but_for_case(const char *a, const char *b)
{
	own(buf) struct buf one = BUF;
	own(buf) struct buf other = BUF;

	fold_append(&one, a, strlen(a));
	fold_append(&other, b, strlen(b));
	return one.len == other.len &&
	    memcmp(one.data, other.data, one.len) == 0;
}

/* path_mailbox - the mailbox that is meant */
const char *
path_mailbox(const char *token, const char *understood, struct arena *arena)
{
	const char *text = without_brackets(token, arena);

	/* Without the macro nobody says whether % and ! are routing here. */
	if (understood == NULL)
		return *text == '\0' || (is_mailbox(text) &&
		    text[strcspn(text, "%!")] == '\0') ? text : NULL;
	if (*understood != '\0' && strchr(understood, '@') == NULL)
		return NULL;
	return same_but_for_case(text, understood) ? text :
	    arena_text(arena, understood);
}

/* path_rewritten - the client's own words, where they are clear */
const char *
path_rewritten(const char *token, const char *understood)
{
	struct arena arena = { 0 };
	const char *text = without_brackets(token, &arena);
	bool clear = *text == '\0' || (*text != '"' && is_mailbox(text) &&
	    text[strcspn(text, "%!")] == '\0');

	arena_drop(&arena);
	return clear ? NULL : understood;
}

/* path_plain - a Mailbox, for readers */
const char *
path_plain(const char *mailbox, struct arena *arena)
{
	const char *at = strrchr(mailbox, '@');
	size_t local = at != NULL ? (size_t)(at - mailbox) : strlen(mailbox);
	bool quoted = local > 1 && *mailbox == '"' &&
	    mailbox[local - 1] == '"';
	own(buf) struct buf text = BUF;

	if (*mailbox == '\0' || is_mailbox(mailbox))
		return mailbox;
	buf_byte(&text, '"');
	for (size_t i = quoted; i < local - quoted; i++)
		buf_byte(&text, (unsigned char)mailbox[i] < ' ' ||
		    mailbox[i] == 127 || strchr("\"\\", mailbox[i]) != NULL ?
		    '?' : mailbox[i]);
	buf_texts(&text, "\"@");
	for (const char *p = mailbox + local; *p != '\0'; p++)
		if (p != at)
			buf_byte(&text, is_atext((unsigned char)*p) ||
			    *p == '.' ? *p : '?');
	if (!is_mailbox(text.data))
		buf_text(&text, "invalid");
	return arena_bytes(arena, text.data, text.len);
}

/* path_quoted - what stands for a token that names no mailbox */
const char *
path_quoted(const char *token, const char *host, struct arena *arena)
{
	own(buf) struct buf text = BUF;

	buf_byte(&text, '"');
	for (; *token != '\0' && text.len < QUOTED; token++) {
		if ((unsigned char)*token < ' ' || *token == 127)
			continue;
		if (*token == '"' || *token == '\\')
			buf_byte(&text, '\\');
		buf_byte(&text, *token);
	}
	buf_texts(&text, "\"@", *host != '\0' ? host : "localhost");
	return arena_bytes(arena, text.data, text.len);
}
