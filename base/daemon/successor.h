/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * successor - a new process of this program takes our place, while we serve
 * whom we have
 *
 *	successor_prepare(&self);	-- right after daemon_options()
 *	...
 *	successor_drop(conf->user);	-- right before daemon_drop()
 *	...
 *	if (successor_call(listener, held, &err) == -1) ...
 *	switch (successor_look(&err)) {	-- now and then
 *	case SUCCESSOR_AWAITED: ...
 *	case SUCCESSOR_FAILED: ...	-- err says why; all is as it was
 *	case SUCCESSOR_READY:		-- accept nothing more, then
 *		pid = successor_yield();
 *	}
 *
 * The new process is started by one that was forked at the start, so it is as
 * the first one was, environment, control group and sandbox, while we have given
 * up what we do not need; but where that was root it is the user that we have
 * become, which is enough for who is given our socket.  It executes the file of
 * our name, which may be of another version by now, with our options, and is
 * given our listening socket itself (given.h), so that nobody who connects is
 * refused, at no time.  When it has read its configuration and opened its files
 * it says so, and only accepts connections after successor_yield(), which
 * also makes it the service's main process (MAINPID=, sd_notify(3)).
 *
 * In the foreground without a service manager that understands this, whoever
 * has started us would see us end and start another one: there is no successor.
 */
#ifndef BASE_SUCCESSOR_H
#define BASE_SUCCESSOR_H

#include <sys/types.h>

#include "base/daemon/daemon.h"
#include "base/err.h"

enum successor { SUCCESSOR_AWAITED, SUCCESSOR_READY, SUCCESSOR_FAILED };

/* successor_prepare - before there are threads, or anything in memory that is
 * large; what fails here is told by successor_call(). */
void	 successor_prepare(const struct daemon *);

/* successor_drop - who is root becomes this user before it starts one; "": stays
 * as it is.  What fails here is told by successor_call(), too. */
void	 successor_drop(const char *user);

/* successor_call - start it; the socket is lent.  held: as in struct given.
 * ERR_NEVER: there is none, in this place. */
int	 successor_call(int socket, bool held, struct err *);

/* successor_look - after that, without waiting; once it is ready or has failed,
 * not again. */
enum successor successor_look(struct err *);

/* successor_yield - it goes on, and we tell the service manager nothing any
 * more; its pid. */
pid_t	 successor_yield(void);

/* The other side, for daemon.c.
 * successor_await - say that we are ready there, and wait until it is our turn;
 * if it never is the process ends.
 * successor_refuse - say why we will not be. */
void	 successor_await(int ready_fd);
void	 successor_refuse(int ready_fd, const char *why);

#endif
