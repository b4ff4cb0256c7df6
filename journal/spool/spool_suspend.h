/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_suspend - the file that tells which intakes get no copies for a time
 *
 *	struct suspension one = { .intake = "intake.example",
 *	    .reason = "maintenance" };
 *
 *	spool_suspend(spool, &one, lifetime, &err);	-- tdcctl
 *	count = spool_resume(spool, "intake.example", lifetime, &err);
 *
 *	if (spool_suspensions(spool, &all, &err) == 1)	-- whoever shows them
 *		suspensions_drop(&all);
 *
 * SPOOL_SUSPENDED in the spool directory; suspensions.h has its form and its
 * meaning.  It is replaced as a whole, by a rename after fsync, and the
 * directory is synced; so a reader has what was true before or after, and what
 * was promised to the operator survives a power loss.  The forwarder learns of
 * it by inotify.  It and a reader see it, and who changes it holds
 * flock(LOCK_EX) on the spool directory.  An older forwarder passes it over.
 *
 * A file that cannot be read is nobody's wish: it suspends nothing.  But it may
 * have been the reason why copies are old, so until it is mended, by spool_resume()
 * of SUSPENSION_ALL, the forwarder gives none up because of its age.
 */
#ifndef JOURNAL_SPOOL_SUSPEND_H
#define JOURNAL_SPOOL_SUSPEND_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"
#include "journal/spool/spool.h"
#include "journal/spool/suspensions.h"

#define SPOOL_SUSPENDED "suspended"

/* spool_suspensions - 1: new in out; 0: there is no file; -1: it cannot be read,
 * ERR_NEVER for one that is damaged. */
int	spool_suspensions(const struct spool *, struct suspensions *out,
	    struct err *);

/* spool_suspensions_show - let its group read the file, if it may see the status
 * (group_readable.h); by the owner, at a start. */
void	spool_suspensions_show(const struct spool *);

/* spool_suspensions_stamp - what is another after each change; all zero where
 * there is no file. */
struct spool_stamp {
	dev_t		 dev;
	ino_t		 ino;
	struct timespec	 changed;
};
void	spool_suspensions_stamp(const struct spool *, struct spool_stamp *out);
bool	spool_stamp_same(const struct spool_stamp *, const struct spool_stamp *);

/* spool_suspend - from now on, in place of one for the same intake; from is set
 * here.  lifetime: of copies, by which those that have ended are kept.
 * ERR_NEVER: that is no intake, the file is damaged, or there are too many. */
int	spool_suspend(struct spool *, const struct suspension *,
	    int64_t lifetime, struct err *);

/* spool_resume - end those of an intake, by suspensions_end(); how many, -1.  Of
 * SUSPENSION_ALL, a file that is damaged is set aside, and one begun in which
 * every copy there is has its whole life before it: that counts as one. */
int	spool_resume(struct spool *, const char *intake, int64_t lifetime,
	    struct err *);

#endif
