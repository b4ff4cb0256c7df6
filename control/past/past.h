/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * past - what the verbs that look back share: the history, as its owner
 *
 *	struct history_query query = { .queue_id = "4YbCdE3xkzz1V" };
 *
 *	if (past_find(&conf, &query, each, NULL, &err) == -1)
 *		fprintf(stderr, "%s\n", err.text);
 */
#ifndef CONTROL_PAST_H
#define CONTROL_PAST_H

#include <stdbool.h>

#include "base/behalf.h"
#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/err.h"
#include "control/control.h"
#include "history/find.h"
#include "history/scan.h"

/* past_enter - what is done with the history until past_leave() is done as the
 * user of the daemons, to whom what SQLite makes beside the database has to
 * belong; as behalf_begin().  -1, also when history_database is empty (sys ENOENT). */
struct past_user {
	struct behalf	 behalf;
	bool		 other;		/* than we are */
};
int	past_enter(const struct conf *, struct past_user *, struct err *);
void	past_leave(const struct past_user *);

/* past_find - history_find() as that user.  How many rows there were, or -1. */
int	past_find(const struct conf *, const struct history_query *,
	    history_each *, void *arg, struct err *);

/* past_scan - history_scan(), likewise; 0 or -1.  The sys of the err is ENOENT
 * when there is no history: none was ever written, or none is wanted. */
int	past_scan(const struct conf *, const int64_t span[2],
	    history_scanned *, void *arg, struct err *);

/* past_import - tdcctl history --import, with the arguments of "history"; an exit
 * code. */
int	past_import(struct control *, int argc, char **argv);

/* past_json - a row as an object of JSON, the form of history --json. */
void	past_json(const struct history_row *, struct buf *out);

#endif
