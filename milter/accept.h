/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * accept - which connections get in when descriptors run out
 *
 * A connection whose accept(2) fails stays in the kernel's queue, where Postfix
 * waits for an answer until milter_connect_timeout: the originals would stand
 * still.  So a connection that cannot be served is accepted and closed at once,
 * and Postfix carries on without the milter.  libmilter calls accept(3), and
 * this module has an accept of its own; the linker prefers the program's
 * function to libc's.
 *
 * Connections get the lower half of the descriptors that the process may have.
 * The upper half is for the files of the spool: every message on an accepted
 * connection can be copied, even when all of them end at the same time.
 */
#ifndef MILTER_ACCEPT_H
#define MILTER_ACCEPT_H

#include "milter/service.h"

/* accept_open - before the first connection; the service is borrowed until the
 * process ends.  From then on refused connections are counted and logged. */
void	accept_open(struct service *);

/* accept_close - from now on nobody gets in: those who connect wait for another
 * process that has the socket.  Who is in by then is known to
 * unserved_connections(). */
void	accept_close(void);

#endif
