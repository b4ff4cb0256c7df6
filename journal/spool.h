/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool - copies on their way, each one file
 *
 * A copy is one file: the message, its envelope (one line of JSON), a fixed
 * footer.  Where it stands, and under which name, says what is true of it:
 *
 *	(no name)		being written; nobody was told anything
 *	ready/<mid>.<n>		promised; n attempts have failed
 *	failed/<mid>		given up, kept for a person
 *
 *	step		how					who
 *	accept		linkat to ready/, fsync file, fsync dir	milter
 *	attempt failed	rename ready/<mid>.n -> .n+1		forwarder
 *	deliver		unlink					forwarder
 *	give up		unlink, or rename to failed/		forwarder
 *	requeue		rename failed/<mid> -> ready/<mid>.0	tdcctl
 *
 * <mid> is 16 lower-case hex digits.  A file without a whole footer was
 * never promised and is not a copy.  So after a crash every promised copy is
 * in one place exactly, and whole; it may be sent twice, never lost.
 *
 * The writer holds flock(LOCK_EX) on the file until draft_free(): a reader
 * that cannot get LOCK_SH has found one whose promise is not yet given, and
 * comes back in a moment.
 *
 * Nobody else calls fsync, linkat, rename or unlink on these files.
 */
#ifndef JOURNAL_SPOOL_H
#define JOURNAL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "journal/envelope.h"

struct spool;

struct spool_options {
	const char	*directory;
	bool		 sync;		/* false: no fsync at all (tests, tmpfs) */
	int64_t		 min_free_space; /* bytes left free on the file system */
};

/* spool_open - open the directory, make ready/ and failed/ when missing. */
int	 spool_open(const struct spool_options *, struct spool **out,
	    struct err *);
/* spool_peek - the same for reading; makes nothing. */
int	 spool_peek(const char *directory, struct spool **out, struct err *);
struct spool *spool_close(struct spool *);	/* NULL */
int	 spool_dirfd(const struct spool *);	/* borrowed */
int	 spool_readyfd(const struct spool *);	/* borrowed, for inotify */

/* spool_lock - become the one forwarder; fails (ERR_LATER) with the holder's
 * pid in the text when there is another.  Held until spool_close() or death.
 * spool_holder - pid of the forwarder that runs, 0 when none does. */
int	 spool_lock(struct spool *, struct err *);
long	 spool_holder(const struct spool *);

/* ---- writing (milter) ---- */

struct draft;

/* draft_new - nothing is created on disk yet: small messages are written in
 * one go at the commit, larger ones as they come, in 64 kB pieces. */
struct draft *draft_new(struct spool *);
int	 draft_write(struct draft *, const void *, size_t, struct err *);

/* draft_commit - make one copy for one envelope: durable when it returns 0.
 * May be called again with a further envelope (other mid, other intake) for
 * the same message; envelope->length must be what was written.  On -1 this
 * copy does not exist; earlier ones stay. */
int	 draft_commit(struct draft *, const struct envelope *, struct err *);

/* draft_free - let go: readers may have what was committed; anything else
 * vanishes.  Log "enqueued" before this. */
struct draft *draft_free(struct draft *);	/* NULL */

/* ---- reading (forwarder, tdcctl) ---- */

enum spool_place { SPOOL_READY, SPOOL_FAILED };

struct spool_entry {
	uint64_t	mid;
	unsigned	attempts;	/* 0 in failed/ */
};

/* spool_name - what the file is called, without its directory. */
#define SPOOL_NAME 32
char	*spool_name(enum spool_place, const struct spool_entry *,
	    char out[SPOOL_NAME]);
/* spool_parse - the other way; false: not the name of a copy. */
bool	 spool_parse(enum spool_place, const char *name,
	    struct spool_entry *out);

/* spool_list - every copy in a place, sorted by mid; new array in *out. */
int	 spool_list(const struct spool *, enum spool_place,
	    struct spool_entry **out, size_t *out_count, struct err *);

/* A copy, open for reading. */
struct copy {
	struct spool_entry entry;
	struct envelope	 envelope;	/* texts live in the arena */
	struct arena	 arena;
	int		 fd;		/* the message is its first length bytes */
	int64_t		 touched;	/* ms since 1970: last link or rename */
};

/* copy_open - 1: open and whole; 0: not there (any more), or its writer has
 * not let go (*out_busy tells which); -1: damaged (ERR_NEVER) or the system
 * failed (ERR_LATER). */
int	 copy_open(const struct spool *, enum spool_place,
	    const struct spool_entry *, struct copy *out, bool *out_busy,
	    struct err *);
void	 copy_close(struct copy *);

/* Steps of the table above.  A file that is gone already is no error. */
int	 spool_failed_attempt(struct spool *, struct spool_entry *, struct err *);
int	 spool_remove(struct spool *, enum spool_place,
	    const struct spool_entry *, struct err *);
int	 spool_keep(struct spool *, const struct spool_entry *, struct err *);
int	 spool_requeue(struct spool *, const struct spool_entry *, struct err *);

#endif
