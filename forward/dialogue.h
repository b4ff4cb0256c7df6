/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialogue - what is said to an intake, and what it answers, in the log
 *
 *	dialogue_trace(worker, host);
 *	if (worker->smtp.trace.line != NULL)
 *		...			-- it needs a DCID now
 *
 * For the intakes of smtp_debug_peers, and for all with -v.  The lines are of
 * level info, as what Postfix logs of its debug_peer_list: who asks for them
 * wants them where he looks.
 */
#ifndef FORWARD_DIALOGUE_H
#define FORWARD_DIALOGUE_H

#include "forward/worker.h"

/* dialogue_trace - let worker->smtp, whose connection to that host is open, be
 * seen in the log, if it is to be. */
void	dialogue_trace(struct worker *, const char *host);

#endif
