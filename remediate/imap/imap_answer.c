/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/imap/imap_answer.h"

#include <string.h>
#include <strings.h>

#include "base/digits.h"

/* ---- tokens ---- */

static enum imap_kind
broken(struct imap_cursor *cursor, struct imap_token *token)
{
	cursor->at = NULL;
	*token = (struct imap_token){ .kind = IMAP_BROKEN };
	return IMAP_BROKEN;
}

static enum imap_kind
give(struct imap_token *token, enum imap_kind kind, const char *from,
    const char *end)
{
	*token = (struct imap_token){ kind, from, (size_t)(end - from) };
	return kind;
}

/* quoted - after the quotation mark */
static enum imap_kind
quoted(struct imap_cursor *cursor, struct imap_token *token)
{
	const char *from = cursor->at + 1, *at = from;

	for (; at < cursor->end && *at != '"'; at++)
		if (*at == '\\' && at + 1 < cursor->end)
			at++;
	if (at == cursor->end)
		return broken(cursor, token);
	cursor->at = at + 1;
	return give(token, IMAP_QUOTED, from, at);
}

/* literal - at its brace */
static enum imap_kind
literal(struct imap_cursor *cursor, struct imap_token *token)
{
	const char *from = cursor->at + 1, *at = from;
	uint64_t size;

	while (at < cursor->end && *at >= '0' && *at <= '9')
		at++;
	if (!digits_parse(from, (size_t)(at - from), INT32_MAX, &size) ||
	    cursor->end - at < 3 || memcmp(at, "}\r\n", 3) != 0 ||
	    (size_t)(cursor->end - at - 3) < size)
		return broken(cursor, token);
	cursor->at = at + 3 + size;
	return give(token, IMAP_LITERAL, at + 3, cursor->at);
}

/* atom_end - a section, as BODY[HEADER.FIELDS (A B)], belongs to its atom */
static const char *
atom_end(const char *at, const char *end)
{
	for (; at < end && strchr(" (){\"\r\n", *at) == NULL; at++) {
		if (*at != '[')
			continue;
		while (at < end && *at != ']' && *at != '\r' && *at != '\n')
			at++;
		if (at == end || *at != ']')
			return at;
	}
	return at;
}

static enum imap_kind
atom(struct imap_cursor *cursor, struct imap_token *token)
{
	const char *from = cursor->at;
	const char *end = atom_end(from, cursor->end);

	if (end == from)
		return broken(cursor, token);
	cursor->at = end;
	return give(token, IMAP_ATOM, from, end);
}

static enum imap_kind
parenthesis(struct imap_cursor *cursor, struct imap_token *token)
{
	bool open = *cursor->at == '(';

	if (open ? cursor->depth == IMAP_DEPTH : cursor->depth == 0)
		return broken(cursor, token);
	cursor->depth += open ? 1 : -1;
	cursor->at++;
	return give(token, open ? IMAP_OPEN : IMAP_CLOSE, cursor->at - 1,
	    cursor->at);
}

/* imap_next - the next token */
enum imap_kind
imap_next(struct imap_cursor *cursor, struct imap_token *token)
{
	if (cursor->at == NULL)
		return broken(cursor, token);
	while (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
	if (cursor->at == cursor->end)
		return cursor->depth > 0 ? broken(cursor, token) :
		    give(token, IMAP_END, cursor->at, cursor->at);
	switch (*cursor->at) {
	case '"':
		return quoted(cursor, token);
	case '(':
	case ')':
		return parenthesis(cursor, token);
	case '~':
		if (cursor->end - cursor->at > 1 && cursor->at[1] == '{')
			cursor->at++;
		break;
	}
	return *cursor->at == '{' ? literal(cursor, token) :
	    atom(cursor, token);
}

/* imap_skip - one value */
bool
imap_skip(struct imap_cursor *cursor)
{
	unsigned depth = cursor->depth;
	struct imap_token token;

	do {
		if (imap_next(cursor, &token) <= IMAP_END)
			return false;
	} while (cursor->depth > depth);
	return token.kind != IMAP_CLOSE || cursor->depth == depth;
}

/* imap_is - that atom */
bool
imap_is(const struct imap_token *token, const char *atom_text)
{
	return token->kind == IMAP_ATOM &&
	    token->length == strlen(atom_text) &&
	    strncasecmp(token->at, atom_text, token->length) == 0;
}

/* imap_number - digits alone */
bool
imap_number(const struct imap_token *token, uint64_t most, uint64_t *out)
{
	return token->kind == IMAP_ATOM &&
	    digits_parse(token->at, token->length, most, out);
}

/* imap_text - without the backslashes of a quoted string */
void
imap_text(const struct imap_token *token, struct buf *out)
{
	if (token->kind != IMAP_QUOTED) {
		buf_bytes(out, token->at, token->length);
		return;
	}
	for (size_t i = 0; i < token->length; i++) {
		if (token->at[i] == '\\' && i + 1 < token->length)
			i++;
		buf_byte(out, token->at[i]);
	}
}

/* ---- answers ---- */

/* word - up to a blank, and what follows that */
static struct imap_span
word(const char **at, const char *end)
{
	struct imap_span span = { *at, 0 };

	while (*at < end && **at != ' ')
		(*at)++;
	span.length = (size_t)(*at - span.at);
	if (*at < end)
		(*at)++;
	return span;
}

/* imap_span_is - in any case */
bool
imap_span_is(const struct imap_span *span, const char *text)
{
	return span->length == strlen(text) &&
	    strncasecmp(span->at, text, span->length) == 0;
}

static enum imap_status
status_of(const struct imap_span *span)
{
	static const char *const words[] = { [IMAP_OK] = "OK",
	    [IMAP_NO] = "NO", [IMAP_BAD] = "BAD", [IMAP_BYE] = "BYE",
	    [IMAP_PREAUTH] = "PREAUTH" };

	for (size_t i = IMAP_OK; i <= IMAP_PREAUTH; i++)
		if (imap_span_is(span, words[i]))
			return (enum imap_status)i;
	return IMAP_DATA;
}

/* status_text - its code, and what is for people */
static void
status_text(const char *at, const char *end, struct imap_answer *out)
{
	const char *close = at < end && *at == '[' ?
	    memchr(at, ']', (size_t)(end - at)) : NULL;

	if (close != NULL) {
		out->code = (struct imap_span){ at + 1,
		    (size_t)(close - at - 1) };
		at = close + 1;
		at += at < end && *at == ' ';
	}
	out->text = (struct imap_span){ at, (size_t)(end - at) };
}

/* data - "12 FETCH (...)", "LIST () ..." */
static bool
data(const char *at, const char *end, struct imap_answer *out)
{
	uint64_t number;

	out->name = word(&at, end);
	if (digits_parse(out->name.at, out->name.length, UINT32_MAX, &number)) {
		out->number = (uint32_t)number;
		out->name = word(&at, end);
	}
	out->rest = (struct imap_cursor){ at, end, 0 };
	return out->name.length > 0;
}

/* imap_answer_parse - one whole answer */
bool
imap_answer_parse(const char *bytes, size_t n, struct imap_answer *out)
{
	static const struct imap_answer nothing = { .tag = { "", 0 },
	    .code = { "", 0 }, .text = { "", 0 }, .name = { "", 0 },
	    .rest = { "", NULL, 0 } };
	const char *at = bytes, *end, *after;
	struct imap_span first;

	*out = nothing;
	out->rest.end = out->rest.at;
	if (n < 3 || memcmp(bytes + n - 2, "\r\n", 2) != 0)
		return false;
	end = bytes + n - 2;
	out->tag = word(&at, end);
	if (imap_span_is(&out->tag, "+")) {
		out->text = (struct imap_span){ at, (size_t)(end - at) };
		return true;
	}
	after = at;
	first = word(&after, end);
	out->status = status_of(&first);
	if (out->status != IMAP_DATA) {
		status_text(after, end, out);
		return out->tag.length > 0;
	}
	return imap_span_is(&out->tag, "*") && data(at, end, out);
}

/* imap_code_is - its first word */
bool
imap_code_is(const struct imap_answer *answer, const char *text)
{
	const char *at = answer->code.at;
	struct imap_span first = word(&at, at + answer->code.length);

	return imap_span_is(&first, text);
}
