/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/worker.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "forward/copies.h"
#include "forward/crew.h"
#include "forward/dial.h"
#include "forward/outcome.h"
#include "journal/report.h"

#define HEADER_MAX (256 << 10)	/* octets of a header that are looked at */

typedef unsigned long long ull;	/* as the format has it */

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

	if (dial(worker)) {
		crew_ready(worker->forwarder, worker);
		if (worker->lead)
			deliver(worker);
		while (worker->smtp.usable &&
		    worker->letters < conf->max_messages_per_connection &&
		    crew_next(worker->forwarder, worker))
			deliver(worker);
		dial_end(worker);
	}
	crew_leave(worker->forwarder, worker);
	return NULL;
}
