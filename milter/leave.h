/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leave - the end of tdc-milter, and how another one takes its place
 *
 *	leave_begin(&service, &self);
 *	...
 *	leave_call();			-- SIGUSR2
 *	wait = leave_look(wait);	-- at each turn
 *	...
 *	leave_now();			-- SIGTERM
 *
 * Postfix has a connection for each SMTP session, and when that breaks it goes
 * on without us to the session's end: all messages that come on it have no
 * copy.  So a restart that loses none has to serve sessions, not only messages,
 * to their end.
 *
 * Replaced (successor.h), the old process serves them however long they last,
 * while the new one has all connections that are new.
 *
 * When it is told to stop there are two cases.  The socket is held for us
 * (tdc-milter.socket): then who connects waits for the next process, nothing is
 * accepted any more, and sessions get a few seconds to end.  Or it is our own:
 * then nobody comes in until the next process has made it again, each second is
 * one without copies, and only messages under way are waited for.
 */
#ifndef MILTER_LEAVE_H
#define MILTER_LEAVE_H

#include "base/daemon/daemon.h"
#include "milter/service.h"

/* leave_begin - both are borrowed until the process ends.  All that follows is
 * for one thread. */
void	 leave_begin(struct service *, const struct daemon *);

/* leave_call - start the process that is to replace this one. */
void	 leave_call(void);

/* leave_look - see whether it is ready, and when it is give it our place; once
 * it has that, end with the last session.  Returns after how many ms to look
 * again, at most those given. */
int	 leave_look(int ms);

/* leave_now - stop in order. */
_Noreturn void leave_now(void);

#endif
