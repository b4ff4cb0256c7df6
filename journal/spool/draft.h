/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * draft - a message on its way into the spool (milter)
 *
 *	draft = draft_new(spool);
 *	draft_write(draft, bytes, n, &err);		-- as it comes
 *	draft_commit(draft, &envelope, &err);		-- once per copy
 *	draft = draft_free(draft);
 *
 * A draft is used by one thread at a time.  Nothing is created on disk at
 * first: small messages are written in one go at the commit, larger ones as
 * they come, in 64 kB pieces.
 *
 * The time that a draft waits for the disk in all is limited (time_limit in
 * struct spool_options): when it is up, draft_write() or draft_commit() fails,
 * and so does all that follows on this draft.  While one step of any draft is
 * that late, new drafts fail at once.  What becomes of a step that is late is
 * told in spool.h.
 */
#ifndef JOURNAL_DRAFT_H
#define JOURNAL_DRAFT_H

#include <stddef.h>

#include "base/err.h"
#include "journal/envelope.h"
#include "journal/spool/spool.h"

struct draft;

struct draft *draft_new(struct spool *);
int	 draft_write(struct draft *, const void *, size_t, struct err *);

/* draft_commit - make one copy for one envelope: durable when it returns 0.
 * May be called again with a further envelope (other mid, other intake) for
 * the same message; envelope->length must be what was written.  On -1 this
 * copy does not exist; earlier ones stay, and further ones may be tried. */
int	 draft_commit(struct draft *, const struct envelope *, struct err *);

/* draft_all_or_none - before the first commit: when one fails or is too late,
 * no copy of the message shall be left in the end. */
void	 draft_all_or_none(struct draft *);

/* draft_free - let go: readers may have what was committed; anything else
 * vanishes.  Log "enqueued" before this.  Returns NULL. */
struct draft *draft_free(struct draft *);

#endif
