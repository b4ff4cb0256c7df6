/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/smtp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "forward/content.h"

#define QUIT_WAIT 2000		/* ms for a last word */

/* smtp_init - before anything is open */
void
smtp_init(struct smtp *smtp, const char *helo, int64_t command_timeout)
{
	*smtp = (struct smtp){ .conn = CONN, .helo = helo,
	    .command_timeout = command_timeout, .out = BUF };
	smtp->conn.patience = command_timeout;
}

/* ---- failures ---- */

static int __attribute__((format(printf, 4, 5)))
fail(struct failure *out, enum step step, enum cause cause,
    const char *format, ...)
{
	va_list args;

	out->step = step;
	out->cause = cause;
	va_start(args, format);
	vsnprintf(out->text, sizeof(out->text), format, args);
	va_end(args);
	return -1;
}

static int
refused(struct failure *out, enum step step)
{
	out->step = step;
	out->cause = CAUSE_REPLY;
	out->text[0] = '\0';
	return -1;
}

/* shortage - of descriptors or memory: that is no network's fault */
static bool
shortage(const struct err *err)
{
	return err->sys == EMFILE || err->sys == ENFILE ||
	    err->sys == ENOBUFS || err->sys == ENOMEM;
}

/* conn_failed - the connection, or TLS, gave way */
static int
conn_failed(struct smtp *smtp, enum step step, const struct err *err,
    struct failure *out)
{
	/* a TLS 1.3 server looks at our certificate after its handshake */
	bool late = step == STEP_EHLO && smtp->conn.ssl != NULL;

	smtp->usable = false;
	if (err->sys == ETIMEDOUT)
		return fail(out, step, CAUSE_TIMEOUT, "%.250s", err->text);
	if (err->sys == ECANCELED || (step == STEP_CONNECT && shortage(err)))
		return fail(out, step, CAUSE_OURS, "%.250s", err->text);
	if (err->sys == EPROTO && (late || step == STEP_HANDSHAKE))
		return fail(out, step, CAUSE_TLS, "%.250s", err->text);
	if (step == STEP_HANDSHAKE)
		return fail(out, step, CAUSE_TLS, "handshake ended: %.230s",
		    err->text);
	return fail(out, step, CAUSE_LOST, "%.250s", err->text);
}

/* ---- hearing ---- */

/* judge - a reply that is whole */
static int
judge(struct smtp *smtp, enum step step, struct failure *out)
{
	int code = out->reply.code;

	if (code / 100 == step_rows[step].want)
		return 0;
	if (code < 400) {
		smtp->usable = false;
		return fail(out, step, CAUSE_GARBAGE,
		    "unexpected reply %d to %s", code, step_rows[step].name);
	}
	if (code == 421)
		smtp->usable = false;
	return refused(out, step);
}

/* hear_until - the reply to one step, into out->reply; 0: it is as wanted */
static int
hear_until(struct smtp *smtp, enum step step, int64_t deadline,
    struct failure *out)
{
	struct conn *conn = &smtp->conn;
	struct err err;
	size_t used;

	reply_init(&out->reply);
	for (;;) {
		enum reply_parse state = reply_add(&out->reply,
		    conn->in + conn->start, conn->end - conn->start, &used);

		conn->start += used;
		smtp->answered = smtp->answered || used > 0;
		if (state == REPLY_DONE)
			return judge(smtp, step, out);
		if (state == REPLY_BAD) {
			smtp->usable = false;
			return fail(out, step, CAUSE_GARBAGE,
			    "no SMTP reply after %s", step_rows[step].name);
		}
		if (conn_fill(conn, deadline, &err) == -1)
			return conn_failed(smtp, step, &err, out);
	}
}

static int
hear(struct smtp *smtp, enum step step, struct failure *out)
{
	return hear_until(smtp, step, clock_now() + smtp->command_timeout,
	    out);
}

/* ---- saying ---- */

/* gather - commands, and the content behind them */
static int
gather(struct smtp *smtp, const struct talk *talk, enum step step,
    struct err *err)
{
	if (step_rows[step].say != NULL)
		step_rows[step].say(talk, &smtp->out);
	if (step == STEP_BDAT)
		return content_chunk(talk->letter, &smtp->out, &smtp->conn,
		    err);
	if (step == STEP_BODY)
		return content_dotted(talk->letter, &smtp->out, &smtp->conn,
		    err);
	return 0;
}

/* say - one flight, in as few writes as its size allows */
static int
say(struct smtp *smtp, const struct talk *talk, const enum step *steps,
    size_t count, struct failure *out)
{
	struct err err;

	if (smtp->conn.start != smtp->conn.end) {
		smtp->usable = false;
		return fail(out, steps[0], CAUSE_GARBAGE,
		    "unasked reply before %s", step_rows[steps[0]].name);
	}
	buf_cut(&smtp->out, 0);
	for (size_t i = 0; i < count; i++)
		if (gather(smtp, talk, steps[i], &err) == -1)
			return conn_failed(smtp, steps[0], &err, out);
	if (content_flush(&smtp->out, &smtp->conn, &err) == -1)
		return conn_failed(smtp, steps[0], &err, out);
	return 0;
}

/* ask - say one step and hear */
static int
ask(struct smtp *smtp, enum step step, struct failure *out)
{
	struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps };

	if (say(smtp, &talk, &step, 1, out) == -1)
		return -1;
	return hear(smtp, step, out);
}

/* ---- the beginning ---- */

/* smtp_connect - to one address */
int
smtp_connect(struct smtp *smtp, const struct conn_address *address,
    int64_t deadline, struct failure *out)
{
	struct err err;

	if (conn_open(&smtp->conn, address, deadline, &err) == -1)
		return conn_failed(smtp, STEP_CONNECT, &err, out);
	return 0;
}

/* unknown - the command is; another refusal is meant for us */
static bool
unknown(const struct failure *failure)
{
	int code = failure->reply.code;

	return failure->cause == CAUSE_REPLY &&
	    (code == 500 || code == 501 || code == 502 || code == 504);
}

/* greet - EHLO, or HELO to those who do not know it */
static int
greet(struct smtp *smtp, struct failure *out)
{
	memset(&smtp->caps, 0, sizeof(smtp->caps));
	if (ask(smtp, STEP_EHLO, out) == 0) {
		caps_parse(&out->reply, &smtp->caps);
		return 0;
	}
	return unknown(out) ? ask(smtp, STEP_HELO, out) : -1;
}

static int
secure(struct smtp *smtp, const struct smtp_peer *peer, struct failure *out)
{
	int64_t deadline = clock_now() + smtp->command_timeout;
	struct err err;

	if (tls_start(peer->tls, peer->host, peer->domain, &smtp->conn,
	    deadline, &err) == -1)
		return conn_failed(smtp, STEP_HANDSHAKE, &err, out);
	return 0;
}

/* start_tls - what was said in the clear before counts no more */
static int
start_tls(struct smtp *smtp, const struct smtp_peer *peer,
    struct failure *out)
{
	if (!smtp->caps.starttls)
		return fail(out, STEP_STARTTLS, CAUSE_TLS,
		    "STARTTLS not offered");
	if (ask(smtp, STEP_STARTTLS, out) == -1)
		return -1;
	if (smtp->conn.start != smtp->conn.end)
		return fail(out, STEP_STARTTLS, CAUSE_TLS,
		    "bytes in the clear after the reply to STARTTLS");
	if (secure(smtp, peer, out) == -1)
		return -1;
	return greet(smtp, out);
}

/* smtp_hello - up to the first letter */
int
smtp_hello(struct smtp *smtp, const struct smtp_peer *peer,
    struct failure *out)
{
	if (peer->wrapped && secure(smtp, peer, out) == -1)
		return -1;
	if (hear(smtp, STEP_GREETING, out) == -1 || greet(smtp, out) == -1)
		return -1;
	if (peer->tls != NULL && !peer->wrapped &&
	    start_tls(smtp, peer, out) == -1)
		return -1;
	smtp->usable = true;
	return 0;
}

/* ---- a letter ---- */

/* hear_wanted - replies from one step on, while they are as wanted; the step
 * that was not, or count */
static size_t
hear_wanted(struct smtp *smtp, const enum step *steps, size_t at,
    size_t count, struct failure *out)
{
	while (at < count && hear(smtp, steps[at], out) == 0)
		at++;
	return at;
}

/* hear_flight - the replies to all steps, in order; the first that is not as
 * wanted counts, the others are heard to stay in step */
static int
hear_flight(struct smtp *smtp, const enum step *steps, size_t count,
    struct failure *out)
{
	struct failure other;
	struct err err;
	size_t i = hear_wanted(smtp, steps, 0, count, out);

	if (i == 0 && steps[0] == STEP_RSET && count > 1 && smtp->usable) {
		/* who takes our MAIL has begun anew, whatever he said to RSET;
		 * he may well take the letter */
		i = hear(smtp, steps[1], &other) == 0 ?
		    hear_wanted(smtp, steps, 2, count, out) : 1;
	}
	if (i == count)
		return 0;
	smtp->reset = true;
	while (smtp->usable && ++i < count) {
		if (hear(smtp, steps[i], &other) == 0 &&
		    steps[i] == STEP_DATA) {
			/* it waits for content, though nobody shall have it */
			if (conn_write(&smtp->conn, ".\r\n", 3, &err) == -1)
				smtp->usable = false;
			else
				(void)hear(smtp, STEP_BODY, &other);
		}
	}
	return -1;
}

/* last_words - we could not say all; the peer may have told us why */
static void
last_words(struct smtp *smtp, const enum step *steps, size_t count,
    struct failure *out)
{
	struct failure heard;

	if (out->cause != CAUSE_LOST)
		return;
	for (size_t i = 0; i < count; i++) {
		out->step = steps[i];
		if (hear_until(smtp, steps[i], clock_now(), &heard) == 0)
			continue;
		if (heard.cause == CAUSE_REPLY)
			*out = heard;
		break;
	}
	smtp->usable = false;
}

static int
fly(struct smtp *smtp, const struct talk *talk, const enum step *steps,
    size_t count, struct failure *out)
{
	if (say(smtp, talk, steps, count, out) == 0)
		return hear_flight(smtp, steps, count, out);
	last_words(smtp, steps, count, out);
	return -1;
}

/* refuse_size - as the intake would */
static int
refuse_size(const struct talk *talk, struct failure *out)
{
	char text[128];

	snprintf(text, sizeof(text), "5.3.4 message of %llu bytes not sent, "
	    "the limit is %llu", (unsigned long long)flight_size(talk->letter),
	    (unsigned long long)talk->caps->size_limit);
	reply_make(&out->reply, 552, text);
	return refused(out, STEP_MAIL);
}

/* smtp_send - one letter, and its fate */
int
smtp_send(struct smtp *smtp, const struct letter *letter, struct failure *out)
{
	struct talk talk = { smtp->helo, &smtp->caps, letter };
	enum step steps[FLIGHT_STEPS];
	size_t count, together;

	smtp->answered = false;
	if (!conn_idle(&smtp->conn)) {
		smtp->usable = false;
		return fail(out, STEP_MAIL, CAUSE_LOST, "EOF");
	}
	if (flight_too_large(&talk))
		return refuse_size(&talk, out);
	count = flight_steps(&talk, smtp->reset, steps);
	for (size_t at = 0; at < count; at += together) {
		together = flight_length(&talk, steps + at, count - at);
		if (fly(smtp, &talk, steps + at, together, out) == -1)
			return -1;
		/* MAIL has been said: whatever fails now leaves it behind */
		smtp->reset = true;
	}
	smtp->reset = false;
	return 0;
}

/* smtp_drop - the end */
void
smtp_drop(struct smtp *smtp)
{
	struct failure ignored;
	struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps };
	enum step quit = STEP_QUIT;

	if (smtp->usable && say(smtp, &talk, &quit, 1, &ignored) == 0)
		(void)hear_until(smtp, quit, clock_now() + QUIT_WAIT,
		    &ignored);
	smtp->usable = false;
	conn_close(&smtp->conn);
	buf_drop(&smtp->out);
}
