/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * texthash - the text that postmap(1) takes, as pairs
 *
 *	key blanks value
 *
 * in logical lines (see lines).  The key ends at the first blank outside
 * quotation marks; a backslash takes the meaning from what follows; both stay
 * in the key.  Blanks around the value are not of it.
 *
 * What postmap warns of and leaves out (no value, an open quotation mark, a
 * continuation of nothing) is an error here: a rule that somebody wrote is
 * never passed over.  Pure.
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
