/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters - numbers that outlive the programs, in one mapped file
 *
 *	counters = counters_open(dirfd, floor, used);
 *	counter_add(counters, COUNT_DELIVERED, 1);
 *	mid = counters_next_mid(counters);
 *	counters_tend(counters);			-- each second
 *	if (counters_news(counters, &err))
 *		... log it ...
 *
 * The file "counters" in the spool directory is mapped by every program;
 * each number is one atomic.  MIDs and DCIDs never repeat: a block of them is
 * promised on disk (msync) before the first of it is handed out, and after a
 * reboot, when what was in memory may be lost, counting goes on after the
 * last promised block.  Within one boot the mapped page survives kill -9, so
 * no number is skipped but those that a milter had fetched, a few hundred.
 *
 * Counting delays neither copies nor originals.  A file that
 * is no good (cut short, of another version, numbers out of their bounds,
 * unreadable) is set aside as "counters.damaged" and made again; one that is
 * locked, or cannot be made, is tried again later, and meanwhile memory counts
 * in its place, which is carried over.  So does the memory of mapped.h when
 * the file is lost while it is mapped: what was counted in the last second may
 * then be lost as well.  Where it is not known any more which numbers were
 * handed out a new file's begin with the time of day, COUNTERS_TICK for each
 * millisecond: above all that were, and not caught up by any rate of mail.
 * Numbers without a file are the time of day too, with COUNTERS_BY_TIME added,
 * where no file's ever come, and different for each process, nearly.
 *
 * Nobody waits for a lock: a promise is raised by compare-and-swap, and holds
 * once an msync that began after it has ended.  counters_buffer() is for a
 * program that must not wait for a disk either (a page of a frozen file system
 * cannot even be written to in memory): from then on it counts in memory of
 * its own, and takes MIDs from a store of them; a thread, or whoever calls
 * counters_carry(), carries the numbers to the file.
 *
 * A checksum of each promise is stored after the numbers, where older
 * programs, which knew none, have zeros; such a file is taken as it is.  An
 * older program that meets this file counts on in it and does not renew the
 * sum; the next of these programs to start then lets the numbers go on from
 * the time of day, once, and keeps the counters.
 */
#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum counter {
#define COUNTER(name, label, meaning) COUNT_##name,
#include "base/counters/counters_list.h"
#undef COUNTER
	COUNTERS
};

struct counter_row {
	const char	*name;		/* "delivered", for JSON and metrics */
	const char	*meaning;	/* one sentence */
};
extern const struct counter_row counter_rows[COUNTERS];

/* counter_is_gauge - whether it tells how something is now, as the first word
 * of its meaning says; or how often something happened. */
bool	 counter_is_gauge(enum counter);

struct counters;

/* A MID from here on in a file's name is not believed: somebody made it up. */
#define COUNTERS_FLOOR_MOST (UINT64_C(1) << 50)
#define COUNTERS_TICK 64
/* Room for 16 numbers in a millisecond of 64 processes; JSON's readers know
 * whole numbers up to twice as much. */
#define COUNTERS_BY_TIME (UINT64_C(1) << 52)
#define COUNTERS_TIMES 16
#define COUNTERS_SLOTS 64

/* counters_open - map the file, made when it is not there; new.  floor: no MID
 * up to it is handed out (the highest in the spool).  used: MIDs were handed
 * out before, so a file that is not there was removed. */
struct counters *counters_open(int dirfd, uint64_t floor, bool used);
/* counters_peek - map it for reading alone; -1 when there is none, or it is
 * damaged (ERR_NEVER). */
int	 counters_peek(int dirfd, struct counters **out, struct err *);
struct counters *counters_close(struct counters *);	/* NULL */

/* counters_move - to another directory: what was counted comes along. */
void	 counters_move(struct counters *, int dirfd);

/* counters_tend - see to the file; one thread, which may have to wait for the
 * disk.  With a buffer its thread does it.
 * counters_news - true: something to warn of, once; any thread. */
void	 counters_tend(struct counters *);
bool	 counters_news(struct counters *, struct err *out);

/* Any thread; with a buffer counter_get() may wait for the disk. */
void	 counter_add(struct counters *, enum counter, uint64_t);
void	 counter_take(struct counters *, enum counter, uint64_t);
void	 counter_set(struct counters *, enum counter, uint64_t);
/* counter_raise - a gauge that only rises, to at least that much. */
void	 counter_raise(struct counters *, enum counter, uint64_t);
uint64_t counter_get(const struct counters *, enum counter);
/* counters_still - for a reader: what it gets from now on is of one moment.
 * Then, whatever is counted meanwhile, and whoever was killed at it:
 *	messages = journaled + skipped_* + failed_* + aborted
 *	hard_bounced = the sum of hard_bounced_*
 *	delivered <= enqueued; journaled <= enqueued
 *	delivery_* together <= delivered; soft_bounced_* <= soft_bounced
 *	diverted <= hard_bounced; deleted_kept <= deleted
 * The two sums of the fifth line may be less than their whole: by what a 0.1
 * counted, which knew no such parts, and by one for each that is just being
 * counted, or was when its program was killed.  What is killed between a deed
 * and its counting has not counted it: one for each connection at most.  A
 * power loss may lose what was counted in the last half a minute, and so may
 * the loss of the file; then copies are delivered that nobody knows to be
 * enqueued. */
void	 counters_still(struct counters *);

/* The next number, never 0; any thread. */
uint64_t counters_next_mid(struct counters *);
uint64_t counters_next_dcid(struct counters *);
/* counters_last_mid - the newest MID handed out, or in a milter's store. */
uint64_t counters_last_mid(struct counters *);

/* counters_buffer - see above; -1: no thread could be made, all is as before.
 * counters_carry - what this program has counted by now; NULL is fine.
 * counters_settle - the same, wait for it no longer than ms, and give back
 * MIDs that were not used: before the program ends. */
int	 counters_buffer(struct counters *, struct err *);
void	 counters_carry(struct counters *);
void	 counters_settle(struct counters *, int ms);

#endif
