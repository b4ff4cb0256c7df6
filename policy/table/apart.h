/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * apart - read a table in a process of its own
 *
 * The libraries that read postmap's database files trust what they read: a
 * damaged file makes them crash, run in circles, write to it.  And a lock that
 * postmap(1) holds is waited for without an end.  So another process does it
 * and sends the pairs through a pipe; whatever befalls it is an error like any
 * other, and its parent's descriptors, locks and memory are out of reach.
 *
 * That process is this very program, started anew (/proc/self/exe) under
 * another name, by which it knows before main() what it is for.  A mere fork
 * would not do: among threads, its memory may hold locks whose owners are not
 * there to release them.
 *
 * It keeps no descriptor but the pipe, and dies with its parent.
 */
#ifndef POLICY_TABLE_APART_H
#define POLICY_TABLE_APART_H

#include <stdint.h>

#include "policy/table/source.h"

/* apart_read - let read(), which must be one of the readers of databases, go
 * through the source, as if called here.  Gives up when nothing was heard for
 * patience ms; err->sys is EWOULDBLOCK when the lock was not free for so long,
 * or, with patience 0, not free right now. */
int	 apart_read(source_read *read, struct source *, int64_t patience,
	    struct err *);

#endif
