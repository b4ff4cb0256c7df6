/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state_private - how the files of the state speak to SQLite
 *
 *	state_run(state, err, "UPDATE actions SET due = ? WHERE id = ?", "ii",
 *	    due, id);
 *
 * What fills the "?" comes in order: t a const char *, i an int64_t.
 */
#ifndef REMEDIATE_STATE_PRIVATE_H
#define REMEDIATE_STATE_PRIVATE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "remediate/state/state.h"

struct state {
	sqlite3		*db;
	char		*path;
	int		 lock_fd;	/* of state_lock.c; -1: not open */
};

/* state_failed - the last error of the database; -1. */
int	state_failed(const struct state *, struct err *);

/* state_identify - is it ours, and of which version; 0: a file without anything.
 * state_upgrade - make it of this program's version.
 * state_shrinkable - pages that become free can be given back. */
int	state_identify(struct state *, enum state_access, int64_t *out_version,
	    struct err *);
int	state_upgrade(struct state *, struct err *);
void	state_shrinkable(struct state *);

/* state_exec - statements without values. */
int	state_exec(struct state *, const char *sql, struct err *);
/* state_begin, state_end - between them all or nothing is changed; result is 0,
 * or -1 for nothing.  state_end() returns it, or -1. */
int	state_begin(struct state *, struct err *);
int	state_end(struct state *, int result, struct err *);

/* state_ask - a statement with its values; NULL: it fails.
 * state_run - run one that gives no rows.
 * state_number - the number that one gives. */
sqlite3_stmt *state_ask(struct state *, struct err *, const char *sql,
	    const char *types, ...);
int	state_run(struct state *, struct err *, const char *sql,
	    const char *types, ...);
int	state_number(struct state *, struct err *, int64_t *out,
	    const char *sql, const char *types, ...);

/* What state_tick() said last, in a statement: a number begins that note. */
#define STATE_LIVED "coalesce((SELECT CAST(text AS INTEGER) FROM notes " \
	"WHERE name = '" STATE_NOTE_CLOCK "'), 0)"

/* state_done - the end of a statement's rows, from what the last step gave. */
int	state_done(struct state *, sqlite3_stmt *, int code, struct err *);

/* state_text - of a column, never NULL; until the next step. */
const char *state_text(sqlite3_stmt *, int column);

/* state_log_step - a step of an action, as it came. */
int	state_log_step(struct state *, const struct state_event *, struct err *);

/* state_read_message - of the columns MESSAGE_COLUMNS, from first on. */
#define MESSAGE_COLUMNS "m.id, m.message_id, m.timestamp, m.verdict, m.word, " \
	"m.retro, m.withdrawn, m.direction, m.sender, m.subject, m.client, " \
	"m.mailboxes, m.seen, m.changed, m.planned, m.reason, m.action"
void	state_read_message(sqlite3_stmt *, int first,
	    struct state_message *out);

/* A question under construction: state_where() for each thing that is set. */
struct state_where {
	struct buf	 sql;
	unsigned	 count;
	struct { const char *text; int64_t number; } values[16];
};
#define STATE_WHERE { .sql = BUF }
void	state_where_text(struct state_where *, const char *condition,
	    const char *);		/* NULL: not set */
void	state_where_number(struct state_where *, const char *condition,
	    int64_t);			/* 0: not set */
void	state_where_exact(struct state_where *, const char *condition,
	    int64_t);
void	state_where_set(struct state_where *, const char *condition, bool);
void	state_where_step(struct state_where *, const char *condition,
	    int);			/* -1: not set */
/* state_where_ask - as state_ask(), in the order of that column, and no more
 * than limit rows unless it is 0; the text before the conditions has one of its
 * own, "WHERE 1".  The question is gone then. */
sqlite3_stmt *state_where_ask(struct state *, struct state_where *,
	    const char *order, unsigned limit, struct err *);

#endif
