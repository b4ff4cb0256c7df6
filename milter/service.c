/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/service.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "journal/spool/spool_counters.h"
#include "milter/raise.h"

/* load_policy - at a reload no table is waited for */
static int
load_policy(struct policy_live *live, const struct conf *conf,
    struct policy **out, struct err *err)
{
	return live == NULL ? policy_load(conf, out, err) :
	    policy_reload(live, conf, out, err);
}

/* settings_load - read tdc.cf, its networks and its tables */
int
settings_load(const char *conf_file, struct policy_live *live,
    struct settings **out, struct policy **out_policy, struct err *err)
{
	struct settings *settings = mem_new(sizeof(*settings));
	const struct conf *conf = &settings->conf;

	settings->users = 1;
	if (conf_load(conf_file, &settings->conf, err) == -1) {
		free(settings);
		return -1;
	}
	conf_run_as_milter(&settings->conf);
	if (inbound_rules_load(&settings->inbound, conf, err) == -1 ||
	    load_policy(live, conf, out_policy, err) == -1) {
		settings_leave(settings);
		return -1;
	}
	*out = settings;
	return 0;
}

/* settings_hold - the settings in force, for as long as the caller wants */
struct settings *
settings_hold(struct service *service)
{
	struct settings *settings;

	pthread_mutex_lock(&service->lock);
	settings = service->current;
	settings->users++;		/* counted before anyone can swap */
	pthread_mutex_unlock(&service->lock);
	return settings;
}

/* settings_leave - the last one frees */
void
settings_leave(struct settings *settings)
{
	if (settings == NULL || --settings->users > 0)
		return;
	inbound_rules_drop(&settings->inbound);
	conf_drop(&settings->conf);
	free(settings);
}

static struct spool_options
spool_options(const struct conf *conf)
{
	return (struct spool_options){
		.directory = conf->spool_directory,
		.sync = conf->spool_sync != CONF_SYNC_NO,
		.strict = conf->spool_sync == CONF_SYNC_STRICT,
		.min_free_space = conf->min_free_space,
		.time_limit = conf->spool_timeout,
	};
}

/* service_reload - put new settings and a new policy in force */
void
service_reload(struct service *service, struct settings *settings,
    struct policy *policy)
{
	const struct spool_options options = spool_options(&settings->conf);
	struct settings *old;

	pthread_mutex_lock(&service->lock);
	old = service->current;
	service->current = settings;
	pthread_mutex_unlock(&service->lock);
	settings_leave(old);
	policy_swap(service->policy, policy);
	raise_rules(service);
	spool_tune(service->spool, &options);
}

/* service_count - the fate first: no part is more than its whole */
void
service_count(struct service *service, enum counter fate)
{
	counter_add(service->counters, fate, 1);
	counter_add(service->counters, COUNT_MESSAGES, 1);
	counter_raise(service->counters, COUNT_LAST_MESSAGE,
	    (uint64_t)(clock_wall() / 1000));
}

/* service_unserved - a connection whose messages have no copy */
void
service_unserved(struct service *service)
{
	counter_add(service->counters, COUNT_REFUSED, 1);
	log_event(no_client);
	raise_no_copy(service, "Postfix's connection ended before its client "
	    "was known");
}

static void
client_lost(void *arg, const char *relay, const char *value)
{
	(void)arg;
	log_event(client_lost, relay, ESCAPE_INSIDE(value, '\''));
}

static void
field_trouble(void *arg, const char *why)
{
	(void)arg;
	log_event(field_trouble, why);
}

const struct inbound_events service_inbound_events = {
	client_lost, field_trouble
};

/* service_open_spool - the spool and the counters */
int
service_open_spool(struct service *service, struct err *err)
{
	const struct conf *conf = &service->current->conf;
	const struct spool_options options = spool_options(conf);

	if (spool_open(&options, &service->spool, err) == -1)
		return err_wrap(err, "spool_directory %s",
		    conf->spool_directory);
	service->counters = spool_counters(service->spool);
	if (counters_buffer(service->counters, err) == -1)
		return -1;
	spool_attend(service->spool);
	return 0;
}
