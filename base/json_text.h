/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_text - a string of JSON (RFC 8259 7) that keeps any bytes
 *
 *	json_text_add(envelope->sender, &line);
 *
 * Texts need not be UTF-8: a byte that is no part of a UTF-8 character stands
 * there as \xNN (two lower-case hex digits), a backslash as two; so every text
 * survives the way there and back.  By hand, since it is done for every copy.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* json_text_add - with its quotation marks; for files, as jansson would.
 * json_text_add_bytes - so many, among which may be NUL, as \x00; where it may
 * be shown: control characters beyond ASCII and DEL are \uNNNN, too, and no
 * terminal obeys anything in it.
 * json_text_add_shown - the same of a text for people, or that is escaped
 * already: its backslashes stay as they are. */
void	json_text_add(const char *, struct buf *out);
void	json_text_add_bytes(const char *, size_t n, struct buf *out);
void	json_text_add_shown(const char *, struct buf *out);

/* json_text_undo - the text of such a string, as a reader of JSON gives it; false:
 * json_text_add() did not write it. */
bool	json_text_undo(const char *, size_t n, struct buf *out);

#endif
