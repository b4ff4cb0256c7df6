/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/warnings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/escape.h"
#include "forward/net/dns.h"

enum {
	DNS_MS = 2000,		/* for an answer about helo_name */
	ADDRESSES = 4
};

/* What is looked at, and for whom. */
struct look {
	const char	*program;
	const struct forward_settings *settings;
};

static void warn(const struct look *, const char *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

/* warn - of a parameter, with its place */
static void
warn(const struct look *look, const char *parameter, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: warning: %s: ", look->program,
	    conf_where(&look->settings->conf, parameter));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* look_at_source - addresses that are not ours now, and may be later */
static void
look_at_source(const struct look *look)
{
	struct err err;

	if (connect_source_check(&look->settings->source, &err) == -1)
		warn(look, "source_address", "%s", err.text);
}

/* look_at_resolver - name servers that are not known now */
static void
look_at_resolver(const struct look *look)
{
	char text[RESOLVER_NEWS];

	if (resolver_news(look->settings->resolver, text) != RESOLVER_NO_NEWS)
		fprintf(stderr, "%s: warning: DNS: %s\n", look->program, text);
}

/* print_day - as in "2026-11-26" */
static const char *
print_day(int64_t seconds, char out[16])
{
	const time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm) == NULL ||
	    strftime(out, 16, "%Y-%m-%d", &tm) == 0)
		strcpy(out, "?");
	return out;
}

/* look_at_certificate - ours, which intakes may ask for */
static void
look_at_certificate(const struct look *look)
{
	const char *path = look->settings->conf.tls_cert_file;
	int64_t now = clock_wall() / 1000, from, until;
	char day[16];

	if (!tls_validity(look->settings->tls, &from, &until))
		return;
	if (now > until)
		warn(look, "tls_cert_file", "tls_cert_file: %s expired on %s, "
		    "and an intake that asks for it may refuse it: renew it",
		    path, print_day(until, day));
	else if (now > until - TLS_RENEW)
		warn(look, "tls_cert_file", "tls_cert_file: %s expires on %s: "
		    "renew it, and reload", path, print_day(until, day));
	else if (now < from)
		warn(look, "tls_cert_file", "tls_cert_file: %s is not valid "
		    "before %s: is the clock right?", path,
		    print_day(from, day));
}

/* look_at_helo - a name that intakes may refuse, and with it every copy */
static void
look_at_helo(const struct look *look)
{
	const char *name = look->settings->conf.helo_name, *why = "";
	struct endpoint room[ADDRESSES];
	struct dns_host host = { .endpoints = { .list = room,
		.max = ADDRESSES } };
	enum dns_status status;

	if (*name == '[')
		return;
	if (strchr(name, '.') == NULL) {
		warn(look, "helo_name", "helo_name: '%s' has no dot, and "
		    "intakes may refuse it: set it to the full name of this "
		    "host", ESCAPE(name));
		return;
	}
	status = dns_addresses(look->settings->resolver, name,
	    clock_now() + DNS_MS, &host, &why);
	if (status == DNS_NO_DATA || status == DNS_NO_NAME)
		warn(look, "helo_name", "helo_name: '%s' has no address in DNS "
		    "(%s), and intakes may refuse it: set it to a name of this "
		    "host that has one", ESCAPE(name), why);
}

/* look_at_login - passwords that are said to whoever answers */
static void
look_at_login(const struct look *look)
{
	const struct conf *conf = &look->settings->conf;

	if (*conf->intake_login_file != '\0' &&
	    conf->tls_policy == CONF_TLS_ENCRYPT)
		warn(look, "intake_login_file", "intake_login_file: with "
		    "tls_policy = encrypt whoever poses as the intake gets the "
		    "password");
}

/* warnings_print - one line each */
void
warnings_print(const char *program, const struct forward_settings *settings)
{
	const struct look look = { program, settings };

	look_at_source(&look);
	look_at_resolver(&look);
	look_at_certificate(&look);
	look_at_helo(&look);
	look_at_login(&look);
}

/* warnings_idle - unless tables alone name intakes */
const char *
warnings_idle(const struct forward_settings *settings)
{
	const struct conf *conf = &settings->conf;

	return *conf->intake_address != '\0' || *conf->policy_maps != '\0' ?
	    "" : "waits for copies: intake_address is not set in tdc.cf";
}
