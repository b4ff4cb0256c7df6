/* SPDX-License-Identifier: BSD-2-Clause */
/* What is seen of the conversation. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "forward/tls/tls_certificate.h"
#include "forward/trial/trial_private.h"

/* offers - the lines of a reply to EHLO but the first */
static json_t *
offers(const struct trial *trial, const char *text)
{
	own(str) char *copy = mem_text(text);
	char *rest = copy, *line;
	json_t *list = json_array();

	(void)strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL)
		json_array_append_new(list, trial_json(trial, line));
	return list;
}

/* on_one_line - the code, and the lines of a reply */
static void
on_one_line(const struct reply *reply, const char *between, struct buf *out)
{
	buf_format(out, "%d ", reply->code);
	for (size_t i = 0; i < reply->length; i++)
		if (reply->text[i] == '\n')
			buf_text(out, between);
		else
			buf_byte(out, reply->text[i]);
}

/* trial_on_reply - whole */
void
trial_on_reply(void *arg, enum step step, const struct reply *reply)
{
	const struct trial *trial = arg;
	bool ok = reply->code / 100 == step_rows[step].want;
	json_t *more = json_pack("{s:i}", "code", reply->code);
	own(buf) struct buf text = BUF;

	if (step == STEP_EHLO && ok)
		json_object_set_new(more, "offers", offers(trial, reply->text));
	on_one_line(reply, step == STEP_EHLO ? ", " : " ", &text);
	if (ok && (step == STEP_AUTH_PLAIN || step == STEP_AUTH_PASSWORD))
		buf_texts(&text, ", as in ", trial->worker->login->where);
	trial_show(trial, step_rows[step].name, clock_now(), ok, more,
	    text.data);
}

/* show_certificate - whether it was good or not */
static void
show_certificate(const struct trial *trial, const struct conn *conn,
    bool secured)
{
	bool judged = trial->policy->ask.level != TLS_ENCRYPT;
	struct tls_certificate certificate;
	char trust[TLS_POLICY_TEXT];
	own(str) char *text = NULL;

	if (!tls_certificate(conn->ssl, &certificate))
		return;
	tls_policy_text(trial->policy, conn, trust);
	text = mem_format("%s; issued by %s; valid until %s; %s%s",
	    certificate.names, certificate.issuer, certificate.until,
	    secured ? "" : judged ? "refused: " : "not looked at: ",
	    secured ? trust : certificate.why);
	trial_show(trial, "certificate", clock_now(), secured, json_pack(
	    "{s:o, s:o, s:o, s:s, s:s, s:b, s:o, s:s}", "names",
	    trial_json(trial, certificate.names), "subject",
	    trial_json(trial, certificate.subject), "issuer",
	    trial_json(trial, certificate.issuer), "from", certificate.from,
	    "until", certificate.until, "verified", secured && judged, "trust",
	    trial_json(trial, trust), "check", certificate.why), text);
}

/* trial_on_secured - or not */
void
trial_on_secured(void *arg, const struct err *err)
{
	const struct trial *trial = arg;
	const struct conn *conn = &trial->worker->smtp.conn;

	if (err == NULL)
		trial_stage(trial, "TLS", json_pack("{s:s, s:s}", "protocol",
		    SSL_get_version(conn->ssl), "cipher",
		    SSL_get_cipher_name(conn->ssl)), "%s, %s",
		    SSL_get_version(conn->ssl),
		    SSL_get_cipher_name(conn->ssl));
	show_certificate(trial, conn, err == NULL);
}

/* trial_on_line - for who wants to see all of it */
void
trial_on_line(void *arg, enum smtp_side side, const char *text)
{
	const struct trial *trial = arg;

	if (trial->order->verbose)
		trial_stage(trial, side == SMTP_SAID ? "said" : "heard", NULL,
		    "%s", text);
}
