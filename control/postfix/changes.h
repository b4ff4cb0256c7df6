/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * changes - tdc.cf, main.cf and master.cf, as they are and as they shall be
 *
 *	own(changes) struct changes changes = CHANGES;
 *
 *	if (changes_read(&changes, "/etc/postfix", "/etc/tdc/tdc.cf", &err) == 0 &&
 *	    changes_stage(&changes, &wiring, &err) == 0)
 *		(void)changes_show(&changes, &err);
 *
 * Each is replaced as a whole, with its owner and mode; links to it stay.
 */
#ifndef CONTROL_POSTFIX_CHANGES_H
#define CONTROL_POSTFIX_CHANGES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "control/postfix/wiring.h"

/* In the order in which they are replaced: the way to the socket first. */
enum change_file { CHANGE_TDC, CHANGE_MAIN, CHANGE_MASTER, CHANGE_FILES };

struct change {
	char		*path;		/* without links; NULL: not one of
					   these */
	struct stat	 like;		/* owner, mode and time of was */
	struct buf	 was, is;
	const struct stat *back;	/* owner, mode and time that is gets;
					   NULL: those of was, and now;
					   borrowed */
};

struct changes {
	struct change	 files[CHANGE_FILES];
};
#define CHANGES { .files = { { .was = BUF, .is = BUF },	\
	{ .was = BUF, .is = BUF }, { .was = BUF, .is = BUF } } }

/* changes_read - as they are; is becomes the same.  conf_file NULL: without. */
int	changes_read(struct changes *, const char *config_directory,
	    const char *conf_file, struct err *);

/* changes_stage - as they shall be: postconf(1) edits copies of what is says,
 * in a directory of its own. */
int	changes_stage(struct changes *, const struct wiring *, struct err *);

/* changes_show - what is different, as diff -u prints it, on standard output;
 * -1: there is no diff(1), or no place for it. */
int	changes_show(const struct changes *, struct err *);

/* changes_any - is anything different?  change_any - in this file? */
bool	changes_any(const struct changes *);
bool	change_any(const struct change *);

/* changes_install - each becomes what it shall be.  -1: one cannot be written,
 * or is not as it was: then changes_undo() makes what was done undone.
 * changes_undo - those that are as they should become are as they were again,
 * to the time of change.  -1: one of them is not. */
int	changes_install(const struct changes *, struct err *);
int	changes_undo(const struct changes *, struct err *);

/* changes_tidy - remove what a call that was broken off left beside them. */
void	changes_tidy(const struct changes *);

/* change_read - the file at its path; new bytes. */
int	change_read(const char *path, struct buf *out, struct err *);

void	changes_drop(struct changes *);

static inline void
own_changes(struct changes *changes)
{
	changes_drop(changes);
}

#endif
