/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_names - names of folders, and texts in one word
 *
 *	own(buf) struct buf name = BUF;
 *
 *	if (imap_utf8("Entw&APw-rfe", &name))
 *		... "Entw\303\274rfe" ...
 *	imap_utf7("Entw\303\274rfe", &name);
 *
 * On the wire a name is in modified UTF-7 (RFC 3501 5.1.3), everywhere else in
 * UTF-8.  Pure.
 */
#ifndef REMEDIATE_IMAP_NAMES_H
#define REMEDIATE_IMAP_NAMES_H

#include <stdbool.h>

#include "base/buf.h"

/* Both add to out; false: it is not in that encoding, and out has some of it. */
bool	 imap_utf8(const char *wire, struct buf *out);
bool	 imap_utf7(const char *text, struct buf *out);

/* imap_word_add - a blank (but at the beginning) and the text as one word:
 * blanks, "%", control octets and what is not ASCII as %XX; "" as "%".
 * imap_word_next - the next word of *at, as it was meant; false: there is none,
 * or it is no such word. */
void	 imap_word_add(struct buf *out, const char *text);
bool	 imap_word_next(const char **at, struct buf *out);

#endif
