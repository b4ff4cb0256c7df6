/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * writing - a message on its way to the disk, as the disk sees it
 *
 *	source		whole pieces of 64 kB, in a file as soon as there is one
 *	held		what came after the last whole piece
 *
 * The first copy is the source itself, with what is held and the trailer
 * after it in one writev.  A further copy gets a file of its own, into which
 * the whole pieces are copied.  What a failed commit left after the pieces
 * does not matter to those.
 *
 * Whatever may wait for the disk is here; draft.c decides who does the waiting.
 */
#ifndef JOURNAL_WRITING_H
#define JOURNAL_WRITING_H

#include "base/buf.h"
#include "journal/envelope.h"
#include "journal/spool/spool_private.h"

/* A copy that has its name. */
struct writing_promise {
	struct spool_entry entry;
	int		 fd;		/* borrowed */
};

struct writing {
	struct spool	*spool;
	struct buf	 held;
	uint64_t	 sum;		/* of the whole pieces */
	uint64_t	 streamed;	/* their bytes */
	struct spool_file source;
	bool		 source_used;	/* by a commit, for better or worse */
	int		*committed;	/* descriptors that hold the locks */
	size_t		 commits;
	struct writing_promise	*promises;	/* of every commit */
	size_t		 promise_count;
};

struct writing *writing_new(struct spool *);
/* writing_free - memory alone: writing_end() was before it. */
struct writing *writing_free(struct writing *);	/* NULL */
/* writing_on_disk - whether writing_end() has anything to do. */
bool	 writing_on_disk(const struct writing *);

/* writing_trailer - what stands after the message of this copy. */
int	 writing_trailer(const struct writing *, const struct envelope *,
	    struct buf *out, struct err *);

/* All of these may wait for the disk.
 * writing_stream - what is held, one whole piece, goes to the source.
 * writing_commit - one durable copy of that name, with that trailer; writing_take_back - the
 * last n of them, of which nobody was told.
 * writing_end - what was committed is for readers, the rest vanishes. */
int	 writing_stream(struct writing *, struct err *);
int	 writing_commit(struct writing *, const struct spool_entry *,
	    const struct buf *trailer, struct err *);
void	 writing_take_back(struct writing *, size_t n);
void	 writing_end(struct writing *);

#endif
