/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/dialogue.h"

#include "base/log/log.h"
#include "forward/net/peers.h"
#include "forward/tls_policy.h"

typedef unsigned long long ull;	/* as the formats have it */

/* dialogue_number - for the next connection */
void
dialogue_number(struct worker *worker)
{
	if (worker->watch == NULL)
		worker->dcid = counters_next_dcid(worker->forwarder->counters);
}

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

	if (worker->watch != NULL) {
		worker->smtp.trace = worker->watch->trace;
		return;
	}
	if (!worker->forwarder->debug_all &&
	    !peers_match(worker->settings->debug_peers, &peer))
		return;
	worker->smtp.trace = (struct smtp_trace){ .line = log_line,
	    .arg = worker };
	if (!worker->lead)
		dialogue_number(worker);
}

/* dialogue_open - the connection is */
void
dialogue_open(struct worker *worker)
{
	const struct conn_ends *ends = &worker->smtp.conn.ends;

	if (worker->watch != NULL)
		return;
	log_event(connected, (ull)worker->dcid, ends->interface, ends->address,
	    ends->port);
	worker->logged = true;
}

/* dialogue_tls - what was asked for, and what came of it */
void
dialogue_tls(const struct worker *worker, const struct tls_policy *policy)
{
	const SSL *ssl = worker->smtp.conn.ssl;
	char text[TLS_POLICY_TEXT];

	if (ssl == NULL || worker->watch != NULL)
		return;
	log_event(trust, (ull)worker->dcid, ESCAPE(tls_policy_text(policy,
	    &worker->smtp.conn, text)));
	if (SSL_is_init_finished(ssl))
		log_event(tls, (ull)worker->dcid, SSL_get_version(ssl),
		    SSL_get_cipher_name(ssl));
}

/* dialogue_login - that it let us in */
void
dialogue_login(const struct worker *worker)
{
	if (worker->login != NULL && worker->watch == NULL)
		log_event(login, (ull)worker->dcid, ESCAPE(worker->login->where));
}
