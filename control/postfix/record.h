/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record - what postfix-enable changed, for postfix-disable to restore
 *
 *	own(record) struct record record = RECORD;
 *
 *	if (record_load(&record, "/etc/postfix", &err) == 0 &&
 *	    record.state == RECORD_BEGUN)
 *		(void)changes_undo(&record.changes, &err);
 *
 * It is the directory "tdc-enable" beside main.cf, root's alone: whoever could
 * write it could have root write main.cf.  A manifest, which is written last
 * and removed first, and of each file the bytes before and after.
 */
#ifndef CONTROL_POSTFIX_RECORD_H
#define CONTROL_POSTFIX_RECORD_H

#include <stdbool.h>

#include "base/err.h"
#include "control/postfix/changes.h"

enum record_state {
	RECORD_NONE,
	RECORD_BEGUN,		/* files are being changed */
	RECORD_DONE,		/* they were */
	RECORD_LEAVING		/* they are being restored */
};

struct record {
	enum record_state state;
	struct changes	 changes;
	bool		 named;		/* tdc-milter was in a list before, so
					   restoring would not take it out */
	char		*made;		/* directory of the socket, which was
					   made or was to be; NULL */
};
#define RECORD { .changes = CHANGES }

/* record_load - the state is RECORD_NONE if there is none.  -1: it is damaged,
 * or not root's. */
int	record_load(struct record *, const char *config_directory,
	    struct err *);

/* record_save - all of it, in place of another. */
int	record_save(const struct record *, const char *config_directory,
	    struct err *);

/* record_state - that alone. */
int	record_state(struct record *, const char *config_directory,
	    enum record_state, struct err *);

/* record_add - changes that follow those of the record: a file that is as the
 * record left it keeps its earlier bytes.  named: tdc-milter is in a list
 * now. */
void	record_add(struct record *, const struct changes *, bool named);

/* record_remove - and the directory of the socket, if that was made and is
 * empty. */
void	record_remove(const struct record *, const char *config_directory);

void	record_drop(struct record *);

static inline void
own_record(struct record *record)
{
	record_drop(record);
}

#endif
