/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/setup.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

/* Where systems keep the anchors of the root: Debian's dns-root-data, the
 * unbound packages of RHEL and of Debian. */
static const char *const anchors[] = {
	"/usr/share/dns/root.key",
	"/var/lib/unbound/root.key",
	"/etc/unbound/root.key",
};

/* find_anchors - NULL: answers are taken as they come */
static int
find_anchors(const struct conf *conf, const char **out, struct err *err)
{
	*out = NULL;
	if (*conf->dns_trust_anchor_file != '\0') {
		*out = conf->dns_trust_anchor_file;
		return 0;
	}
	if (conf->tls_policy != CONF_TLS_DANE &&
	    conf->tls_policy != CONF_TLS_DANE_ONLY)
		return 0;
	for (size_t i = 0; i < sizeof(anchors) / sizeof(*anchors); i++)
		if (access(anchors[i], R_OK) == 0) {
			*out = anchors[i];
			return 0;
		}
	return err_set(err, ERR_LATER, "there is no %s", anchors[0]);
}

static int
open_resolver(struct setup *setup, struct err *err)
{
	const struct conf *conf = &setup->conf;
	const char *file;

	if (resolver_new(conf->dns_servers, &setup->resolver, err) == -1)
		return err_wrap(err, "%s: dns_servers",
		    conf_where(conf, "dns_servers"));
	if (find_anchors(conf, &file, err) == -1 ||
	    resolver_trust(setup->resolver, file, err) == -1)
		return err_wrap(err, "%s: dns_trust_anchor_file",
		    conf_where(conf, "dns_trust_anchor_file"));
	return 0;
}

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
	if (open_resolver(setup, err) == -1)
		return -1;
	setup->sts = sts_new(conf, setup->resolver);
	setup->unreachable = unreachable_new();
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
	setup->sts = sts_free(setup->sts);
	setup->unreachable = unreachable_free(setup->unreachable);
	setup->resolver = resolver_free(setup->resolver);
	setup->tls = tls_free(setup->tls);
	conf_drop(&setup->conf);
	free(setup);
	return NULL;
}

/* setup_stop - for every thread */
void
setup_stop(struct setup *setup)
{
	resolver_stop(setup->resolver);
	sts_stop(setup->sts);
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
