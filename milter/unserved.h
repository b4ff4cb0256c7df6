/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unserved - connections on which Postfix waits and nobody reads
 *
 * When libmilter can have no more threads, sessions wait for a worker.  One
 * whose packet nobody has read for most of a second is shut down: Postfix takes
 * an end of file for a milter that failed, and goes on without us.  The worker
 * that gets to it at last finds the end, too, and cleans up; so no descriptor
 * is closed here.
 *
 * libmilter's threads call poll(2) for the one connection that they serve,
 * before each packet.  This module has a poll of its own, which notes that; the
 * linker prefers the program's function to libc's.  It looks only for as long
 * as threads are short: a worker that is busy may leave packets unread.
 */
#ifndef MILTER_UNSERVED_H
#define MILTER_UNSERVED_H

#include <stdbool.h>

#include "milter/service.h"

/* unserved_begin - before the first connection; 0 or an errno.  Borrowed until
 * the process ends. */
int	unserved_begin(struct service *);

/* unserved_add - a connection that was let in. */
void	unserved_add(int fd);

/* unserved_connections - how many of them are open. */
unsigned unserved_connections(void);

/* unserved_watch - a thread was missing, just now: watch for a while. */
void	unserved_watch(void);

/* unserved_held - whether Postfix still holds the connection that this thread
 * has listened to last: for a session that ends.  Packets may wait of one that
 * has hung up: libmilter reads none of them then. */
bool	unserved_held(void);

#endif
