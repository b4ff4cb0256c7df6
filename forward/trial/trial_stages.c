/* SPDX-License-Identifier: BSD-2-Clause */
/* What is seen of the connection, one line of JSON each. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/own.h"
#include "forward/tls/tls_wanted.h"
#include "forward/trial/trial_private.h"

/* trial_text - as it may be printed */
char *
trial_text(const struct trial *trial, const char *text)
{
	const struct login *login = trial->worker->login;

	if (login != NULL && login_tells(login, text))
		return mem_text("(not shown: it repeats the login)");
	return mem_text(ESCAPE(text));
}

/* trial_peer - with whom it was last */
const char *
trial_peer(const struct trial *trial)
{
	const struct conn_ends *ends = &trial->worker->smtp.conn.ends;

	return ends->port != 0 ? ends->address : trial->worker->site->domain;
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

/* trial_show - a stage at that time */
void
trial_show(const struct trial *trial, const char *name, int64_t now, bool ok,
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

/* trial_stage - now */
void
trial_stage(const struct trial *trial, const char *name, json_t *more,
    const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	trial_show(trial, name, clock_now(), true, more, text);
}

/* trial_json - a text from elsewhere */
json_t *
trial_json(const struct trial *trial, const char *text)
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

	trial_stage(trial, "start", json_pack("{s:o, s:o, s:s}", "intake",
	    trial_json(trial, trial->order->intake), "helo",
	    trial_json(trial, conf->helo_name), "tls_policy", policy),
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
		    trial_json(trial, mx->host)));
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
	trial_show(trial, "MX", route->answered, true, json_pack("{s:o, s:o}",
	    "mx", list, "signed", known ? json_boolean(route->secure) :
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
		trial_show(trial, "address", clock_now(), false, NULL, text);
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
		trial_stage(trial, "address", json_pack("{s:o, s:o}", "host",
		    trial_json(trial, first->host), "addresses", list), "%s",
		    text.data);
	}
}

/* show_failure - at the step where it was */
static void
show_failure(const struct trial *trial, const struct failure *failure)
{
	own(buf) struct buf text = BUF;

	failure_reason(failure, trial_peer(trial), &text);
	trial_show(trial, failure->step == STEP_ROUTE ? "DNS" :
	    step_rows[failure->step].name, clock_now(), false, NULL,
	    text.data);
}

static void
on_route(void *arg, const struct route *route, const struct failure *failure)
{
	const struct trial *trial = arg;
	const struct route_via *via = &trial->worker->settings->via;

	if (*via->host != '\0')
		trial_stage(trial, "route", json_pack("{s:o, s:i}", "host",
		    trial_json(trial, via->host), "port", (int)via->port),
		    "intake_route = %s port %u: MX is not asked for", via->host,
		    via->port);
	else if (route->answered != 0)
		show_mx(trial, route);
	show_in_vain(trial, route);
	show_addresses(trial, route);
	if (failure != NULL)
		show_failure(trial, failure);
}

/* ---- on what terms ---- */

static void
on_sts(void *arg, const struct sts_found *sts)
{
	static const char *const modes[] = { [STS_NONE] = "none",
		[STS_TESTING] = "testing", [STS_ENFORCE] = "enforce" };
	const struct trial *trial = arg;

	if (!sts->there)
		trial_stage(trial, "MTA-STS", NULL, "no policy%s%s",
		    *sts->why != '\0' ? ": " : "", sts->why);
	else
		trial_stage(trial, "MTA-STS", json_pack("{s:o, s:s}", "id",
		    trial_json(trial, sts->id), "mode",
		    modes[sts->policy.mode]),
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
	char names[TLS_WANTED];

	switch (ask->level) {
	case TLS_ENCRYPT:
		buf_text(out, "TLS, with any certificate");
		break;
	case TLS_VERIFY:
		buf_format(out, "a trusted certificate for %s", ask->host);
		break;
	case TLS_SECURE:
		buf_format(out, "a trusted certificate for %s",
		    tls_wanted_text(ask, names));
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
	trial_stage(trial, "policy", json_pack("{s:o, s:s}", "host",
	    trial_json(trial, target->host), "level",
	    levels[policy->ask.level]),
	    "%s must show %s%s%s", target->host, text.data,
	    *policy->why != '\0' ? "; " : "", policy->why);
}

static void
on_connected(void *arg, const struct conn_ends *ends)
{
	trial_stage(arg, "connect", json_pack("{s:s, s:i, s:s}", "address",
	    ends->address, "port", (int)ends->port, "interface",
	    ends->interface), "%s port %u, from %s", ends->address, ends->port,
	    ends->interface);
}

static void
on_failed(void *arg, const struct failure *failure)
{
	if (failure->cause != CAUSE_REPLY)	/* that was seen already */
		show_failure(arg, failure);
}

/* trial_watch - all of it */
struct watch
trial_watch(struct trial *trial)
{
	return (struct watch){ .arg = trial, .route = on_route, .sts = on_sts,
	    .host = on_host, .connected = on_connected, .failed = on_failed,
	    .trace = { .arg = trial, .line = trial_on_line,
	    .reply = trial_on_reply, .secured = trial_on_secured } };
}
