/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/dial.h"

#include "base/clock.h"
#include "base/log.h"
#include "forward/copies.h"
#include "forward/outcome.h"
#include "forward/route.h"

typedef unsigned long long ull;	/* as the formats have it */

/* next_dcid - a number for a connection; when none can be had, 0 */
static void
next_dcid(struct worker *worker)
{
	struct err err;

	if (counters_next_dcid(worker->forwarder->counters, &worker->dcid,
	    &err) == -1) {
		worker->dcid = 0;
		outcome_trouble(err.text);
	}
}

static void
log_open_connection(struct worker *worker)
{
	const struct conn_ends *ends = &worker->smtp.conn.ends;

	log_event(connected, (ull)worker->dcid, ends->interface, ends->address,
	    ends->port);
	worker->logged = true;
}

static void
log_tls(const struct worker *worker)
{
	const SSL *ssl = worker->smtp.conn.ssl;

	if (ssl != NULL && SSL_is_init_finished(ssl))
		log_event(tls, (ull)worker->dcid, SSL_get_version(ssl),
		    SSL_get_cipher_name(ssl));
}

/* dial_end - with its line, if it had a first one */
void
dial_end(struct worker *worker)
{
	worker->smtp.conn.death = INT64_MAX;
	smtp_drop(&worker->smtp);
	if (worker->logged)
		log_event(closed, (ull)worker->dcid);
	worker->logged = false;
}

/* try_target - a conversation with one address, up to the first letter */
static int
try_target(struct worker *worker, const struct route_target *target,
    bool wrapped, struct failure *out)
{
	const struct conf *conf = &worker->setup->conf;
	const struct smtp_peer peer = { .tls = worker->setup->tls,
	    .host = target->host, .domain = worker->site->domain,
	    .wrapped = wrapped };
	struct smtp *smtp = &worker->smtp;
	int result;

	smtp_init(smtp, conf->helo_name, conf->command_timeout);
	smtp->conn.cancel_fd = worker->forwarder->stop_fd;
	if (worker->lead) {
		smtp->conn.death = copies_death(worker->forwarder,
		    worker->item);
		next_dcid(worker);
	}
	if (smtp_connect(smtp, &target->address,
	    clock_now() + conf->connect_timeout, out) == -1)
		return -1;
	if (worker->lead)
		log_open_connection(worker);
	result = smtp_hello(smtp, &peer, out);
	if (worker->lead)
		log_tls(worker);
	return result;
}

/* better - whether a failure leaves more hope than another */
static bool
better(const struct failure *a, const struct failure *b)
{
	struct verdict x, y;

	verdict_of(a, &x);
	verdict_of(b, &y);
	return x.class < y.class;
}

/* try_route - one address after the other, until one speaks */
static int
try_route(struct worker *worker, const struct route *route,
    struct failure *out)
{
	for (size_t i = 0; i < route->count; i++) {
		struct failure failure;

		if (try_target(worker, &route->targets[i], route->wrapped,
		    &failure) == 0)
			return 0;
		if (i == 0 || better(&failure, out))
			*out = failure;
		if (worker->lead)
			outcome_connection(worker, &failure);
		dial_end(worker);
		if (failure.cause == CAUSE_OURS || (worker->lead &&
		    clock_now() >= copies_death(worker->forwarder,
		    worker->item)))
			break;
	}
	return -1;
}

static int
find_route(struct worker *worker, struct route *out, struct failure *failure)
{
	struct setup *setup = worker->setup;
	int64_t deadline = clock_now() + setup->conf.connect_timeout;

	if (worker->lead) {
		int64_t death = copies_death(worker->forwarder,
		    worker->item);

		if (death < deadline)
			deadline = death;
	}
	if (route_find(setup->resolver, &setup->via, worker->site->domain,
	    deadline, out, failure) == 0)
		return 0;
	if (worker->forwarder->stopping)
		failure->cause = CAUSE_OURS;
	if (worker->lead)
		outcome_connection(worker, failure);
	return -1;
}

/* dial - or say what becomes of the lead's copy */
bool
dial(struct worker *worker)
{
	struct failure failure;
	struct verdict verdict;
	struct route route;

	if (find_route(worker, &route, &failure) == 0 &&
	    try_route(worker, &route, &failure) == 0) {
		if (!worker->lead) {
			next_dcid(worker);
			log_open_connection(worker);
			log_tls(worker);
		}
		worker->smtp.conn.cancel_fd = worker->forwarder->cancel_fd;
		return true;
	}
	verdict_of(&failure, &verdict);
	/* also when it is ours: to try again at once would not help */
	worker->trouble = verdict.class != VERDICT_NO_HOST;
	if (worker->lead)
		outcome_failed(worker, &failure);
	return false;
}
