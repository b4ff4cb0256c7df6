/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socket - the milter's end of milter_socket
 *
 * Postfix writes inet:HOST:PORT, libmilter inet:PORT@HOST; both are taken.
 * Without a host it is loopback: whoever can connect may have anything copied.
 * A path without a type is a unix socket.
 */
#ifndef MILTER_SOCKET_H
#define MILTER_SOCKET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/conf/conf.h"
#include "base/daemon/given.h"
#include "base/err.h"

/* socket_name - milter_socket as libmilter wants it, appended. */
int	socket_name(const struct conf *, struct buf *out,
	    bool *out_unix, struct err *);

/* socket_check - what socket_open() would find wrong with the parameters. */
int	socket_check(const struct conf *, struct err *);

/* socket_exposed - whether other hosts may connect; err says so. */
bool	socket_exposed(const struct conf *, struct err *);

/* socket_place - whether a unix socket's directory is there; it may be made
 * later. */
int	socket_place(const struct conf *, struct err *);

/* socket_open - after callbacks_register(), before privileges are dropped:
 * listen, and give a unix socket its mode and group.  A socket that nobody
 * listens on any more is replaced; one that is in use is an error.  A socket
 * that was given is taken as it is, and has to be the one that milter_socket
 * names. */
int	socket_open(const struct conf *, const struct given *, struct err *);

/* socket_remove - the unix socket, if it is ours.
 * socket_leave - it is another's now. */
void	socket_remove(void);
void	socket_leave(void);

#endif
