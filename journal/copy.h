/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy - a copy in the spool, open for reading (forwarder, tdcctl)
 *
 *	if (copy_open(spool, SPOOL_READY, &entry, &copy, &busy, &err) == 1) {
 *		... copy.envelope, copy.fd ...
 *		copy_close(&copy);
 *	}
 */
#ifndef JOURNAL_COPY_H
#define JOURNAL_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "journal/envelope.h"
#include "journal/spool.h"

struct copy {
	struct spool_entry entry;
	struct envelope	 envelope;	/* texts live in the arena */
	struct arena	 arena;
	int		 fd;		/* the message is its first length bytes */
	struct buf	 small;		/* all of a file of up to COPY_SMALL bytes;
					   else empty, and after copy_peek() */
	int64_t		 touched;	/* ms since 1970: last link or rename */
	int64_t		 since;		/* ms since 1970: its life counts from
					   here; accepted, or requeued */
	uint64_t	 sum;		/* of the message, for copy_verify() */
	bool		 other_boot;	/* wrote it, or nobody knows which */
};

#define COPY_SMALL ((size_t)32 << 10)

/* copy_open - 1: open and whole; 0: not there (any more), or its writer has
 * not let go (*out_busy tells which); -1: damaged (ERR_NEVER) or the system
 * failed (ERR_LATER). */
int	 copy_open(const struct spool *, enum spool_place,
	    const struct spool_entry *, struct copy *out, bool *out_busy,
	    struct err *);
void	 copy_close(struct copy *);

/* copy_peek - as copy_open(), for the envelope's sake: the message is not
 * read, and may be damaged. */
int	 copy_peek(const struct spool *, enum spool_place,
	    const struct spool_entry *, struct copy *out, bool *out_busy,
	    struct err *);

/* copy_read - n bytes of the message, which has them, from there on: 0, or -1:
 * the file was cut (ERR_NEVER) or the system failed (ERR_LATER). */
int	 copy_read(const struct copy *, uint64_t at, char *to, size_t n,
	    struct err *);

/* copy_verify - read the whole message and compare its sum: 0, or -1:
 * damaged (ERR_NEVER) or the system failed (ERR_LATER). */
int	 copy_verify(const struct copy *, struct err *);

#endif
