/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls_policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/parts.h"
#include "forward/tls/tls_wanted.h"

/* tls_policy_drop - as after TLS_POLICY */
void
tls_policy_drop(struct tls_policy *policy)
{
	dane_drop(&policy->dane);
	*policy = (struct tls_policy)TLS_POLICY;
}

/* because - one more reason */
static void __attribute__((format(printf, 2, 3)))
because(struct tls_policy *policy, const char *format, ...)
{
	size_t n = strlen(policy->why);
	va_list args;

	if (n > 0 && n + 2 < sizeof(policy->why)) {
		strcpy(policy->why + n, ", ");
		n += 2;
	}
	va_start(args, format);
	vsnprintf(policy->why + n, sizeof(policy->why) - n, format, args);
	va_end(args);
}

/* ---- finding ---- */

/* later - it is unknown, or could not be asked; a downgrade is what an attacker
 * would want */
static int
later(const struct route_target *target, enum cause cause, const char *why,
    struct failure *out)
{
	return failure_dns(out, cause, target->host, "TLSA", why);
}

static int
refuse(const char *why, const char *host, struct failure *out)
{
	return failure_set(out, STEP_HANDSHAKE, CAUSE_TLS, "%.150s: %.100s",
	    host, why);
}

/* look_for_dane - at the end of a chain that was signed from its beginning */
static enum dane_status
look_for_dane(const struct tls_policy_query *query,
    const struct route_target *target, struct tls_policy *out, const char **why)
{
	if (!query->route->secure) {
		*why = "MX not signed";
		return DANE_NONE;
	}
	return dane_find(query->resolver, &(struct dane_host){
	    .host = target->host, .canonical = target->canonical,
	    .secure = target->secure,
	    .port = endpoint_port(&target->address) }, query->deadline,
	    &out->dane, why);
}

/* find_dane - tls_policy dane or dane-only */
static int
find_dane(const struct tls_policy_query *query,
    const struct route_target *target, struct tls_policy *out,
    struct failure *failure)
{
	bool only = query->policy == CONF_TLS_DANE_ONLY;
	const char *why = "";
	enum dane_status status = look_for_dane(query, target, out, &why);

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

/* tls_policy_wants_sts - where tls_policy leaves room for it */
bool
tls_policy_wants_sts(const struct conf *conf)
{
	return WITH_MTA_STS && conf->mta_sts &&
	    conf->tls_policy != CONF_TLS_SECURE &&
	    conf->tls_policy != CONF_TLS_DANE_ONLY;
}

/* apply_sts - what the domain's policy adds */
static int
apply_sts(const struct tls_policy_query *query,
    const struct route_target *target, struct tls_policy *out,
    struct failure *failure)
{
	const struct sts_found *sts = query->sts;
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

/* tls_policy_find - for a connection to this target */
int
tls_policy_find(const struct tls_policy_query *query,
    const struct route_target *target, struct tls_policy *out,
    struct failure *failure)
{
	tls_policy_drop(out);
	out->ask.host = target->host;
	out->ask.domain = query->domain;
	out->ask.names = query->names;
	switch (query->policy) {
	case CONF_TLS_SECURE:
		out->ask.level = TLS_SECURE;
		return 0;
	case CONF_TLS_DANE_ONLY:
		return find_dane(query, target, out, failure);
	case CONF_TLS_DANE:
		if (find_dane(query, target, out, failure) == -1)
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
	return apply_sts(query, target, out, failure);
}

/* ---- for the log ---- */

/* tls_policy_text - what was asked, and why not more */
char *
tls_policy_text(const struct tls_policy *policy, const struct conn *conn,
    char out[TLS_POLICY_TEXT])
{
	const char *comma = *policy->why != '\0' ? ", " : "";
	const char *doubt = policy->testing ? tls_doubt(conn) : NULL;
	char matched[TLS_MATCHED], names[TLS_WANTED];
	size_t n;

	switch (policy->ask.level) {
	case TLS_ENCRYPT:
		snprintf(out, TLS_POLICY_TEXT, "encrypt only%s%s", comma,
		    policy->why);
		break;
	case TLS_SECURE:
		snprintf(out, TLS_POLICY_TEXT, "secure %s%s%s",
		    strcmp(policy->ask.names, CONF_TLS_NAMES) == 0 ?
		    policy->ask.domain : tls_wanted_text(&policy->ask, names),
		    comma, policy->why);
		break;
	case TLS_VERIFY:
		snprintf(out, TLS_POLICY_TEXT, "verify %s%s%s",
		    policy->ask.host, comma, policy->why);
		break;
	case TLS_DANE:
		tls_matched(conn, matched);
		snprintf(out, TLS_POLICY_TEXT, "dane %s%sof %s", matched,
		    *matched != '\0' ? " " : "", policy->ask.host);
		break;
	}
	n = strlen(out);
	if (doubt != NULL)
		snprintf(out + n, TLS_POLICY_TEXT - n, ", which would fail: %s",
		    doubt);
	return out;
}
