/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fold - make upper and lower case the same, as postmap(1) does with keys
 *
 *	fold_append(&buf, "J\xc3\x96RG", 5);
 *
 * Text in UTF-8 is folded as Unicode says, in full (one letter may become
 * two); what is not UTF-8, in its ASCII letters only.
 */
#ifndef POLICY_TABLE_FOLD_H
#define POLICY_TABLE_FOLD_H

#include <stddef.h>

#include "base/buf.h"

/* fold_append - append n bytes of text, folded. */
void	 fold_append(struct buf *, const char *text, size_t n);

/* fold_buf - fold all of a buf, in place. */
void	 fold_buf(struct buf *);

#endif
