/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool - copies on their way, each one file
 *
 *	spool_open(&options, &spool, &err);
 *	draft = draft_new(spool);			-- draft.h: writing
 *	spool_list(spool, SPOOL_READY, &entries, &count, &err);
 *	... copy_open(spool, SPOOL_READY, &entries[0], &copy, &err), copy.h ...
 *	spool_remove(spool, SPOOL_READY, &entries[0], &err);
 *
 * A copy is one file: the message as received, its envelope (one line of
 * JSON), a footer of fixed size.  Where it stands, and under which name, says
 * what is true of it:
 *
 *	(no name)			being written; nothing was promised
 *	ready/<mid>.0,<accepted>,<intake>  promised; no attempt has failed
 *	ready/<mid>.<n>			promised; n attempts have failed
 *	ready/<mid>.<n>.<since>		the same, requeued at <since>
 *	ready/<mid>.<n>.<since>.<why>	the same, given up at its intake, for the
 *					alternate one since <since>
 *	failed/<mid>[.<n>]		given up, kept for a person
 *	failed/<old name>.damaged	no whole copy, kept for a person
 *
 *	step		how					who
 *	accept		linkat to ready/, fsync file, [fsync dir]  milter
 *	attempt failed	rename ready/<mid>.n -> .n+1		forwarder
 *	deliver		unlink					forwarder
 *	give up		unlink, or rename to failed/		forwarder
 *	set aside	rename ready/... -> failed/....damaged	forwarder
 *	divert		rename ready/... -> ready/<mid>.0.<since>.<why>  forwarder
 *	requeue		rename failed/... -> ready/<mid>.0.<since>  tdcctl
 *	purge		unlink failed/..., when its time there is over  forwarder
 *	empty		ftruncate, where the unlink fails	forwarder
 *	plain		rename ready/<mid>.0,... -> ready/<mid>.0  forwarder
 *
 * <mid> is 16 lower-case hex digits, <n>, <since> and <accepted> (ms since
 * 1970) are decimal; in failed/ a copy that was never tried has no <n>.  A
 * copy's life is counted from its acceptance, or from <since>: a requeued copy
 * has its whole life before it, yet remains the file it was.  So does a diverted
 * one: its envelope goes on to name its own intake, and <why> is a word of
 * spool_why_words[].  A copy is diverted at most once in a life, since its name
 * tells that it was.
 *
 * <accepted> and <intake> are a hint, with which a scheduler need not open what
 * is opened again to be sent.  The envelope is the truth: nothing is sent, or
 * given up, by what the name tells alone, and where the two differ the copy gets
 * the plain name.  A copy that was tried once has it, too, and so has one whose
 * intake cannot stand in a name (spool_hint()), or whose milter is of 0.1.
 *
 * The proof.  Every step is one system call that the file system does whole
 * or not at all.  A name appears before the fsyncs, but nobody is told that
 * the copy is accepted until they are done, and when one fails the name goes
 * again.  A file without a whole footer was never promised and is not a copy.
 * So after a crash every promised copy is in one place exactly, and whole.
 *
 * The fsync of the file comes after the linkat, and POSIX has it commit the bytes
 * alone.  The name is committed by the fsync of ready/, unless the file system
 * is one where both calls are about the same transaction of its log
 * (spool_fs.c), and the file had no name before: there the fsync of the file
 * waits for the name as well, and that of ready/ is left out, if strict does not
 * say otherwise.  Where that is not known for certain both are called.  In
 * either case the first fsync that fails ends the promise.
 *
 * An unlink or a rename that a power loss takes back means a copy sent twice
 * or tried once more, never one lost; so those are not synced.  Neither is the
 * one after an fsync that failed: what such a name comes back to was never
 * promised, and is sent if it is whole.  And as each name is taken away once,
 * who took it away decides what became of the copy: an operator may delete it
 * while it is being sent.
 *
 * After a power loss a file that was never promised may have its footer but
 * not all of what stands before it.  So the footer names the boot that wrote
 * it and has a sum of the message, which copy_open() compares when the boot
 * is another; within one boot, and by copy_peek(), only the envelope's sum is
 * looked at.
 *
 * The writer holds flock(LOCK_EX) on the file until draft_free(): a reader
 * that cannot get LOCK_SH has found one whose promise is not yet given, and
 * comes back in a moment.  (Letting go is an IN_CLOSE_WRITE in ready/, under a
 * name of the kernel's: the file was opened without one.)
 *
 * Where the file system has no O_TMPFILE, a file is written under a hidden
 * name, .<16 hex digits>, and renamed at the accept; spool_open() sweeps up
 * those that nobody holds.
 *
 * A session that must answer in time (time_limit) does not wait for the disk
 * itself.  A helper takes each step, and when it comes too late what is on its
 * way to the disk, lock and all, is the helper's:
 *
 *	too late in		then, when the disk answers
 *	write, open		the file, which has no name, is closed
 *	linkat, fsync		the copy's name is taken away, as after a failure
 *				of fsync; then the lock
 *	close, after a promise	(nobody waits for it)
 *
 * Such a copy was never promised, and while the lock is held no reader has it.
 * So in the end it does not exist, unless the system goes down before: then it
 * may be found whole, and is sent though its session has told that there is no
 * copy.  No copy is lost by that.  With milter_failure_action = tempfail, where
 * the client sends the message again, it may be one sent twice.
 *
 * Where ready/ may be written by its group, sticky, the milter is another user,
 * in that group (group_readable.h): it makes copies, for the group to read and
 * write, and takes away its own alone, which is all that its steps need.  It opens
 * neither failed/ nor the spool directory itself, in which it cannot make a file:
 * those that it writes have to be there.  The forwarder, and whoever changes
 * copies, have the directories.
 *
 * Nobody else calls fsync, linkat, rename or unlink on these files.
 */
#ifndef JOURNAL_SPOOL_H
#define JOURNAL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct spool;

struct spool_options {
	const char	*directory;
	bool		 sync;		/* false: no fsync at all (tests, tmpfs) */
	bool		 strict;	/* fsync of ready/ also where fsync of the
					   file commits its name */
	int64_t		 min_free_space; /* bytes left free on the file system */
	int64_t		 time_limit;	/* ms that a draft may wait for the disk
					   in all; 0: as long as it takes */
};

/* spool_open - open the directory, make ready/ and failed/ when missing.  Any
 * thread may use a struct spool; a draft is one thread's at a time. */
int	 spool_open(const struct spool_options *, struct spool **out,
	    struct err *);
/* spool_tune - after a reload: all options but the directory; any thread. */
void	 spool_tune(struct spool *, const struct spool_options *);
/* spool_look - whether the directories that are open are still those of that
 * name: 0; 1: one was removed or replaced, and the new one has taken its
 * place, as the err says; -1: there is none.  Drafts look by themselves,
 * now and then and when a file cannot be made.
 * spool_news - true: what a look found, once; any thread. */
int	 spool_look(struct spool *, struct err *);
bool	 spool_news(struct spool *, struct err *out);
/* spool_peek - as spool_open(), for reading; makes nothing. */
int	 spool_peek(const char *directory, struct spool **out, struct err *);
/* spool_glance - as spool_peek(), also for those who may only pass through the
 * directory: they see what is told of the spool (group_readable.h), and no
 * copies, for which spool_sees_copies() is false. */
int	 spool_glance(const char *directory, struct spool **out, struct err *);
bool	 spool_sees_copies(const struct spool *);
struct spool *spool_close(struct spool *);	/* NULL */
int	 spool_dirfd(const struct spool *);	/* borrowed */
int	 spool_readyfd(const struct spool *);	/* borrowed, for inotify */

/* spool_lock - become the one forwarder; fails (ERR_LATER) with the holder's
 * pid in the text when there is another.  Held until spool_close() or death;
 * a child shares it, but the pid reported is that of the caller: call it after
 * daemon_begin().
 * spool_holder - pid of the forwarder that runs, 0 when none does, -1 when
 * one runs whose pid is not known (just started, or on a full disk). */
int	 spool_lock(struct spool *, struct err *);
long	 spool_holder(const struct spool *);

/* spool_attend - announce that a milter uses this spool, until spool_close()
 * or death, best effort; and keep two threads to write by.  There may be
 * several milters.
 * spool_attendant - pid of one that runs, 0 or -1 as above.  More about them:
 * spool_programs.h. */
void	 spool_attend(struct spool *);
long	 spool_attendant(const struct spool *);

/* ---- copies by name ---- */

enum spool_place { SPOOL_READY, SPOOL_FAILED };

/* Why a copy was given up at its own intake; value 0: it was not. */
enum spool_why {
	SPOOL_WHY_NOT,
	SPOOL_WHY_DNS, SPOOL_WHY_5XX, SPOOL_WHY_TLS, SPOOL_WHY_EXPIRED,
	SPOOL_WHY_RETRIES, SPOOL_WHY_NETWORK,
	SPOOL_WHYS
};
extern const char *const spool_why_words[SPOOL_WHYS];

/* The longest intake address in a name, with its NUL. */
#define SPOOL_INTAKE 88

struct spool_entry {
	uint64_t	mid;
	unsigned	attempts;	/* that failed */
	int64_t		 since;		/* ms since 1970; 0: neither requeued nor
					   diverted, or in failed/ */
	enum spool_why	 why;		/* it is for the alternate intake */
	int64_t		 accepted;	/* ms since 1970; 0: the name does not
					   tell, and so of the intake neither */
	char		 intake[SPOOL_INTAKE];
};

/* spool_hint - have the name of a fresh copy tell when it was accepted, and for
 * which intake address; where that is too long, or has characters that are
 * better not in a name, it tells neither. */
void	 spool_hint(struct spool_entry *, int64_t accepted, const char *intake);

/* spool_name - what the file is called, without its directory. */
#define SPOOL_NAME 128		/* eCryptfs has room for 143 */
char	*spool_name(enum spool_place, const struct spool_entry *,
	    char out[SPOOL_NAME]);
/* spool_parse - the other way; false: not the name of a copy. */
bool	 spool_parse(enum spool_place, const char *name,
	    struct spool_entry *out);

/* spool_list - every copy in a place, sorted by mid; new array in *out. */
int	 spool_list(const struct spool *, enum spool_place,
	    struct spool_entry **out, size_t *out_count, struct err *);

/* spool_list_damaged - the same for what was set aside in failed/: entries as
 * they were called in ready/. */
int	 spool_list_damaged(const struct spool *, struct spool_entry **out,
	    size_t *out_count, struct err *);

/* spool_find - where the copy of that MID is now: 1, 0: nowhere, -1. */
int	 spool_find(const struct spool *, uint64_t mid, enum spool_place *out,
	    struct spool_entry *out_entry, struct err *);

/* Steps of the table above.  1: done; 0: the file is gone already, by another
 * hand; -1.  spool_failed_attempt() counts in the entry as well, and writes only to
 * what it changes there: attempts and the hint of the name; spool_keep()
 * adds the attempts that the name does not have; spool_damaged() is for what
 * copy_open() called COPY_BAD, and removes it if it is empty (0). */
int	 spool_failed_attempt(struct spool *, struct spool_entry *, struct err *);
int	 spool_plain(struct spool *, const struct spool_entry *, struct err *);
int	 spool_remove(struct spool *, enum spool_place,
	    const struct spool_entry *, struct err *);
int	 spool_keep(struct spool *, const struct spool_entry *,
	    unsigned unnamed, struct err *);
/* spool_empty - when spool_remove() fails in ready/: what is left is no copy,
 * and is never sent again. */
int	 spool_empty(struct spool *, const struct spool_entry *, struct err *);
/* spool_delete - by whatever name it has by then: 1, and out is where it was; 0:
 * it was gone, or done with but for its name; -1. */
int	 spool_delete(struct spool *, uint64_t mid, enum spool_place *out,
	    struct err *);
int	 spool_requeue(struct spool *, const struct spool_entry *, struct err *);
/* spool_divert - of a copy that is in ready/, and was not diverted yet. */
int	 spool_divert(struct spool *, const struct spool_entry *, enum spool_why,
	    struct err *);
int	 spool_damaged(struct spool *, const struct spool_entry *, struct err *);

/* spool_purge - remove what came to failed/ before oldest (ms since 1970),
 * damaged or not; other files are left alone.  -1: something could not be
 * removed, or looked at; the rest was. */
int	 spool_purge(struct spool *, int64_t oldest, struct err *);

#endif
