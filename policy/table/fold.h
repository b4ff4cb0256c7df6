/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fold - upper and lower case made the same, as postmap(1) does with keys
 *
 * Text in UTF-8 is folded as Unicode has it, in full (one letter may become
 * two); what is no UTF-8, in ASCII alone.
 */
#ifndef POLICY_TABLE_FOLD_H
#define POLICY_TABLE_FOLD_H

#include <stddef.h>

#include "base/buf.h"

/* fold_append - append n bytes of text, folded. */
void	 fold_append(struct buf *, const char *text, size_t n);

/* fold_buf - the whole of a buf, in place. */
void	 fold_buf(struct buf *);

#endif
