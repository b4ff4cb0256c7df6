/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * encoded_word - what a header field in the words of RFC 2047 says
 *
 *	struct buf raw = BUF, subject = BUF;
 *
 *	encoded_word_decode(raw.data, raw.len, &subject);
 *
 * "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=" becomes the text that it stands for, in UTF-8.
 * Words with nothing but blanks between them are one text; those that follow
 * each other in one charset are put together before they are converted, since
 * many programs break a word in the middle of a character.  They need no blank
 * around them, as most readers see it.
 *
 * A word that cannot be decoded stays as it is: a charset that is not known
 * here, bytes that it does not have, base64 that is none.  What a sender may
 * have converted is a list (iconv(3) knows more, and not all of it is safe).
 * The text may hold any character then, line ends too.
 */
#ifndef JOURNAL_ENCODED_WORD_H
#define JOURNAL_ENCODED_WORD_H

#include <stddef.h>

#include "base/buf.h"

/* encoded_word_decode - appends the text of n bytes, which need not be UTF-8
 * where they are no words.  Time grows with n; opening a charset is the most of
 * it, so callers bound n. */
void	encoded_word_decode(const char *, size_t n, struct buf *out);

/* encoded_word_convert - appends n bytes of a charset as UTF-8; 0, or -1 and
 * nothing when it is not known, or they are none of it. */
int	encoded_word_convert(const char *charset, const char *, size_t n,
	    struct buf *out);

#endif
