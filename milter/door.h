/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * door - who gets in when descriptors run out
 *
 * A connection whose accept(2) fails stays in the queue of the kernel, where
 * Postfix waits for an answer until milter_connect_timeout: the originals
 * would stand still.  So who cannot be served is let in and shown out at once,
 * and Postfix goes on without us.  libmilter calls accept(3), and this module
 * has an accept of its own; the linker prefers the program's function to
 * libc's.
 *
 * Connections get the lower half of the descriptors that the process may
 * have.  The upper half is for the files of the spool: everyone who got in
 * can have a copy made, also when all messages end at once.
 */
#ifndef MILTER_DOOR_H
#define MILTER_DOOR_H

#include "milter/service.h"

/* door_open - before the first connection; borrowed until the process ends.
 * From then on those who are shown out are counted and told of. */
void	door_open(struct service *);

#endif
