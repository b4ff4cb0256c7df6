/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"
#include "forward/smtp/auth.h"
#include "forward/smtp/smtp_private.h"

#define QUIT_WAIT 2000		/* ms for a last word */

/* smtp_init - before anything is open */
void
smtp_init(struct smtp *smtp, const char *helo, int64_t command_timeout)
{
	*smtp = (struct smtp){ .conn = CONN, .helo = helo,
	    .command_timeout = command_timeout, .out = BUF, .heard = BUF };
	smtp->conn.patience = command_timeout;
}

/* ---- the beginning ---- */

/* unknown - the command is; another refusal is meant for us, or our name */
static bool
unknown(const struct failure *failure)
{
	int code = failure->reply.code;

	return failure->cause == CAUSE_REPLY && (code == 500 || code == 502);
}

/* greet - EHLO, or HELO to servers that do not know it */
static int
greet(struct smtp *smtp, struct failure *out)
{
	smtp->caps = (struct caps)CAPS;
	if (smtp_ask(smtp, STEP_EHLO, out) == 0)
		return 0;
	smtp->caps = (struct caps)CAPS;	/* a refusal offers nothing */
	return unknown(out) ? smtp_ask(smtp, STEP_HELO, out) : -1;
}

static int
secure(struct smtp *smtp, const struct smtp_peer *peer, struct failure *out)
{
	int64_t deadline = clock_now() + smtp->command_timeout;
	struct err err;
	int result;

	if (smtp->trace.line != NULL)
		smtp_trace_note(smtp, SMTP_SAID, "[TLS handshake]");
	result = tls_start(peer->tls, peer->ask, &smtp->conn, deadline, &err);
	if (smtp->trace.secured != NULL)
		smtp->trace.secured(smtp->trace.arg,
		    result == -1 ? &err : NULL);
	return result == -1 ? smtp_broke(smtp, STEP_HANDSHAKE, &err, out) : 0;
}

/* start_tls - what was said in the clear before counts no more */
static int
start_tls(struct smtp *smtp, const struct smtp_peer *peer,
    struct failure *out)
{
	if (!smtp->caps.starttls)
		return failure_set(out, STEP_STARTTLS, CAUSE_TLS,
		    "STARTTLS not offered");
	if (smtp_ask(smtp, STEP_STARTTLS, out) == -1)
		return -1;
	if (smtp->conn.start != smtp->conn.end)
		return failure_set(out, STEP_STARTTLS, CAUSE_TLS,
		    "bytes in the clear after the reply to STARTTLS");
	if (secure(smtp, peer, out) == -1)
		return -1;
	return greet(smtp, out);
}

/* log_in - never in the clear */
static int
log_in(struct smtp *smtp, const struct login *login, struct failure *out)
{
	if (smtp->conn.ssl == NULL)
		return failure_set(out, STEP_AUTH_PLAIN, CAUSE_LOGIN,
		    "no login without TLS");
	return auth(smtp, login, out);
}

/* smtp_hello - up to the first letter */
int
smtp_hello(struct smtp *smtp, const struct smtp_peer *peer,
    struct failure *out)
{
	if (peer->wrapped && secure(smtp, peer, out) == -1)
		return -1;
	if (smtp_hear(smtp, STEP_GREETING, out) == -1 || greet(smtp, out) == -1)
		return -1;
	if (peer->tls != NULL && !peer->wrapped &&
	    start_tls(smtp, peer, out) == -1)
		return -1;
	if (peer->login != NULL && log_in(smtp, peer->login, out) == -1)
		return -1;
	smtp->state = SMTP_READY;
	return 0;
}

/* ---- the end ---- */

/* smtp_drop - the end */
void
smtp_drop(struct smtp *smtp)
{
	struct failure ignored;
	struct talk talk = { .helo = smtp->helo, .caps = &smtp->caps };
	enum step quit = STEP_QUIT;

	if (smtp_usable(smtp) && smtp_say(smtp, &talk, &quit, 1, &ignored) == 0)
		(void)smtp_hear_until(smtp, quit, clock_now() + QUIT_WAIT,
		    &ignored);
	smtp_abandon(smtp);
	conn_close(&smtp->conn);
	buf_drop(&smtp->out);
	buf_drop(&smtp->heard);
}
