/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/trust.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/parts.h"
#include "forward/connect.h"

/* trust_drop - as after TRUST */
void
trust_drop(struct trust *trust)
{
	dane_drop(&trust->dane);
	*trust = (struct trust)TRUST;
}

/* because - one more reason */
static void __attribute__((format(printf, 2, 3)))
because(struct trust *trust, const char *format, ...)
{
	size_t n = strlen(trust->why);
	va_list args;

	if (n > 0 && n + 2 < sizeof(trust->why)) {
		strcpy(trust->why + n, ", ");
		n += 2;
	}
	va_start(args, format);
	vsnprintf(trust->why + n, sizeof(trust->why) - n, format, args);
	va_end(args);
}

/* ---- finding ---- */

/* later - nobody could tell, or be asked; a downgrade is what an attacker would
 * want */
static int
later(const struct route_target *target, enum cause cause, const char *why,
    struct failure *out)
{
	char question[DNS_NAME + 8];

	out->step = STEP_ROUTE;
	out->cause = cause;
	snprintf(out->text, sizeof(out->text), "%s", why);
	snprintf(question, sizeof(question), "%s TLSA", target->host);
	reply_make(&out->reply, 0, question);
	return -1;
}

static int
refuse(const char *why, const char *host, struct failure *out)
{
	out->step = STEP_HANDSHAKE;
	out->cause = CAUSE_TLS;
	snprintf(out->text, sizeof(out->text), "%.150s: %.100s", host, why);
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

	if (status == DANE_LATER || status == DANE_OURS)
		return later(target, status == DANE_LATER ? CAUSE_DNS_SOFT :
		    CAUSE_OURS, why, failure);
	if (status == DANE_FOUND) {
		out->ask.level = TLS_DANE;
		out->ask.host = out->dane.base;
		out->ask.dane = &out->dane;
		return 0;
	}
	if (only)
		return refuse(why, target->host, failure);
	out->ask.level = status == DANE_UNUSABLE ? TLS_ENCRYPT : TLS_VERIFY;
	because(out, "%s", why);
	return 0;
}

/* trust_wants_sts - where tls_policy leaves room for it */
bool
trust_wants_sts(const struct conf *conf)
{
	return WITH_MTA_STS && conf->mta_sts && conf->tls_policy != CONF_TLS_SECURE &&
	    conf->tls_policy != CONF_TLS_DANE_ONLY;
}

/* apply_sts - what the domain's policy adds */
static int
apply_sts(const struct trust_seeker *seeker,
    const struct route_target *target, struct trust *out,
    struct failure *failure)
{
	const struct sts_found *sts = seeker->sts;
	bool named;

	if (*sts->why != '\0')
		because(out, sts->there ? "MTA-STS policy not saved: %s" :
		    "no MTA-STS policy: %s", sts->why);
	if (!sts->there || sts->policy.mode == STS_NONE)
		return 0;
	named = sts_policy_takes(&sts->policy, target->host);
	if (sts->policy.mode == STS_TESTING) {
		because(out, "MTA-STS testing %s", sts->id);
		if (!named)
			because(out, "which does not name it");
		out->testing = true;
		return 0;
	}
	if (!named)
		return refuse("not named by the MTA-STS policy", target->host,
		    failure);
	because(out, "MTA-STS enforce %s", sts->id);
	out->ask.level = TLS_VERIFY;
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
	case CONF_TLS_SECURE:
		out->ask.level = TLS_SECURE;
		return 0;
	case CONF_TLS_DANE_ONLY:
		return find_dane(seeker, target, out, failure);
	case CONF_TLS_DANE:
		if (find_dane(seeker, target, out, failure) == -1)
			return -1;
		if (out->ask.level == TLS_DANE)
			return 0;
		break;
	case CONF_TLS_ENCRYPT:
		out->ask.level = TLS_ENCRYPT;
		break;
	default:
		out->ask.level = TLS_VERIFY;
		break;
	}
	return apply_sts(seeker, target, out, failure);
}

/* ---- telling ---- */

/* trust_text - what was asked, and why not more */
char *
trust_text(const struct trust *trust, const struct conn *conn,
    char out[TRUST_TEXT])
{
	const char *comma = *trust->why != '\0' ? ", " : "";
	const char *doubt = trust->testing ? tls_doubt(conn) : NULL;
	char matched[TLS_MATCHED];
	size_t n;

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
		snprintf(out, TRUST_TEXT, "dane %s%sof %s", matched,
		    *matched != '\0' ? " " : "", trust->ask.host);
		break;
	}
	n = strlen(out);
	if (doubt != NULL)
		snprintf(out + n, TRUST_TEXT - n, ", which would fail: %s",
		    doubt);
	return out;
}
