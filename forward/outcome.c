/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/outcome.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "forward/ending.h"
#include "forward/lease.h"
#include "journal/spool/spool_reason.h"

typedef unsigned long long ull;	/* as the formats have it */

/* ---- words ---- */

/* flat - the lines of a reply as one */
static const char *
flat(const struct reply *reply, struct buf *out)
{
	buf_bytes(out, reply->text, reply->length);
	for (size_t i = 0; i < out->len; i++)
		if (out->data[i] == '\n')
			out->data[i] = ' ';
	return out->data;
}

/* said - a list of what was said, as Python prints one without its [] */
static const char *
said(const struct failure *failure, struct buf *out)
{
	own(str) char *copy = NULL;
	char *rest, *line;

	if (failure->cause == CAUSE_DNS_HARD) {
		copy = mem_text(failure->subject);
		rest = copy;
		line = strsep(&rest, " ");
		buf_format(out, "'DNS Hard Error looking up %s (%s) : %s'",
		    ESCAPE(line), rest != NULL ? rest : "", failure->text);
		return out->data;
	}
	copy = mem_text(failure->cause == CAUSE_REPLY ? failure->reply.text :
	    failure->text);
	rest = copy;
	while ((line = strsep(&rest, "\n")) != NULL) {
		buf_text(out, out->len > 0 ? ", " : "");
		buf_text(out, ESCAPE_REPR(line));
	}
	return out->data;
}

/* answer - what was said, or what happened instead, as one text */
static const char *
answer(const struct failure *failure, struct buf *out)
{
	own(buf) struct buf text = BUF;

	if (*failure->subject != '\0')
		buf_format(out, "looking up %s: ", ESCAPE(failure->subject));
	if (failure->cause == CAUSE_REPLY)
		buf_format(out, "%d-%s", failure->reply.code,
		    ESCAPE_REPR(flat(&failure->reply, &text)));
	else
		buf_text(out, ESCAPE(failure->text));
	return out->data;
}

/* as_said - the same for programs, with nothing escaped */
static const char *
as_said(const struct failure *failure, struct buf *out)
{
	if (*failure->subject != '\0')
		buf_texts(out, "looking up ", failure->subject, ": ");
	if (failure->cause == CAUSE_REPLY) {
		buf_format(out, "%d ", failure->reply.code);
		return flat(&failure->reply, out);
	}
	buf_text(out, failure->text);
	return out->data;
}

/* keep_reason - for tdcctl queue */
static void
keep_reason(const struct worker *worker, const struct item *item,
    const struct failure *failure)
{
	own(buf) struct buf why = BUF;

	failure_reason(failure, worker->smtp.conn.ends.address, &why);
	spool_set_reason(worker->forwarder->spool, &item->entry, why.data);
}

/* ---- the connection ---- */

static void
connection_error(const struct worker *worker, const struct failure *failure)
{
	const struct conn_ends *ends = &worker->smtp.conn.ends;
	const char *reason = "network error";
	own(buf) struct buf details = BUF;

	if (failure->cause == CAUSE_TIMEOUT)
		reason = "connection timed out";
	else if (failure->cause == CAUSE_REPLY ||
	    failure->cause == CAUSE_GARBAGE || failure->cause == CAUSE_LOGIN)
		reason = "unexpected SMTP response";
	log_event(connection_error, (ull)worker->dcid, ends->address,
	    ends->port, answer(failure, &details), ends->interface, reason);
}

static void
tls_failed(const struct worker *worker, const struct failure *failure)
{
	own(buf) struct buf text = BUF;

	if (failure->cause == CAUSE_REPLY) {
		own(buf) struct buf answer = BUF;

		buf_format(&text, "STARTTLS unexpected response %d %s",
		    failure->reply.code, flat(&failure->reply, &answer));
	} else {
		buf_text(&text, failure->text);
	}
	log_event(tls_failed, (ull)worker->dcid, ESCAPE(text.data));
}

/* name_refused - it does not like the name in EHLO */
static void
name_refused(const struct worker *worker, const struct failure *failure)
{
	own(buf) struct buf text = BUF;

	log_event(name_refused, ESCAPE(worker->site->domain),
	    ESCAPE(worker->settings->conf.helo_name), answer(failure, &text));
}

/* login_refused - it does not let us in */
static void
login_refused(const struct worker *worker, const struct failure *failure)
{
	own(buf) struct buf text = BUF;
	const char *domain = worker->site->domain;

	log_event(login_refused, ESCAPE(domain), worker->login != NULL ?
	    ESCAPE(worker->login->where) : "none for it",
	    answer(failure, &text));
}

/* outcome_limited - it took so many, and no more */
void
outcome_limited(const struct worker *worker, const struct failure *failure)
{
	own(buf) struct buf text = BUF;

	log_event(session_limit, (ull)worker->dcid, worker->taken,
	    ESCAPE(worker->site->domain), answer(failure, &text));
}

/* shortage - it could not be tried, or not to the end */
static void
shortage(const struct worker *worker, const struct failure *failure)
{
	const struct conn_ends *ends = &worker->smtp.conn.ends;
	own(buf) struct buf text = BUF;

	buf_format(&text, "%s %s port %u for %s: %s", failure->step ==
	    STEP_CONNECT ? "connect to" : "talk to", ends->address, ends->port,
	    ESCAPE(worker->site->domain), failure->text);
	outcome_trouble(text.data);
}

/* outcome_connection - the line about the connection itself */
void
outcome_connection(const struct worker *worker, const struct verdict *verdict)
{
	const struct failure *failure = verdict->failure;
	const char *name = failure->subject;

	if (failure->cause == CAUSE_REPLY && failure->our_name)
		name_refused(worker, failure);
	if (failure->our_login)
		login_refused(worker, failure);
	if (failure->cause == CAUSE_DNS_HARD)
		log_event(dns_hard, ESCAPE(name), failure->text);
	else if (failure->cause == CAUSE_DNS_SOFT)
		log_event(dns_soft, ESCAPE(name), failure->text);
	else if (verdict->class == VERDICT_TLS)
		tls_failed(worker, failure);
	else if ((failure->step == STEP_CONNECT || failure->our_memory) &&
	    verdict->class == VERDICT_NONE && !worker->forwarder->stopping)
		shortage(worker, failure);
	else if (verdict->class != VERDICT_NONE && verdict->blame == BLAME_SITE)
		connection_error(worker, failure);
}

/* ---- the copy ---- */

/* outcome_trouble - with the spool */
void
outcome_trouble(const char *why)
{
	log_event(queue_trouble, why);
}

/* outcome_delivered - the intake has it */
void
outcome_delivered(const struct worker *worker, struct item *item,
    const struct reply *reply)
{
	own(buf) struct buf text = BUF;

	flat(reply, &text);
	ending_delivered(worker->forwarder, item, buf_give(&text),
	    worker->dcid);
}

/* log_last - how the last attempt failed, where no "Bounced" line tells */
static void
log_last(const struct worker *worker, const struct end *end,
    const struct verdict *verdict)
{
	own(buf) struct buf text = BUF;

	log_event(last_attempt, (ull)end->mid, (ull)worker->dcid,
	    ESCAPE(end->site->domain), answer(verdict->failure, &text));
}

/* log_bounce - how it ended, and why */
static void
log_bounce(const struct worker *worker, const struct end *end,
    enum verdict_class class, const struct verdict *verdict)
{
	bool hard = class == VERDICT_HARD || class == VERDICT_NO_HOST;
	bool bounced = hard || class == VERDICT_SOFT;
	own(buf) struct buf list = BUF;

	said(verdict->failure, &list);
	if (hard)
		log_event(hard_reply, verdict->enhanced, verdict->words,
		    verdict->code, list.data);
	if (!bounced)
		log_last(worker, end, verdict);
	ending_log_reason(end);
	if (bounced)
		log_event(bounced, (ull)worker->dcid, (ull)end->mid,
		    verdict->enhanced, verdict->words, verdict->code,
		    list.data);
	ending_log(end);
}

/* bounce - give up, with the last answer; takes the item */
static void
bounce(const struct worker *worker, struct item *item,
    enum verdict_class class, const struct verdict *verdict)
{
	own(buf) struct buf text = BUF;
	struct end end;

	item->unnamed++;	/* this attempt, if it is kept */
	if (worker->settings->conf.undelivered == CONF_KEEP)
		keep_reason(worker, item, verdict->failure);
	if (ending_give_up(worker->forwarder, item, class, &end)) {
		log_bounce(worker, &end, class, verdict);
		ending_tell(worker->forwarder, &end, worker->dcid,
		    as_said(verdict->failure, &text));
	} else {
		log_event(deleted_refused, (ull)end.mid);
	}
	ending_drop(&end);
}

/* delay - one more attempt has failed, another will be made; takes the item */
static void
delay(const struct worker *worker, struct item *item,
    const struct verdict *verdict)
{
	ull mid = item->entry.mid;
	own(buf) struct buf list = BUF;
	struct err err;
	int status = spool_failed_attempt(worker->forwarder->spool,
	    &item->entry, &err);

	if (status == 0) {
		lease_forget(worker->forwarder, item);
		log_event(deleted_refused, mid);
		return;
	}
	if (status == -1) {
		item->unnamed++;	/* counts as long as we live */
		outcome_trouble(err.text);
	}
	keep_reason(worker, item, verdict->failure);
	log_event(delayed, (ull)worker->dcid, mid, verdict->enhanced,
	    verdict->words, verdict->code, said(verdict->failure, &list));
	lease_retry(worker->forwarder, item);
}

/* why_soft - the part of COUNT_SOFT_BOUNCED that it is */
static enum counter
why_soft(const struct verdict *verdict)
{
	if (verdict->failure->cause == CAUSE_DNS_SOFT)
		return COUNT_SOFT_DNS;
	return verdict->class == VERDICT_SOFT ? COUNT_SOFT_REPLY :
	    COUNT_SOFT_NETWORK;
}

/* outcome_failed - as the retry table has it */
void
outcome_failed(const struct worker *worker, struct item *item,
    const struct verdict *verdict)
{
	struct forwarder *forwarder = worker->forwarder;
	enum verdict_class class = verdict->class;
	bool dead;

	if (class == VERDICT_NONE) {
		lease_put_back(forwarder, item, 1000);
		return;
	}
	dead = lease_dead(forwarder, item);
	if (verdict_rows[class].retry) {
		ending_count(forwarder, item->site, COUNT_SOFT_BOUNCED);
		ending_count(forwarder, item->site, why_soft(verdict));
		if (!dead && queue_attempts(item) <
		    worker->settings->conf.retry_limit) {
			delay(worker, item, verdict);
			return;
		}
		if (dead)
			class = VERDICT_EXPIRED;
	}
	bounce(worker, item, class, verdict);
}

/* outcome_expired - it was not sent in time; takes the item */
void
outcome_expired(struct forwarder *forwarder, struct item *item)
{
	unsigned attempts = queue_attempts(item);
	struct end end;

	if (ending_give_up(forwarder, item, VERDICT_EXPIRED, &end)) {
		log_event(expired, (ull)end.mid, attempts,
		    ESCAPE(end.site->domain));
		ending_log_reason(&end);
		ending_log(&end);
		ending_tell(forwarder, &end, 0, "");
	}
	ending_drop(&end);
}

/* outcome_damaged - not a copy */
void
outcome_damaged(struct forwarder *forwarder, const struct spool_entry *entry,
    const char *why)
{
	char name[SPOOL_NAME];
	struct err err;

	switch (spool_damaged(forwarder->spool, entry, &err)) {
	case -1:
		outcome_trouble(err.text);
		break;
	case 1:
		counter_add(forwarder->counters, COUNT_SET_ASIDE, 1);
		log_event(queue_damaged, spool_name(SPOOL_READY, entry, name),
		    why);
	}
}
