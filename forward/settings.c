/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/settings.h"

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
open_resolver(struct forward_settings *settings, struct err *err)
{
	const struct conf *conf = &settings->conf;
	const char *file;

	if (resolver_new(conf->dns_servers, &settings->resolver, err) == -1)
		return err_wrap(err, "%s: dns_servers",
		    conf_where(conf, "dns_servers"));
	if (find_anchors(conf, &file, err) == -1 ||
	    resolver_trust(settings->resolver, file, err) == -1)
		return err_wrap(err, "%s: dns_trust_anchor_file",
		    conf_where(conf, "dns_trust_anchor_file"));
	return 0;
}

static int
complete(struct forward_settings *settings, struct err *err)
{
	const struct conf *conf = &settings->conf;

	if (route_parse(conf->intake_route, &settings->via, err) == -1)
		return err_wrap(err, "%s: intake_route",
		    conf_where(conf, "intake_route"));
	if (connect_source_parse(conf->source_address, &settings->source,
	    err) == -1)
		return err_wrap(err, "%s: source_address",
		    conf_where(conf, "source_address"));
	if (peers_parse(conf->smtp_debug_peers, &settings->debug_peers,
	    err) == -1)
		return err_wrap(err, "%s: smtp_debug_peers",
		    conf_where(conf, "smtp_debug_peers"));
	if (logins_load(conf->intake_login_file, &settings->logins, err) == -1)
		return err_wrap(err, "%s: intake_login_file",
		    conf_where(conf, "intake_login_file"));
	if (open_resolver(settings, err) == -1)
		return -1;
	settings->sts = sts_new(conf, settings->resolver);
	settings->unreachable = unreachable_new();
	return tls_new(conf, &settings->tls, err);
}

/* forward_settings_load - read and check all of it */
int
forward_settings_load(const char *path, struct forward_settings **out,
    struct err *err)
{
	struct forward_settings *settings = mem_new(sizeof(*settings));

	if (conf_load(path, &settings->conf, err) == -1) {
		free(settings);
		return -1;
	}
	conf_ask_postfix(&settings->conf);
	atomic_init(&settings->users, 1);
	if (complete(settings, err) == -1) {
		forward_settings_leave(settings);
		return -1;
	}
	*out = settings;
	return 0;
}

/* forward_settings_hold - one more user */
struct forward_settings *
forward_settings_hold(struct forward_settings *settings)
{
	atomic_fetch_add(&settings->users, 1);
	return settings;
}

/* forward_settings_leave - one less; the last one frees */
struct forward_settings *
forward_settings_leave(struct forward_settings *settings)
{
	if (settings == NULL || atomic_fetch_sub(&settings->users, 1) != 1)
		return NULL;
	settings->sts = sts_free(settings->sts);
	settings->unreachable = unreachable_free(settings->unreachable);
	settings->resolver = resolver_free(settings->resolver);
	settings->tls = tls_free(settings->tls);
	settings->debug_peers = peers_free(settings->debug_peers);
	settings->logins = logins_free(settings->logins);
	conf_drop(&settings->conf);
	free(settings);
	return NULL;
}

/* forward_settings_stop - for every thread */
void
forward_settings_stop(struct forward_settings *settings)
{
	resolver_stop(settings->resolver);
	sts_stop(settings->sts);
}

/* forward_settings_rules - what the queue goes by */
struct queue_rules
forward_settings_rules(const struct forward_settings *settings)
{
	const struct conf *conf = &settings->conf;

	return (struct queue_rules){
		.lifetime = conf->queue_lifetime,
		.retry_delay = conf->retry_delay,
		.concurrency = { .min = conf->min_connections,
		    .max = conf->max_connections,
		    .idle_timeout = conf->idle_timeout,
		    .retry_delay = conf->retry_delay },
	};
}
