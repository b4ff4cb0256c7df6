/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/operator/alerting.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"

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

/* alerting_rules - of the settings in force */
void
alerting_rules(struct remediator *rem)
{
	struct err err;

	if (alerts_rules(rem->alerts, &rem->settings->conf, &err) == -1)
		log_event(alert_failed, "every event", err.text);
}

/* alerting_open - if there is a command */
void
alerting_open(struct remediator *rem)
{
	const struct alert_hooks hooks = { told, NULL, NULL };

	rem->alerts = alerts_new("tdc-remediator", &hooks);
	alerting_rules(rem);
}

/* alerting_close - whatever is told then */
void
alerting_close(struct remediator *rem, int64_t grace)
{
	rem->alerts = alerts_free(rem->alerts, grace);
}

/* tell_down - when it has lasted long enough */
static void
tell_down(struct remediator *rem, const char *why)
{
	int64_t lasts = clock_now() - rem->api_down_since;
	own(str) char *text = NULL;

	if (rem->api_told_down ||
	    lasts < rem->settings->conf.alert_intake_down)
		return;
	text = mem_format("the API tells no verdicts since %" PRId64 " s: %s",
	    lasts / 1000, ESCAPE(why));
	alert_tell(rem->alerts, &(struct alert){ .event = ALERT_API_DOWN,
	    .text = text });
	rem->api_told_down = true;
}

/* alerting_polled - NULL: it went well */
void
alerting_polled(struct remediator *rem, const struct err *err)
{
	if (err != NULL) {
		if (rem->api_down_since == 0)
			rem->api_down_since = clock_now();
		tell_down(rem, err->text);
		return;
	}
	if (rem->api_told_down)
		alert_tell(rem->alerts, &(struct alert){
		    .event = ALERT_API_UP,
		    .text = "the API tells verdicts again" });
	rem->api_told_down = false;
	rem->api_down_since = 0;
}

/* alerting_refused - before it gets locked */
void
alerting_refused(const struct remediator *rem, const char *profile,
    const char *why)
{
	own(str) char *text = mem_format("profile %s rests for 15 minutes, "
	    "since its mail server refuses the login: %s", profile,
	    ESCAPE(why));

	alert_tell(rem->alerts, &(struct alert){
	    .event = ALERT_PROFILE_REFUSED, .profile = profile,
	    .text = text });
}
