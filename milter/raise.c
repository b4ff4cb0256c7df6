/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/raise.h"

#include <inttypes.h>
#include <sys/statvfs.h>

#include "base/again.h"
#include "base/alert/alert.h"
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

/* tell_low - and what will come of it */
static void
tell_low(struct service *service, const struct conf *conf, int64_t left)
{
	own(str) char *text = mem_format("spool_directory %s: %" PRId64 "M are "
	    "free, and below min_free_space, %" PRId64 "M, no copy is made",
	    conf->spool_directory, left >> 20, conf->min_free_space >> 20);

	alert_tell(service->alerts, &(struct alert){
	    .event = ALERT_SPOOL_LOW, .text = text });
}

/* look - at the spool, by the alerts' own thread: a disk may not answer */
static void
look(void *arg)
{
	struct service *service = arg;
	struct settings *settings = settings_hold(service);
	const struct conf *conf = &settings->conf;
	struct statvfs fs;

	if (AGAIN(statvfs(conf->spool_directory, &fs)) == 0) {
		int64_t left = (int64_t)(fs.f_bavail * fs.f_frsize);
		bool low = left / 2 < conf->min_free_space;

		if (low && !service->spool_low)
			tell_low(service, conf, left);
		service->spool_low = low;
	}
	settings_leave(settings);
}

/* raise_rules - of the settings in force */
void
raise_rules(struct service *service)
{
	struct settings *settings = settings_hold(service);
	struct err err;

	if (alerts_rules(service->alerts, &settings->conf, &err) == -1)
		log_event(alert_failed, "every event", err.text);
	settings_leave(settings);
}

/* raise_begin - if there is a command */
void
raise_begin(struct service *service)
{
	const struct alert_hooks hooks = { told, look, service };

	service->alerts = alerts_new("tdc-milter", &hooks);
	raise_rules(service);
}

/* raise_failure - something of ours failed, and with it a message's copy */
void
raise_failure(struct service *service, const struct message *message,
    bool open, const char *why)
{
	alert_tell(service->alerts, &(struct alert){
	    .event = open ? ALERT_FAILED_OPEN : ALERT_FAILED_TEMPFAIL,
	    .queue_id = message->queue_id, .text = why });
}

/* raise_no_copy - before there was a message */
void
raise_no_copy(struct service *service, const char *why)
{
	alert_tell(service->alerts, &(struct alert){
	    .event = ALERT_FAILED_OPEN, .text = why });
}

/* raise_table - it stays as it was */
void
raise_table(struct service *service, const char *table, const char *why)
{
	alert_tell(service->alerts, &(struct alert){
	    .event = ALERT_TABLE_BROKEN, .table = table, .text = why });
}
