/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listener - the socket that libmilter listens on, in our hands
 *
 *	if (listener_open(given) == -1 && listener_wrong()) ...
 *	int fd = listener_fd();		-- to lend it
 *	listener_quiet();
 *
 * libmilter makes its socket itself, tells nobody its number, and has no way to
 * be given one, except where a distribution has patched it.  It calls bind(3),
 * and this module has a bind of its own; the linker prefers the program's
 * function to libc's.  There libmilter's new socket gives its number to the one
 * that we were given, if that has the very address that libmilter asks for;
 * listen(2) changes nothing of a socket that listens already.
 *
 * The socket does not block: it may be shared with another process, and a
 * connection that was there when poll(2) returned be gone when accept(2) looks.
 */
#ifndef MILTER_LISTENER_H
#define MILTER_LISTENER_H

#include <stdbool.h>

/* listener_open - have libmilter open what smfi_setconn() was told, or take the
 * socket given (-1: none), of which it has a copy then.  listener_wrong(): that one
 * has another address.  While there is one thread. */
int	listener_open(int given);
bool	listener_wrong(void);	/* it is not for libmilter to tell of */

int	listener_fd(void);		/* borrowed */

/* listener_quiet - libmilter's number becomes something on which nothing ever
 * happens, and we let go of the socket; whoever else has it keeps it. */
void	listener_quiet(void);

#endif
