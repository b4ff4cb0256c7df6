/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy - a copy in the spool, open for reading (forwarder, tdcctl)
 *
 *	if (copy_open(spool, SPOOL_READY, &entry, &copy, &err) == COPY_OPEN) {
 *		... copy.envelope ...
 *		copy_read(&copy, 0, header, copy.envelope.header_length, &err);
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
#include "journal/spool/spool.h"

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

enum copy_status {
	COPY_BUSY,		/* its writer has not let go: in a moment */
	COPY_OPEN,		/* and whole; to be closed */
	COPY_GONE,		/* not there, or not any more */
	COPY_BAD,		/* damaged; the err is ERR_NEVER */
	COPY_TROUBLE		/* the system failed; the err is ERR_LATER */
};

/* copy_open - out is filled in for COPY_OPEN alone. */
enum copy_status copy_open(const struct spool *, enum spool_place,
	    const struct spool_entry *, struct copy *out, struct err *);
void	 copy_close(struct copy *);

/* copy_peek - as copy_open(), for the envelope's sake: the message is not
 * read, and may be damaged. */
enum copy_status copy_peek(const struct spool *, enum spool_place,
	    const struct spool_entry *, struct copy *out, struct err *);

/* copy_read - n bytes of the message, which has them, from there on: 0, or -1:
 * the file was cut (ERR_NEVER) or the system failed (ERR_LATER). */
int	 copy_read(const struct copy *, uint64_t at, char *to, size_t n,
	    struct err *);

/* copy_verify - read the whole message and compare its sum: 0, or -1:
 * damaged (ERR_NEVER) or the system failed (ERR_LATER). */
int	 copy_verify(const struct copy *, struct err *);

#endif
