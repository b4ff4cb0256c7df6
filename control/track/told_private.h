/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * told_private - what the parts of a block for people share
 */
#ifndef CONTROL_TOLD_PRIVATE_H
#define CONTROL_TOLD_PRIVATE_H

#include "control/track/told.h"
#include "control/when.h"

/* So many of a kind are shown one by one, else the first and the last ones, and
 * how many more there are. */
enum { TOLD_FEW = 20, TOLD_FIRST = 5, TOLD_LAST = 5 };

#define WHEN(at) when_text((at), (char[WHEN_TEXT]){ 0 })

/* told_row - begin a line; "": it goes on with what the line before is about.
 * told_address - in its brackets. */
void	told_row(struct buf *, const char *name);
void	told_address(struct buf *, const char *address);

/* told_stay - what the log says of a stay in Postfix's queue.
 * told_policy - what we say of the message, and of none of its copies.
 * told_copy - one copy. */
void	told_stay(const struct told *, const struct message *, struct buf *);
void	told_policy(const struct told *, struct buf *);
void	told_copy(const struct told *, const struct copied *, struct buf *);

#endif
