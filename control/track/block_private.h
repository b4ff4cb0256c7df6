/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * block_private - what the parts of a block for people share
 */
#ifndef CONTROL_BLOCK_PRIVATE_H
#define CONTROL_BLOCK_PRIVATE_H

#include "control/track/block.h"
#include "control/when.h"

/* So many of a kind are shown one by one, else the first and the last ones, and
 * how many more there are. */
enum { BLOCK_FEW = 20, BLOCK_FIRST = 5, BLOCK_LAST = 5 };

#define WHEN(at) when_text((at), (char[WHEN_TEXT]){ 0 })

/* block_row - begin a line; "": it goes on with what the line before is about.
 * block_address - in its brackets. */
void	block_row(struct buf *, const char *name);
void	block_address(struct buf *, const char *address);

/* block_stay - what the log says of a stay in Postfix's queue.
 * block_policy - what we say of the message, and of none of its copies.
 * block_copy - one copy. */
void	block_stay(const struct block *, const struct message *, struct buf *);
void	block_policy(const struct block *, struct buf *);
void	block_copy(const struct block *, const struct copied *, struct buf *);

#endif
