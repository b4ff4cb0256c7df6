/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_text - a string of JSON (RFC 8259 7) that keeps any bytes
 *
 *	json_text_add(envelope->sender, &line);
 *
 * Texts need not be UTF-8: a byte that is no part of a UTF-8 character stands
 * there as \xNN (two lower-case hex digits), a backslash as two; so every text
 * survives the way there and back.  Control characters, those beyond ASCII as
 * well, are \uNNNN: a terminal that is shown the string obeys nothing in it.
 * By hand, since it is done for every copy.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include "base/buf.h"

/* json_text_add - with its quotation marks.
 * json_text_add_bytes - so many, among which may be NUL, as \x00.
 * json_text_add_shown - a text that is for people, or is escaped already: its
 * backslashes stay as they are. */
void	json_text_add(const char *, struct buf *out);
void	json_text_add_bytes(const char *, size_t n, struct buf *out);
void	json_text_add_shown(const char *, struct buf *out);

#endif
