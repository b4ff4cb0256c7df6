/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "base/clock.h"
#include "forward/smtp/content.h"
#include "forward/smtp/smtp_private.h"

/* ---- states ---- */

/* smtp_abandon - not one more letter */
void
smtp_abandon(struct smtp *smtp)
{
	if (smtp->state == SMTP_READY)
		smtp->state = SMTP_OVER;
}

/* smtp_gag - not one more byte */
void
smtp_gag(struct smtp *smtp, const struct failure *why)
{
	smtp->state = smtp_deaf(smtp) ? SMTP_DEAF_MUTE : SMTP_MUTE;
	smtp->end = *why;
	smtp->died = why->cause == CAUSE_TIMEOUT &&
	    clock_now() >= smtp->conn.death;
}

/* smtp_deafen - not one more reply */
void
smtp_deafen(struct smtp *smtp)
{
	smtp->state = smtp_mute(smtp) ? SMTP_DEAF_MUTE : SMTP_DEAF;
}

/* smtp_idle - or over */
bool
smtp_idle(struct smtp *smtp)
{
	if (conn_idle(&smtp->conn))
		return true;
	smtp_abandon(smtp);
	return false;
}

/* ---- failures ---- */

/* smtp_broke - the connection, or TLS, gave way */
int
smtp_broke(struct smtp *smtp, enum step step, const struct err *err,
    struct failure *out)
{
	/* a TLS 1.3 server looks at our certificate when our side of the
	 * handshake is over: what we hear first may be that it does not do */
	bool late = (step == STEP_EHLO || step == STEP_GREETING) &&
	    smtp->conn.ssl != NULL;

	smtp_abandon(smtp);
	if (smtp->trace.line != NULL)
		smtp_trace_note(smtp, SMTP_HEARD, "[%s]", err->text);
	if (err->sys == ETIMEDOUT)
		return failure_set(out, step, CAUSE_TIMEOUT, "%s", err->text);
	/* without memory no other server would do better */
	if (err->sys == ECANCELED || err->sys == ENOMEM) {
		failure_set(out, step, CAUSE_OURS, "%s", err->text);
		out->our_memory = err->sys == ENOMEM;
		return -1;
	}
	if (err->sys == EPROTO && (late || step == STEP_HANDSHAKE))
		return failure_set(out, step, CAUSE_TLS, "%s", err->text);
	if (step == STEP_HANDSHAKE)
		return failure_set(out, step, CAUSE_TLS,
		    "handshake ended: %s", err->text);
	return failure_set(out, step, CAUSE_LOST, "%s", err->text);
}

/* ---- hearing ---- */

/* judge - a reply that is whole */
static int
judge(struct smtp *smtp, enum step step, struct failure *out)
{
	int code = out->reply.code;

	if (smtp->trace.reply != NULL)
		smtp->trace.reply(smtp->trace.arg, step, &out->reply);
	if (code / 100 == step_rows[step].want)
		return 0;
	if (code < 400 || code == 421)
		smtp_deafen(smtp);
	if (code < 400)
		return failure_set(out, step, CAUSE_GARBAGE,
		    "unexpected reply %d to %s", code, step_rows[step].name);
	return failure_reply(out, step, smtp->helo);
}

/* garbage - it is no reply, and what the next one answers is unknown.  A server
 * that has a letter says so with a 2; sending it twice would be worse than
 * ending this conversation */
static int
garbage(struct smtp *smtp, enum step step, struct failure *out)
{
	bool thanks = out->reply.digit == '2' &&
	    (step == STEP_BODY || step == STEP_BDAT);

	smtp_deafen(smtp);
	(void)failure_set(out, step, CAUSE_GARBAGE, "no SMTP reply after %s",
	    step_rows[step].name);
	if (!thanks)
		return -1;
	if (!smtp_mute(smtp))
		smtp->end = *out;
	reply_make(&out->reply, 250, "thanks, though no SMTP reply");
	return 0;
}

/* missed - no reply came; when we had not said all, that is why */
static int
missed(struct smtp *smtp, enum step step, const struct err *err,
    struct failure *out)
{
	smtp_deafen(smtp);
	if (smtp->trace.line != NULL)
		smtp_trace_end(smtp);
	if (!smtp_mute(smtp))
		return smtp_broke(smtp, step, err, out);
	*out = smtp->end;
	out->step = step;
	return -1;
}

/* hear - bytes that have come */
static enum reply_parse
hear(struct smtp *smtp, struct reply *reply)
{
	struct conn *conn = &smtp->conn;
	const char *bytes = conn->in + conn->start;
	size_t used;
	enum reply_parse state = reply_add(reply, bytes,
	    conn->end - conn->start, &used);

	conn->start += used;
	if (smtp->trace.line != NULL) {
		smtp_trace_heard(smtp, bytes, used);
		if (state != REPLY_MORE)
			smtp_trace_end(smtp);
	}
	return state;
}

/* smtp_hear_until - the reply to one step */
int
smtp_hear_until(struct smtp *smtp, enum step step, int64_t deadline,
    struct failure *out)
{
	struct conn *conn = &smtp->conn;
	struct err err;

	reply_init(&out->reply);
	if (step == STEP_EHLO) {
		out->reply.each = caps_add;
		out->reply.arg = &smtp->caps;
	}
	for (;;) {
		size_t before = conn->start;
		enum reply_parse state = hear(smtp, &out->reply);

		/* RSET is about what was before it */
		smtp->answered |= conn->start > before && step != STEP_RSET;
		if (state == REPLY_DONE)
			return judge(smtp, step, out);
		if (state == REPLY_BAD)
			return garbage(smtp, step, out);
		if (conn_fill(conn, deadline, &err) == -1)
			return missed(smtp, step, &err, out);
	}
}

/* smtp_hear - in the time that it may take; a peer that does not take what we
 * say is not waited for */
int
smtp_hear(struct smtp *smtp, enum step step, struct failure *out)
{
	int64_t wait = smtp_mute(smtp) ? 0 : smtp->command_timeout;

	return smtp_hear_until(smtp, step, clock_now() + wait, out);
}

/* ---- saying ---- */

/* gather_content - of a letter, the way that this step has it */
static int
gather_content(struct smtp *smtp, const struct letter *letter, enum step step,
    struct err *err)
{
	struct conn *conn = &smtp->conn;

	if ((step == STEP_BDAT ?
	    content_chunk(letter, &smtp->out, conn, err) :
	    content_dotted(letter, &smtp->out, conn, err)) == -1)
		return -1;
	if (smtp->trace.line != NULL)
		smtp_trace_note(smtp, SMTP_SAID, "[%llu octets of message]%s",
		    (unsigned long long)flight_size(letter),
		    step == STEP_BODY ? " ." : "");
	return 0;
}

/* smtp_gather - a command, and the content after it */
int
smtp_gather(struct smtp *smtp, const struct talk *talk, enum step step,
    struct err *err)
{
	if (step_rows[step].say != NULL) {
		step_rows[step].say(talk, &smtp->out);
		if (smtp->trace.line != NULL)
			smtp_trace_said(smtp, talk, step);
	}
	return step == STEP_BDAT || step == STEP_BODY ?
	    gather_content(smtp, talk->letter, step, err) : 0;
}

/* smtp_say - one flight */
int
smtp_say(struct smtp *smtp, const struct talk *talk, const enum step *steps,
    size_t count, struct failure *out)
{
	struct err err;

	if (smtp->conn.start != smtp->conn.end) {
		smtp_deafen(smtp);
		return failure_set(out, steps[0], CAUSE_GARBAGE,
		    "unasked reply before %s", step_rows[steps[0]].name);
	}
	buf_cut(&smtp->out, 0);
	for (size_t i = 0; i < count; i++)
		if (smtp_gather(smtp, talk, steps[i], &err) == -1)
			return smtp_broke(smtp, steps[0], &err, out);
	if (content_flush(&smtp->out, &smtp->conn, &err) == -1)
		return smtp_broke(smtp, steps[0], &err, out);
	return 0;
}

/* smtp_ask - say one step and hear */
int
smtp_ask(struct smtp *smtp, enum step step, struct failure *out)
{
	struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps };

	if (smtp_say(smtp, &talk, &step, 1, out) == -1)
		return -1;
	return smtp_hear(smtp, step, out);
}
