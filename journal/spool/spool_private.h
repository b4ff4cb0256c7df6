/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool_private - what the files of the spool share
 */
#ifndef JOURNAL_SPOOL_PRIVATE_H
#define JOURNAL_SPOOL_PRIVATE_H

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/again.h"
#include "base/counters/counters.h"
#include "base/err.h"
#include "journal/spool/group_sync.h"
#include "journal/spool/spool.h"
#include "journal/spool/spool_programs.h"

struct spool {
	int		 dir, ready, failed; /* failed -1: no business of ours */
	bool		 guest;		/* of the user who has the directories */
	int		 lock;		/* the forwarder's; -1: not ours */
	int		 attend;	/* the milters'; likewise */
	_Atomic bool	 sync;
	_Atomic bool	 strict;	/* sync directories always */
	_Atomic int64_t	 min_free_space;
	uint64_t	 boot;		/* which boot this is; 0: unknown */
	atomic_bool	 hidden_names;	/* no O_TMPFILE here */
	atomic_bool	 names_commit;	/* with fsync of the file, here */
	atomic_uint	 names_synced;	/* before that could be told */
	struct group_sync	 names;		/* syncs of ready/ */
	struct counters	*counters;	/* borrowed; NULL: none */
	_Atomic int64_t	 time_limit;	/* ms of a draft; 0: none */
	struct helpers	*helpers;	/* where there is one */
	char		*path;		/* absolute */
	pthread_mutex_t	 looking;	/* of what follows, and spool_look() */
	_Atomic int64_t	 looked;	/* when */
	_Atomic unsigned replaced;	/* how often another was found */
	bool		 unlocked;	/* moved, and the lock has not yet */
	struct err	 news;
	atomic_bool	 has_news;
	struct spool_program self;	/* what was told of us, last */
	int		 slot;		/* where; -1: nowhere */
	atomic_bool	 telling;	/* a helper is at it */
};

/* The longest envelope that is written or read. */
#define SPOOL_JSON_MAX ((size_t)16 << 20)

int	 spool_placefd(const struct spool *, enum spool_place);

/* spool_openat - openat(2), closed on exec, following no link inside the
 * spool; once SPOOL_PLENTY_FD descriptors are in use, one above 1023 where the
 * limit allows, since libmilter's select() needs those below. */
#define SPOOL_PLENTY_FD 128
int	 spool_openat(int dirfd, const char *name, int flags);
/* spool_open_new - likewise in ready/, with the mode of a copy.
 * spool_open_home - the spool directory of that name; O_PATH and *out_guest for
 * who may only pass through it; -1 and errno. */
int	 spool_open_new(const struct spool *, const char *name, int flags);
int	 spool_open_home(const char *path, bool *out_guest);

/* spool_fs_commits_names - whether fsync of a file also makes the name durable
 * that linkat() gave it in this directory, as POSIX does not ask; false where
 * that is not known, as it is before SPOOL_FS_SYNCS files were synced there. */
enum { SPOOL_FS_SYNCS = 16 };
bool	 spool_fs_commits_names(int dirfd);

/* What milters hold a lock on, see spool_lock.c; each has a range of its own,
 * as long as a piece of SPOOL_PROGRAMS.
 * spool_take_slot - lock one that is free; its number, or -1.
 * spool_present - write the first of what is told of us.
 * spool_lock_holder - as spool_holder(), or SPOOL_HIDDEN when we may not look. */
#define SPOOL_MILTER_LOCK "milter.lock"
enum { SPOOL_HIDDEN = -2 };
int	 spool_take_slot(int fd);
void	 spool_present(struct spool *, int slot);
long	 spool_lock_holder(const struct spool *);

/* spool_look_again - spool_look(), unless it was done in the last second.
 * spool_forget_ways - how files are made: another file system may be there.
 * spool_learn_ways - what it commits, once SPOOL_FS_SYNCS files were synced.
 * spool_relock - in another directory, what was locked in the old one. */
void	 spool_look_again(struct spool *);
void	 spool_forget_ways(struct spool *);
void	 spool_learn_ways(struct spool *);
int	 spool_relock(struct spool *, struct err *);

/* spool_opendir - a place, to be listed; NULL and errno */
DIR	*spool_opendir(const struct spool *, enum spool_place);

/* What ends the names of files that were set aside.
 * spool_parse_damaged - what such a file was called in ready/. */
#define SPOOL_DAMAGED ".damaged"
bool	 spool_parse_damaged(const char *name, struct spool_entry *out);

/* ---- spool_file.c, spool_steps.c: whatever gives, changes or takes a name ---- */

/* A file that is being written, under flock(LOCK_EX). */
struct spool_file {
	int		 fd;		/* -1: none */
	char		 hidden[24];	/* its name meanwhile; "": it has none */
};
#define SPOOL_FILE { .fd = -1 }

int	 spool_file_new(struct spool *, struct spool_file *out, struct err *);

/* spool_file_publish - give the name in ready/, durably, or on -1 none. */
int	 spool_file_publish(struct spool *, struct spool_file *,
	    const struct spool_entry *, struct err *);

/* spool_file_take_back - that name, by the descriptor of what has it: it was
 * never promised. */
void	 spool_file_take_back(struct spool *, int fd,
	    const struct spool_entry *);

/* spool_file_drop - let go; what was not published vanishes. */
void	 spool_file_drop(struct spool *, struct spool_file *);

/* spool_make - a directory of the spool, when missing; spool_sync_dir - make
 * such names durable; spool_sweep - remove hidden names that nobody holds. */
int	 spool_make(int dirfd, const char *name, struct err *);
int	 spool_sync_dir(const struct spool *, int fd, struct err *);
void	 spool_sweep(const struct spool *);

#endif
