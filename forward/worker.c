/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "forward/copies.h"
#include "forward/crew.h"
#include "forward/outcome.h"
#include "journal/report.h"

#define HEADER_MAX (256 << 10)	/* octets of a header that are looked at */

typedef unsigned long long ull;	/* as the formats have it */

/* ---- the connection ---- */

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

/* end_connection - with its line, if it had a first one */
static void
end_connection(struct worker *worker)
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
		end_connection(worker);
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

/* open_connection - or say what becomes of the lead's copy */
static bool
open_connection(struct worker *worker)
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

/* ---- a letter ---- */

/* read_header - of the message, or as much as is looked at */
static int
read_header(const struct copy *copy, struct buf *out, struct err *err)
{
	size_t want = copy->envelope.header_length < HEADER_MAX ?
	    (size_t)copy->envelope.header_length : HEADER_MAX;

	while (out->len < want) {
		ssize_t n = pread(copy->fd, buf_room(out, want - out->len),
		    want - out->len, (off_t)out->len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(err, "read message");
		if (n == 0)
			return err_set(err, ERR_NEVER, "message cut short");
		out->len += (size_t)n;
	}
	return 0;
}

static int
compose(const struct worker *worker, const struct copy *copy,
    struct report *out, struct err *err)
{
	const struct conf *conf = &worker->setup->conf;
	own(buf) struct buf header = BUF;
	char nonce[REPORT_NONCE];
	struct report_options options = { .from = conf->journal_from,
	    .remote_ip_header = conf->remote_ip_header,
	    .host = conf->helo_name, .nonce = nonce,
	    .bcc = conf->journal_format == CONF_BCC };

	if (read_header(copy, &header, err) == -1)
		return -1;
	report_nonce(nonce);
	report_compose(&copy->envelope, &options, header.data, header.len,
	    out);
	return 0;
}

/* untouched - the intake had closed a connection that rested, and so knows
 * nothing of this letter; or we stumbled over what was left of another.  A
 * copy to which that happens again has had an attempt. */
static bool
untouched(const struct worker *worker, const struct failure *failure)
{
	return !worker->fresh && (failure->step == STEP_RSET ||
	    (failure->cause == CAUSE_LOST && !worker->smtp.answered));
}

/* not_sent - a letter, and what it means for the connection */
static void
not_sent(struct worker *worker, const struct failure *failure)
{
	struct verdict verdict;

	if (untouched(worker, failure)) {
		worker->smtp.usable = false;
		if (copies_spare(worker->forwarder, worker->item)) {
			worker->item = NULL;
			return;
		}
	}
	verdict_of(failure, &verdict);
	worker->refused = failure->cause == CAUSE_REPLY &&
	    failure->reply.code == 421;
	worker->good = verdict.blame == MESSAGE;
	worker->trouble = verdict.class != VERDICT_NONE &&
	    verdict.blame == SITE && !worker->refused;
	outcome_connection(worker, failure);
	outcome_failed(worker, failure);
}

static void
send_copy(struct worker *worker, const struct copy *copy,
    const struct report *report)
{
	const struct letter letter = {
		.sender = worker->setup->conf.journal_sender,
		.recipient = copy->envelope.intake,
		.head = &report->head, .fd = copy->fd,
		.length = copy->envelope.length, .tail = &report->tail,
		.eight_bit = report->eight_bit, .binary = report->binary,
		.smtputf8 = copy->envelope.smtputf8,
	};
	struct failure failure;

	worker->smtp.conn.death = copies_death(worker->forwarder,
	    worker->item);
	log_event(start, (ull)worker->dcid, (ull)worker->item->entry.mid);
	if (smtp_send(&worker->smtp, &letter, &failure) == 0) {
		worker->good = true;
		outcome_delivered(worker, &failure.reply);
	} else {
		not_sent(worker, &failure);
	}
	worker->letters++;
	worker->fresh = false;
}

/* not_opened - why, and what becomes of the item */
static void
not_opened(struct worker *worker, int status, bool busy,
    const struct err *err)
{
	struct forwarder *forwarder = worker->forwarder;
	struct item *item = worker->item;

	worker->item = NULL;
	if (status == 0 && !busy) {
		copies_forget(forwarder, item);	/* by an operator */
	} else if (status == 0) {
		copies_put_back(forwarder, item, 10);
	} else if (err->kind == ERR_NEVER) {
		outcome_damaged(forwarder, &item->entry, err->text);
		copies_forget(forwarder, item);
	} else {
		outcome_trouble(err->text);
		copies_put_back(forwarder, item, 1000);
	}
}

/* deliver - the worker's copy; afterwards it has none */
static void
deliver(struct worker *worker)
{
	struct report report;
	struct copy copy;
	struct err err;
	bool busy = false;
	int status;

	if (!worker->fresh && !conn_idle(&worker->smtp.conn)) {
		copies_put_back(worker->forwarder, worker->item, 0);
		worker->item = NULL;
		worker->smtp.usable = false;
		return;
	}
	status = copy_open(worker->forwarder->spool, SPOOL_READY,
	    &worker->item->entry, &copy, &busy, &err);
	if (status != 1) {
		not_opened(worker, status, busy, &err);
		return;
	}
	if (compose(worker, &copy, &report, &err) == -1) {
		not_opened(worker, -1, false, &err);
	} else {
		send_copy(worker, &copy, &report);
		report_drop(&report);
	}
	copy_close(&copy);
}

/* worker_main - a connection's life */
void *
worker_main(void *arg)
{
	struct worker *worker = arg;
	const struct conf *conf = &worker->setup->conf;

	if (open_connection(worker)) {
		crew_ready(worker->forwarder, worker);
		if (worker->lead)
			deliver(worker);
		while (worker->smtp.usable &&
		    worker->letters < conf->max_messages_per_connection &&
		    crew_next(worker->forwarder, worker))
			deliver(worker);
		end_connection(worker);
	}
	crew_leave(worker->forwarder, worker);
	return NULL;
}
