/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/dialogue.h"

#include "base/log/log.h"
#include "forward/net/peers.h"

typedef unsigned long long ull;	/* as the formats have it */

/* log_line - either way */
static void
log_line(void *arg, enum smtp_side side, const char *text)
{
	const struct worker *worker = arg;

	if (side == SMTP_SAID)
		log_event(said, (ull)worker->dcid, ESCAPE(text));
	else
		log_event(heard, (ull)worker->dcid, ESCAPE(text));
}

/* dialogue_trace - if it is to be seen */
void
dialogue_trace(struct worker *worker, const char *host)
{
	const struct peer peer = { .domain = worker->site->domain,
	    .host = host, .address = worker->smtp.conn.ends.address };

	if (worker->forwarder->debug_all ||
	    peers_match(worker->settings->debug_peers, &peer))
		worker->smtp.trace = (struct smtp_trace){ log_line, worker };
}
