/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * header - fields of a message's header (RFC 5322 2.2)
 *
 *	struct header_field field;
 *	size_t at = 0;
 *
 *	while (header_next(bytes, size, &at, &field))
 *		if (header_is(&field, "Subject")) ...
 *
 * Tolerant: a line without a colon is skipped, bare LF ends a line as CRLF
 * does.  The header ends at the empty line or with the bytes.  Pure, no
 * allocation.
 */
#ifndef JOURNAL_HEADER_H
#define JOURNAL_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct header_field {
	const char	*name;		/* borrowed, name_length bytes */
	size_t		 name_length;
	const char	*value;		/* after the colon, folds included, */
	size_t		 value_length;	/* without the last line end */
	const char	*start;		/* the whole field with its line end */
	size_t		 length;
};

bool	header_next(const char *bytes, size_t, size_t *at,
	    struct header_field *out);
bool	header_is(const struct header_field *, const char *name);

/* header_unfold - append the value as one line: folds become what follows
 * the line end (RFC 5322 2.2.3), blanks at both ends go. */
void	header_unfold(const struct header_field *, struct buf *);

#endif
