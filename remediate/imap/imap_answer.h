/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_answer - what an IMAP server says in one answer (RFC 9051 7)
 *
 *	struct imap_answer answer;
 *	struct imap_token token;
 *
 *	if (!imap_answer_parse("A1 NO [TRYCREATE] no\r\n", n, &answer))
 *		... no answer at all ...
 *	if (imap_code_is(&answer, "TRYCREATE"))
 *		... answer.text: for people ...
 *	while (imap_next(&answer.rest, &token) > IMAP_END)
 *		... token.at, token.length ...
 *
 * Pure; all that it gives points into the bytes that imap_frame.h has found to
 * be one answer.  Lists nest no deeper than IMAP_DEPTH.
 */
#ifndef REMEDIATE_IMAP_ANSWER_H
#define REMEDIATE_IMAP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { IMAP_DEPTH = 16 };

struct imap_span {
	const char	*at;
	size_t		 length;
};

/* IMAP_BROKEN: from there on it is no grammar of IMAP. */
enum imap_kind {
	IMAP_BROKEN, IMAP_END, IMAP_ATOM, IMAP_QUOTED, IMAP_LITERAL, IMAP_OPEN,
	IMAP_CLOSE
};

struct imap_token {
	enum imap_kind	 kind;
	const char	*at;		/* without quotes, with backslashes */
	size_t		 length;
};

struct imap_cursor {
	const char	*at, *end;
	unsigned	 depth;
};

/* imap_next - the next token, after blanks; it stays at IMAP_BROKEN. */
enum imap_kind imap_next(struct imap_cursor *, struct imap_token *);
/* imap_skip - one value, which may be a list. */
bool	 imap_skip(struct imap_cursor *);
bool	 imap_is(const struct imap_token *, const char *atom);	/* any case */
bool	 imap_number(const struct imap_token *, uint64_t most, uint64_t *out);
/* imap_text - of an atom or a string, as it was meant. */
void	 imap_text(const struct imap_token *, struct buf *out);

enum imap_status {
	IMAP_DATA, IMAP_OK, IMAP_NO, IMAP_BAD, IMAP_BYE, IMAP_PREAUTH
};

struct imap_answer {
	struct imap_span tag;		/* "*" untagged, "+" continue */
	enum imap_status status;
	struct imap_span code;		/* what stands in [], or empty */
	struct imap_span text;		/* of a status, without the code */
	struct imap_span name;		/* of data: "FETCH", "LIST" */
	uint32_t	 number;	/* before that name, or 0 */
	struct imap_cursor rest;	/* what follows the name */
};

bool	 imap_answer_parse(const char *, size_t, struct imap_answer *out);
bool	 imap_span_is(const struct imap_span *, const char *);	/* any case */
/* imap_code_is - the first word of its code. */
bool	 imap_code_is(const struct imap_answer *, const char *word);

#endif
