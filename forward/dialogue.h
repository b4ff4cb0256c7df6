/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialogue - what the log shows of a connection
 *
 *	dialogue_trace(worker, host);
 *	dialogue_open(worker);
 *	... the conversation ...
 *	dialogue_tls(worker, &policy);
 *	dialogue_login(worker);
 *
 * What is said to an intake, and what it answers, is shown for the intakes of
 * smtp_debug_peers, and for all with -v.  The lines are of level info, as what
 * Postfix logs of its debug_peer_list: who asks for them wants them where he
 * looks.
 *
 * A worker that is watched has no DCID and no line; whoever watches sees it all.
 */
#ifndef FORWARD_DIALOGUE_H
#define FORWARD_DIALOGUE_H

#include "forward/worker.h"

/* dialogue_number - a DCID for the next connection. */
void	dialogue_number(struct worker *);

/* dialogue_trace - let worker->smtp, whose connection to that host is open, be
 * seen, if it is to be; it has a DCID then. */
void	dialogue_trace(struct worker *, const char *host);

/* dialogue_open - the connection is.
 * dialogue_tls - what its host had to prove, and what it did.
 * dialogue_login - it let us in, if it wanted a login. */
void	dialogue_open(struct worker *);
void	dialogue_tls(const struct worker *, const struct tls_policy *);
void	dialogue_login(const struct worker *);

#endif
