/* SPDX-License-Identifier: BSD-2-Clause */
/* What is seen of the connection, one line of JSON each. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/own.h"
#include "forward/tls/tls_certificate.h"
#include "forward/trial/trial_private.h"

static void stage(const struct trial *, const char *, json_t *, const char *,
    ...) __attribute__((format(printf, 4, 5)));

/* trial_text - as it may be printed */
char *
trial_text(const struct trial *trial, const char *text)
{
	const struct login *login = trial->worker->login;

	if (login != NULL && login_tells(login, text))
		return mem_text("(not shown: it repeats the login)");
	return mem_text(ESCAPE(text));
}

/* trial_print - at once: somebody looks on */
void
trial_print(json_t *line)
{
	(void)json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	(void)fflush(stdout);
	json_decref(line);
}

/* show - a stage at that time; more: further members, which it takes, or
 * NULL */
static void
show(const struct trial *trial, const char *name, int64_t now, bool ok,
    json_t *more, const char *text)
{
	own(str) char *clean = trial_text(trial, text);
	json_t *line = json_pack("{s:s, s:I, s:b, s:s}", "stage", name,
	    "ms", (json_int_t)(now - trial->began), "ok", ok, "text", clean);

	if (more != NULL) {
		(void)json_object_update(line, more);
		json_decref(more);
	}
	trial_print(line);
}

static void
stage(const struct trial *trial, const char *name, json_t *more,
    const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	show(trial, name, clock_now(), true, more, text);
}

/* json_of - a text from the network */
static json_t *
json_of(const struct trial *trial, const char *text)
{
	own(str) char *clean = trial_text(trial, text);

	return json_string(clean);
}

/* ---- where ---- */

/* trial_began - what is in force here */
void
trial_began(const struct trial *trial)
{
	static const char *const policies[] = { [CONF_TLS_ENCRYPT] = "encrypt",
		[CONF_TLS_VERIFY] = "verify", [CONF_TLS_SECURE] = "secure",
		[CONF_TLS_DANE] = "dane", [CONF_TLS_DANE_ONLY] = "dane-only" };
	const struct conf *conf = &trial->worker->settings->conf;
	const char *policy = policies[conf->tls_policy];

	stage(trial, "start", json_pack("{s:o, s:o, s:s}", "intake",
	    json_of(trial, trial->order->intake), "helo",
	    json_of(trial, conf->helo_name), "tls_policy", policy),
	    "to %s, as %s, from <%s>; tls_policy = %s", trial->order->intake,
	    conf->helo_name, conf->journal_sender, policy);
}

/* validates - whether answers are, so that "signed" says something */
static bool
validates(const struct conf *conf)
{
	return *conf->dns_trust_anchor_file != '\0' ||
	    conf->tls_policy == CONF_TLS_DANE ||
	    conf->tls_policy == CONF_TLS_DANE_ONLY;
}

/* show_mx - the answer of DNS */
static void
show_mx(const struct trial *trial, const struct route *route)
{
	bool known = validates(&trial->worker->settings->conf);
	own(buf) struct buf text = BUF;
	json_t *list = json_array();

	buf_format(&text, "%s: ", trial->worker->site->domain);
	for (size_t i = 0; i < route->mx_count && i < ROUTE_MX; i++) {
		const struct route_mx *mx = &route->mx[i];

		buf_format(&text, "%s%u %s", i > 0 ? ", " : "",
		    mx->preference, *mx->host != '\0' ? mx->host : ".");
		json_array_append_new(list, json_pack("{s:i, s:o}",
		    "preference", (int)mx->preference, "host",
		    json_of(trial, mx->host)));
	}
	if (route->mx_count > ROUTE_MX)
		buf_text(&text, ", ...");
	if (route->own) {
		buf_cut(&text, 0);
		buf_format(&text, "%s has no MX, and is its own mail host",
		    trial->worker->site->domain);
		json_array_clear(list);
	}
	buf_text(&text, !known ? "" : route->secure ? " (signed)" :
	    " (not signed)");
	show(trial, "MX", route->answered, true, json_pack("{s:o, s:o}", "mx",
	    list, "signed", known ? json_boolean(route->secure) :
	    json_null()), text.data);
}

/* show_in_vain - hosts of which there is no address */
static void
show_in_vain(const struct trial *trial, const struct route *route)
{
	for (size_t i = 0; i < route->mx_count && i < ROUTE_MX; i++) {
		own(str) char *text = NULL;

		if (route->mx[i].why == NULL)
			continue;
		text = mem_format("%s: %s", route->mx[i].host,
		    route->mx[i].why);
		show(trial, "address", clock_now(), false, NULL, text);
	}
}

/* show_addresses - of those hosts that have some, in their order */
static void
show_addresses(const struct trial *trial, const struct route *route)
{
	for (size_t i = 0; i < route->count; ) {
		const struct route_target *first = &route->targets[i];
		own(buf) struct buf text = BUF;
		json_t *list = json_array();
		char address[INET6_ADDRSTRLEN];

		buf_format(&text, "%s: ", first->host);
		for (size_t n = 0; i < route->count && strcmp(first->host,
		    route->targets[i].host) == 0; i++, n++) {
			endpoint_print(&route->targets[i].address, address);
			buf_texts(&text, n > 0 ? ", " : "", address);
			json_array_append_new(list, json_string(address));
		}
		stage(trial, "address", json_pack("{s:o, s:o}", "host",
		    json_of(trial, first->host), "addresses", list), "%s",
		    text.data);
	}
}

/* show_failure - at the step where it was */
static void
show_failure(const struct trial *trial, const char *peer,
    const struct failure *failure)
{
	own(buf) struct buf text = BUF;

	failure_reason(failure, peer, &text);
	show(trial, failure->step == STEP_ROUTE ? "DNS" :
	    step_rows[failure->step].name, clock_now(), false, NULL,
	    text.data);
}

static void
on_route(void *arg, const struct route *route, const struct failure *failure)
{
	const struct trial *trial = arg;
	const struct route_via *via = &trial->worker->settings->via;

	if (*via->host != '\0')
		stage(trial, "route", json_pack("{s:o, s:i}", "host",
		    json_of(trial, via->host), "port", (int)via->port),
		    "intake_route = %s port %u: MX is not asked for", via->host,
		    via->port);
	else if (route->answered != 0)
		show_mx(trial, route);
	show_in_vain(trial, route);
	show_addresses(trial, route);
	if (failure != NULL)
		show_failure(trial, "DNS", failure);
}

/* ---- on what terms ---- */

static void
on_sts(void *arg, const struct sts_found *sts)
{
	static const char *const modes[] = { [STS_NONE] = "none",
		[STS_TESTING] = "testing", [STS_ENFORCE] = "enforce" };
	const struct trial *trial = arg;

	if (!sts->there)
		stage(trial, "MTA-STS", NULL, "no policy%s%s",
		    *sts->why != '\0' ? ": " : "", sts->why);
	else
		stage(trial, "MTA-STS", json_pack("{s:o, s:s}", "id",
		    json_of(trial, sts->id), "mode", modes[sts->policy.mode]),
		    "policy %s, mode %s", sts->id, modes[sts->policy.mode]);
}

/* add_records - those of TLSA that can be used */
static void
add_records(const struct dane *dane, struct buf *out)
{
	struct dane_record record;
	size_t at = 0;
	unsigned n = 0;

	while (dane_next(dane, &at, &record))
		buf_format(out, "%s%u %u %u", n++ > 0 ? ", " : "",
		    record.usage, record.selector, record.matching);
}

/* wanted - of the certificate, in words */
static void
wanted(const struct tls_ask *ask, struct buf *out)
{
	switch (ask->level) {
	case TLS_ENCRYPT:
		buf_text(out, "TLS, with any certificate");
		break;
	case TLS_VERIFY:
		buf_format(out, "a trusted certificate for %s", ask->host);
		break;
	case TLS_SECURE:
		buf_format(out, "a trusted certificate for %s or a name below "
		    "it", ask->domain);
		break;
	case TLS_DANE:
		buf_format(out, "the certificate of a TLSA record of %s (",
		    ask->host);
		add_records(ask->dane, out);
		buf_text(out, ")");
		break;
	}
}

static void
on_host(void *arg, const struct route_target *target,
    const struct tls_policy *policy, const struct failure *failure)
{
	static const char *const levels[] = { [TLS_ENCRYPT] = "encrypt",
		[TLS_VERIFY] = "verify", [TLS_SECURE] = "secure",
		[TLS_DANE] = "dane" };
	struct trial *trial = arg;
	own(buf) struct buf text = BUF;

	trial->policy = policy;
	if (failure != NULL)
		return;			/* on_failed() will show it */
	wanted(&policy->ask, &text);
	stage(trial, "policy", json_pack("{s:o, s:s}", "host",
	    json_of(trial, target->host), "level", levels[policy->ask.level]),
	    "%s must show %s%s%s", target->host, text.data,
	    *policy->why != '\0' ? "; " : "", policy->why);
}

static void
on_connected(void *arg, const struct conn_ends *ends)
{
	stage(arg, "connect", json_pack("{s:s, s:i, s:s}", "address",
	    ends->address, "port", (int)ends->port, "interface",
	    ends->interface), "%s port %u, from %s", ends->address, ends->port,
	    ends->interface);
}

static void
on_failed(void *arg, const struct conn_ends *ends,
    const struct failure *failure)
{
	if (failure->cause != CAUSE_REPLY)	/* that was seen already */
		show_failure(arg, ends->address, failure);
}

/* ---- what is said ---- */

/* offers - the lines of a reply to EHLO but the first */
static json_t *
offers(const struct trial *trial, const char *text)
{
	own(str) char *copy = mem_text(text);
	char *rest = copy, *line;
	json_t *list = json_array();

	(void)strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL)
		json_array_append_new(list, json_of(trial, line));
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

static void
on_reply(void *arg, enum step step, const struct reply *reply)
{
	const struct trial *trial = arg;
	bool ok = reply->code / 100 == step_rows[step].want;
	json_t *more = json_pack("{s:i}", "code", reply->code);
	own(buf) struct buf text = BUF;

	if (step == STEP_EHLO && ok)
		json_object_set_new(more, "offers", offers(trial, reply->text));
	on_one_line(reply, step == STEP_EHLO ? ", " : " ", &text);
	show(trial, step_rows[step].name, clock_now(), ok, more, text.data);
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
	show(trial, "certificate", clock_now(), secured, json_pack(
	    "{s:o, s:o, s:o, s:s, s:s, s:b, s:o, s:s}", "names",
	    json_of(trial, certificate.names), "subject",
	    json_of(trial, certificate.subject), "issuer",
	    json_of(trial, certificate.issuer), "from", certificate.from,
	    "until", certificate.until, "verified", secured && judged, "trust",
	    json_of(trial, trust), "check", certificate.why), text);
}

static void
on_secured(void *arg, const struct err *err)
{
	const struct trial *trial = arg;
	const struct conn *conn = &trial->worker->smtp.conn;

	if (err == NULL)
		stage(trial, "TLS", json_pack("{s:s, s:s}", "protocol",
		    SSL_get_version(conn->ssl), "cipher",
		    SSL_get_cipher_name(conn->ssl)), "%s, %s",
		    SSL_get_version(conn->ssl),
		    SSL_get_cipher_name(conn->ssl));
	show_certificate(trial, conn, err == NULL);
}

static void
on_line(void *arg, enum smtp_side side, const char *text)
{
	const struct trial *trial = arg;

	if (trial->order->verbose)
		stage(trial, side == SMTP_SAID ? "said" : "heard", NULL, "%s",
		    text);
}

/* trial_watch - all of it */
struct watch
trial_watch(struct trial *trial)
{
	return (struct watch){ .arg = trial, .route = on_route, .sts = on_sts,
	    .host = on_host, .connected = on_connected, .failed = on_failed,
	    .trace = { .arg = trial, .line = on_line, .reply = on_reply,
	    .secured = on_secured } };
}
