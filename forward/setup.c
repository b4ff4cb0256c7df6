/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/setup.h"

#include <stdlib.h>

#include "base/mem.h"

static int
complete(struct setup *setup, struct err *err)
{
	const struct conf *conf = &setup->conf;

	if (route_parse(conf->intake_route, &setup->via, err) == -1)
		return err_wrap(err, "%s: intake_route",
		    conf_where(conf, "intake_route"));
	if (connect_source_parse(conf->source_address, &setup->source,
	    err) == -1)
		return err_wrap(err, "%s: source_address",
		    conf_where(conf, "source_address"));
	if (resolver_new(conf->dns_servers, &setup->resolver, err) == -1)
		return err_wrap(err, "%s: dns_servers",
		    conf_where(conf, "dns_servers"));
	return tls_new(conf, &setup->tls, err);
}

/* setup_load - read and check all of it */
int
setup_load(const char *path, struct setup **out, struct err *err)
{
	struct setup *setup = mem_new(sizeof(*setup));

	if (conf_load(path, &setup->conf, err) == -1) {
		free(setup);
		return -1;
	}
	atomic_init(&setup->users, 1);
	if (complete(setup, err) == -1) {
		setup_leave(setup);
		return -1;
	}
	*out = setup;
	return 0;
}

/* setup_hold - one more user */
struct setup *
setup_hold(struct setup *setup)
{
	atomic_fetch_add(&setup->users, 1);
	return setup;
}

/* setup_leave - one less; the last one frees */
struct setup *
setup_leave(struct setup *setup)
{
	if (setup == NULL || atomic_fetch_sub(&setup->users, 1) != 1)
		return NULL;
	setup->resolver = resolver_free(setup->resolver);
	setup->tls = tls_free(setup->tls);
	conf_drop(&setup->conf);
	free(setup);
	return NULL;
}

/* setup_rules - what the queue goes by */
struct queue_rules
setup_rules(const struct setup *setup)
{
	const struct conf *conf = &setup->conf;

	return (struct queue_rules){
		.lifetime = conf->queue_lifetime,
		.retry_delay = conf->retry_delay,
		.links = { .min = conf->min_connections,
		    .max = conf->max_connections,
		    .idle_timeout = conf->idle_timeout,
		    .retry_delay = conf->retry_delay },
	};
}
