/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/trust.h"

#include <stdio.h>
#include <string.h>

#include "forward/connect.h"

/* trust_drop - as after TRUST */
void
trust_drop(struct trust *trust)
{
	dane_drop(&trust->dane);
	*trust = (struct trust)TRUST;
}

/* ---- finding ---- */

/* later - nobody could tell; a downgrade is what an attacker would want */
static int
later(const struct route_target *target, const char *why, struct failure *out)
{
	char question[DNS_NAME + 8];

	out->step = STEP_ROUTE;
	out->cause = CAUSE_DNS_SOFT;
	snprintf(out->text, sizeof(out->text), "%s", why);
	snprintf(question, sizeof(question), "%s TLSA", target->host);
	reply_make(&out->reply, 0, question);
	return -1;
}

static int
refuse(const char *why, struct failure *out)
{
	out->step = STEP_HANDSHAKE;
	out->cause = CAUSE_TLS;
	snprintf(out->text, sizeof(out->text), "%s", why);
	return -1;
}

/* look_for_dane - at the end of a way that was signed from its beginning */
static enum dane_status
look_for_dane(const struct trust_seeker *seeker,
    const struct route_target *target, struct trust *out, const char **why)
{
	struct conn_ends ends;

	if (!seeker->route->secure) {
		*why = "MX not signed";
		return DANE_NONE;
	}
	connect_describe(&target->address, &ends);
	return dane_find(seeker->resolver, &(struct dane_host){
	    .host = target->host, .canonical = target->canonical,
	    .secure = target->secure, .port = ends.port }, seeker->deadline,
	    &out->dane, why);
}

/* find_dane - tls_policy dane or dane-only */
static int
find_dane(const struct trust_seeker *seeker,
    const struct route_target *target, struct trust *out,
    struct failure *failure)
{
	bool only = seeker->policy == CONF_TLS_DANE_ONLY;
	const char *why = "";
	enum dane_status status = look_for_dane(seeker, target, out, &why);

	if (status == DANE_LATER)
		return later(target, why, failure);
	if (status == DANE_FOUND) {
		out->ask.level = TLS_DANE;
		out->ask.host = out->dane.base;
		out->ask.dane = &out->dane;
		return 0;
	}
	if (only)
		return refuse(why, failure);
	out->ask.level = status == DANE_UNUSABLE ? TLS_ENCRYPT : TLS_VERIFY;
	snprintf(out->why, sizeof(out->why), "%s", why);
	return 0;
}

/* trust_find - for a connection to this target */
int
trust_find(const struct trust_seeker *seeker,
    const struct route_target *target, struct trust *out,
    struct failure *failure)
{
	trust_drop(out);
	out->ask.host = target->host;
	out->ask.domain = seeker->domain;
	switch (seeker->policy) {
	case CONF_TLS_ENCRYPT:
		out->ask.level = TLS_ENCRYPT;
		return 0;
	case CONF_TLS_SECURE:
		out->ask.level = TLS_SECURE;
		return 0;
	case CONF_TLS_DANE:
	case CONF_TLS_DANE_ONLY:
		return find_dane(seeker, target, out, failure);
	default:
		out->ask.level = TLS_VERIFY;
		return 0;
	}
}

/* ---- telling ---- */

/* trust_text - what was asked, and why not more */
char *
trust_text(const struct trust *trust, const struct conn *conn,
    char out[TRUST_TEXT])
{
	char matched[TLS_MATCHED];
	const char *comma = *trust->why != '\0' ? ", " : "";
	const char *blank;

	switch (trust->ask.level) {
	case TLS_ENCRYPT:
		snprintf(out, TRUST_TEXT, "encrypt only%s%s", comma,
		    trust->why);
		break;
	case TLS_SECURE:
		snprintf(out, TRUST_TEXT, "secure %s%s%s", trust->ask.domain,
		    comma, trust->why);
		break;
	case TLS_VERIFY:
		snprintf(out, TRUST_TEXT, "verify %s%s%s", trust->ask.host,
		    comma, trust->why);
		break;
	case TLS_DANE:
		tls_matched(conn, matched);
		blank = *matched != '\0' ? " " : "";
		snprintf(out, TRUST_TEXT, "dane %s%sof %s", matched, blank,
		    trust->ask.host);
		break;
	}
	return out;
}
