/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * isolate - read a database file in a process of its own
 *
 *	if (isolate_read(lmdb_read, &source, TABLE_PATIENCE, &err) == -1)
 *		...
 *
 * The libraries that read postmap's database files trust what they read: a
 * damaged file can make them crash, loop for ever, or write to it.  And the
 * wait for a lock that postmap(1) holds has no time limit.  So a child process
 * does the reading and sends the pairs through a pipe; whatever goes wrong in
 * it is an error like any other, and its parent's descriptors, locks and
 * memory are out of reach.
 *
 * The child is this very program, started again (/proc/self/exe) under
 * another name, which tells it before main() what it is for.  A mere fork
 * would not do: in a program with threads the child's memory may hold locks
 * whose owners are not there to release them.
 *
 * The child keeps no descriptor but the pipe, and dies with its parent.  Before it
 * opens the file it gives up all else (base/sandbox/sandbox_reader.h): whoever
 * takes it over by what he wrote into the file can send pairs of his own, and
 * nothing more.
 */
#ifndef POLICY_TABLE_ISOLATE_H
#define POLICY_TABLE_ISOLATE_H

#include <stdint.h>

#include "policy/table/source.h"

/* isolate_read - run read(), which must be one of the readers of databases, on
 * the source, as if it were called here.  Gives up when the child sends
 * nothing for patience ms; err->sys is EWOULDBLOCK when the lock was not free
 * for that long, or, with patience 0, is not free right now. */
int	 isolate_read(source_read *read, struct source *, int64_t patience,
	    struct err *);

#endif
