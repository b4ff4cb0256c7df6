/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 5322 3.4 and 4.4, with 8-bit bytes as atext (RFC 6532):
 *
 *	address-list  = [address] *("," [address])
 *	address       = mailbox / group
 *	group         = phrase ":" [mailbox *("," mailbox)] ";"
 *	mailbox       = addr-spec / [phrase] "<" [route] addr-spec ">"
 *	route         = 1*("," / "@" domain) ":"
 *	addr-spec     = word *("." word) "@" domain
 *	domain        = atom *("." atom) / "[" *dtext "]"
 *	word          = atom / quoted-string
 *	phrase        = *(word / "." / "@")	; "@" is common, if not allowed
 *
 * Blanks, line ends and comments may stand between any two of these.
 */
#include "journal/report/address.h"

#include <string.h>

#include "base/own.h"

enum token_kind {
	END, ATOM, QUOTED, LITERAL, JUNK,
	DOT = '.', AT = '@', COMMA = ',', COLON = ':', SEMICOLON = ';',
	LESS = '<', GREATER = '>'
};

struct token {
	enum token_kind	 kind;
	const char	*text;		/* of QUOTED and LITERAL: what stands */
	size_t		 length;	/* between the delimiters */
};

struct cursor {
	const char	*p, *end;
};

static bool
is_atext(char c)
{
	return (unsigned char)c > 127 ||
	    (c > ' ' && c < 127 && strchr("()<>[]:;@\\,.\"", c) == NULL);
}

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 127;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* skip_comment - from after one "(" to after its ")", nested ones included,
 * or to the end */
static void
skip_comment(struct cursor *in)
{
	size_t depth = 1;

	while (in->p < in->end && depth > 0) {
		char c = *in->p++;

		if (c == '\\' && in->p < in->end)
			in->p++;
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
	}
}

static void
skip_blanks(struct cursor *in)
{
	while (in->p < in->end)
		if (is_space(*in->p)) {
			in->p++;
		} else if (*in->p == '(') {
			in->p++;
			skip_comment(in);
		} else {
			return;
		}
}

/* take_until - what stands before an unescaped close, which is passed too;
 * all that is left when there is none, and then it is junk */
static struct token
take_until(struct cursor *in, char close, enum token_kind kind)
{
	const char *text = ++in->p;

	for (; in->p < in->end && *in->p != close; in->p++)
		if (*in->p == '\\' && in->p + 1 < in->end)
			in->p++;
	if (in->p == in->end)
		return (struct token){ JUNK, text, 0 };
	in->p++;
	return (struct token){ kind, text, (size_t)(in->p - text) - 1 };
}

static struct token
next_token(struct cursor *in)
{
	const char *text;

	skip_blanks(in);
	if (in->p == in->end)
		return (struct token){ END, in->p, 0 };
	text = in->p;
	if (*text == '"')
		return take_until(in, '"', QUOTED);
	if (*text == '[')
		return take_until(in, ']', LITERAL);
	while (in->p < in->end && is_atext(*in->p))
		in->p++;
	if (in->p > text)
		return (struct token){ ATOM, text, (size_t)(in->p - text) };
	in->p++;
	if (*text != '\0' && strchr(".@,:;<>", *text) != NULL)
		return (struct token){ (enum token_kind)*text, text, 1 };
	return (struct token){ JUNK, text, 1 };
}

static bool
ends_element(struct token token)
{
	return token.kind == COMMA || token.kind == SEMICOLON ||
	    token.kind == END;
}

/* add_unquoted - the content of a quoted string: line ends go, escapes are
 * undone; false: a control character is in it */
static bool
add_unquoted(struct token token, struct buf *out)
{
	for (size_t i = 0; i < token.length; i++) {
		char c = token.text[i];

		if (c == '\r' || c == '\n')
			continue;
		if (c == '\\' && i + 1 < token.length)
			c = token.text[++i];
		if (is_control(c) && c != '\t')
			return false;
		buf_byte(out, c == '\t' ? ' ' : c);
	}
	return true;
}

/* add_literal - a domain literal without its blanks; false: not dtext */
static bool
add_literal(struct token token, struct buf *out)
{
	buf_byte(out, '[');
	for (size_t i = 0; i < token.length; i++) {
		char c = token.text[i];

		if (is_space(c))
			continue;
		if (is_control(c) || c == '[' || c == '\\')
			return false;
		buf_byte(out, c);
	}
	buf_byte(out, ']');
	return true;
}

/* is_dot_atom - needs no quotes
 *
 *	dot-atom = 1*atext *("." 1*atext)
 */
static bool
is_dot_atom(const char *text, size_t n)
{
	bool dot = true;		/* one more would be one too many */

	for (size_t i = 0; i < n; i++) {
		if (text[i] != '.' && !is_atext(text[i]))
			return false;
		if (dot && text[i] == '.')
			return false;
		dot = text[i] == '.';
	}
	return !dot;
}

static void
add_local_part(const struct buf *local, struct buf *out)
{
	if (is_dot_atom(local->data, local->len)) {
		buf_bytes(out, local->data, local->len);
		return;
	}
	buf_byte(out, '"');
	for (size_t i = 0; i < local->len; i++) {
		if (local->data[i] == '"' || local->data[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, local->data[i]);
	}
	buf_byte(out, '"');
}

/* read_local_part - words with dots between, up to and with the "@"; dots
 * too many are common enough to be let through */
static bool
read_local_part(struct cursor *in, struct buf *out)
{
	own(buf) struct buf local = BUF;
	bool word = false, any = false;	/* a word was the last, or was ever */

	for (;;) {
		struct token token = next_token(in);

		if (token.kind == DOT) {
			buf_byte(&local, '.');
			word = false;
		} else if (token.kind == AT && any) {
			add_local_part(&local, out);
			buf_byte(out, '@');
			return true;
		} else if (word) {
			return false;
		} else if (token.kind == ATOM) {
			buf_bytes(&local, token.text, token.length);
			word = any = true;
		} else if (token.kind == QUOTED) {
			if (!add_unquoted(token, &local))
				return false;
			word = any = true;
		} else {
			return false;
		}
	}
}

/* read_domain - and the token after it in *out_after */
static bool
read_domain(struct cursor *in, struct buf *out, struct token *out_after)
{
	struct token token = next_token(in);

	if (token.kind == LITERAL) {
		if (!add_literal(token, out))
			return false;
		*out_after = next_token(in);
		return true;
	}
	if (token.kind != ATOM)
		return false;
	for (;;) {
		buf_bytes(out, token.text, token.length);
		token = next_token(in);
		if (token.kind != DOT)
			break;
		token = next_token(in);
		if (token.kind != ATOM)
			break;		/* a final dot says nothing */
		buf_byte(out, '.');
	}
	*out_after = token;
	return true;
}

static bool
read_spec(struct cursor *in, struct buf *out, struct token *out_after)
{
	buf_cut(out, 0);
	return read_local_part(in, out) && read_domain(in, out, out_after);
}

/* skip_route - the obsolete "@a,@b:" in front of an addr-spec, if it is one */
static void
skip_route(struct cursor *in)
{
	struct cursor ahead = *in;
	struct token token;

	do
		token = next_token(&ahead);
	while (token.kind == AT || token.kind == COMMA || token.kind == ATOM ||
	    token.kind == DOT || token.kind == LITERAL);
	if (token.kind == COLON)
		*in = ahead;
}

/* read_angle - from after "<" to after ">", or to a better place to go on
 * when there is none */
static bool
read_angle(struct cursor *in, struct buf *out)
{
	struct cursor start;
	struct token token;

	skip_route(in);
	start = *in;
	if (read_spec(in, out, &token) &&
	    (token.kind == GREATER || ends_element(token)))
		return true;
	*in = start;
	do
		token = next_token(in);
	while (token.kind != GREATER && !ends_element(token));
	return false;
}

/* skim - pass what may be a phrase or an addr-spec, and what ends it */
static struct token
skim(struct cursor *in)
{
	struct token token;

	do
		token = next_token(in);
	while (token.kind != LESS && token.kind != COLON &&
	    !ends_element(token));
	return token;
}

/* address_next - the next mailbox of a list */
bool
address_next(const char *value, size_t size, size_t *at, struct buf *out)
{
	struct cursor in = { value + *at, value + size };
	bool found = false;

	while (!found && in.p < in.end) {
		struct cursor start = in;
		struct token token = skim(&in), after;

		if (token.kind == LESS)
			found = read_angle(&in, out);
		else if (token.kind != COLON)	/* that began a group */
			found = read_spec(&start, out, &after) &&
			    ends_element(after);
	}
	*at = (size_t)(in.p - value);
	return found;
}
