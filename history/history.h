/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history - what became of every copy, for people who ask later
 *
 *	history_open(path, lifetime, &hooks, &history, &err);
 *	...
 *	history_put(history, json, &fate);		-- any thread
 *	...
 *	history_close(history);
 *
 * Nobody waits for it.  A row lies in memory, for HISTORY_WRITE_MS at most, until
 * the history's own thread has appended it to a file beside the database
 * (pending.h), where a crash of the program cannot reach it; from there it goes
 * into the database (store.h) when there is less to do.  So a database that is
 * locked, full, slow or broken costs no row as long as that file can be
 * written, and nothing else ever: when neither can, rows that do not fit into
 * HISTORY_MEMORY are lost and counted.
 *
 * hooks.tell gets one sentence when something begins to be wrong or is well
 * again, from the history's thread.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "history/row.h"

enum { HISTORY_WRITE_MS = 200, HISTORY_MEMORY = 16 << 20 };

struct history;

struct history_hooks {
	void	(*tell)(void *arg, const char *text);
	void	*arg;
};

/* history_open - path: of the database, whose directory exists; lifetime: of
 * a row, in ms.  The thread looks at both later, and says what is wrong; -1
 * when there is no thread. */
int	history_open(const char *path, int64_t lifetime,
	    const struct history_hooks *, struct history **out, struct err *);

/* history_put - one row; envelope: as envelope_format() writes it.  All texts
 * are copied. */
void	history_put(struct history *, const char *envelope,
	    const struct history_fate *);

/* history_lost - how many rows more are missing than when it was asked the last
 * time; for a counter. */
uint64_t history_lost(struct history *);

/* history_version - of SQLite, for people. */
const char *history_version(void);

/* history_close - write what is in memory, and end; in two seconds, or the
 * thread is left where it stands.  NULL. */
struct history *history_close(struct history *);

#endif
