/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/operator/alerting.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/alert/alert.h"
#include "base/clock.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"

enum {
	GRACE = 2000,		/* ms for the last ones at the end */
	DAY = 86400000		/* ms */
};

/* told - what came of one */
static void
told(void *arg, const char *event, const struct alert_end *end)
{
	char text[ALERT_END_TEXT];

	(void)arg;
	if (alert_end_well(end))
		log_event(alerted, event, alert_end_text(end, text));
	else
		log_event(alert_failed, event, alert_end_text(end, text));
}

/* alerting_rules - of the settings in force; a certificate is looked at again */
void
alerting_rules(struct forwarder *forwarder)
{
	struct err err;

	forwarder->next_certificate = 0;
	if (alerts_rules(forwarder->alerts, &forwarder->settings->conf,
	    &err) == -1)
		log_event(alert_failed, "every event", err.text);
}

/* alerting_open - if there is a command */
void
alerting_open(struct forwarder *forwarder)
{
	const struct alert_hooks hooks = { told, NULL, NULL };

	forwarder->alerts = alerts_new("tdc-forwarder", &hooks);
	alerting_rules(forwarder);
}

/* alerting_close - when the last copy has been told of */
void
alerting_close(struct forwarder *forwarder)
{
	forwarder->alerts = alerts_free(forwarder->alerts, GRACE);
}

/* ---- intakes ---- */

static void
tell_down(struct forwarder *forwarder, struct site *site, int64_t now)
{
	own(str) char *text = mem_format("the intake of %s has been down for "
	    "%" PRId64 " s, and %zu copies wait for it", ESCAPE(site->domain),
	    (now - site->concurrency.down_since) / 1000, queue_waiting(site));

	alert_tell(forwarder->alerts, &(struct alert){
	    .event = ALERT_INTAKE_DOWN, .intake = site->domain,
	    .text = text });
	site->told_down = true;
}

static void
tell_up(struct forwarder *forwarder, struct site *site)
{
	own(str) char *text = mem_format("the intake of %s is up again",
	    ESCAPE(site->domain));

	alert_tell(forwarder->alerts, &(struct alert){
	    .event = ALERT_INTAKE_UP, .intake = site->domain, .text = text });
	site->told_down = false;
}

/* look_at - one intake; the lock is held */
static void
look_at(struct forwarder *forwarder, struct site *site, int64_t now)
{
	int64_t least = forwarder->settings->conf.alert_intake_down;

	if (site->told_down) {
		if (!concurrency_down(&site->concurrency))
			tell_up(forwarder, site);
	} else if (queue_down(site, now) &&
	    now - site->concurrency.down_since >= least &&
	    suspensions_find(&forwarder->suspensions, site->domain,
	    clock_wall()) == NULL) {
		tell_down(forwarder, site, now);
	}
}

/* ---- our certificate ---- */

static void
look_at_certificate(struct forwarder *forwarder)
{
	const struct forward_settings *settings = forwarder->settings;
	const char *path = settings->conf.tls_cert_file;
	int64_t now = clock_wall() / 1000, from, until;
	own(str) char *text = NULL;
	char day[16] = "?";
	struct tm tm;
	time_t when;

	if (!tls_validity(settings->tls, &from, &until) ||
	    now <= until - TLS_RENEW)
		return;
	when = (time_t)until;
	if (gmtime_r(&when, &tm) != NULL)
		(void)strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	text = mem_format("tls_cert_file %s %s on %s: renew it, and reload",
	    path, now > until ? "expired" : "expires", day);
	alert_tell(forwarder->alerts, &(struct alert){
	    .event = ALERT_CERTIFICATE_EXPIRES, .text = text });
}

/* alerting_look - what has lasted long enough; a certificate, once a day */
void
alerting_look(struct forwarder *forwarder)
{
	int64_t now = clock_now();
	struct site *site;

	if (*forwarder->settings->conf.alert_command == '\0')
		return;
	pthread_mutex_lock(&forwarder->lock);
	for (site = queue_sites(forwarder->queue); site != NULL;
	    site = site->next)
		look_at(forwarder, site, now);
	pthread_mutex_unlock(&forwarder->lock);
	if (now >= forwarder->next_certificate) {
		look_at_certificate(forwarder);
		forwarder->next_certificate = now + DAY;
	}
}

/* ---- copies ---- */

/* alerting_given_up - and where it goes instead */
void
alerting_given_up(struct forwarder *forwarder, const struct end *end,
    const char *reply)
{
	own(str) char *text = NULL;

	text = mem_format("MID %" PRIu64 " for %s was given up: %s%s%s%s%s",
	    end->mid, ESCAPE(end->site->domain),
	    verdict_rows[end->class].fate, *reply != '\0' ? ": " : "", ESCAPE(reply),
	    end->alternate != NULL ? "; it goes to " : "",
	    end->alternate != NULL ? end->alternate : "");
	alert_tell(forwarder->alerts, &(struct alert){
	    .event = ALERT_GIVEN_UP, .intake = end->site->domain,
	    .mid = end->mid, .text = text });
}
