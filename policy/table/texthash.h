/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * texthash - the text that postmap(1) takes, as pairs
 *
 *	key blanks value
 *
 * in logical lines (see lines.h).  The key ends at the first blank outside
 * quotation marks; a backslash takes away the meaning of the next character;
 * both stay in the key.  Blanks around the value do not belong to it.
 *
 * What postmap warns of and skips (no value, an open quotation mark, a
 * continuation of nothing) is an error here: no rule that somebody wrote is
 * ignored silently.  Pure.
 */
#ifndef POLICY_TABLE_TEXTHASH_H
#define POLICY_TABLE_TEXTHASH_H

#include <stddef.h>

#include "base/err.h"
#include "policy/table/lines.h"
#include "policy/table/source.h"

/* texthash_next - 1: a pair, borrowed until the next call; 0: the end; -1:
 * lines->first is a bad line. */
int	texthash_next(struct lines *, struct source_pair *out, struct err *);

#endif
