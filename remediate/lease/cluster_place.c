/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/cluster_place.h"

#include <string.h>

#include "base/regular.h"

/* cluster_place_of - all of it is copied, but for the name */
struct cluster_place
cluster_place_of(const struct cluster_options *options,
    const struct conf *conf)
{
	struct cluster_place place = { .options = {
	    .ttl = conf->cluster_lease, .name = options->name,
	    .stopped = options->stopped } };
	struct arena *arena = &place.texts;

	place.options.urls = arena_text(arena, conf->cluster_urls);
	place.options.prefix = arena_text(arena, conf->cluster_prefix);
	place.options.credentials_file = arena_text(arena,
	    conf->cluster_credentials_file);
	place.options.ca_file = arena_text(arena, conf->cluster_ca_file);
	if (stat(place.options.credentials_file, &place.login) == -1)
		place.login.st_ino = 0;
	return place;
}

/* cluster_place_drop - and its texts */
void
cluster_place_drop(struct cluster_place *place)
{
	arena_drop(&place->texts);
	*place = (struct cluster_place){ .options = { .urls = NULL } };
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* cluster_place_is - the same */
bool
cluster_place_is(const struct cluster_place *place,
    const struct cluster_place *other)
{
	const struct lease_options *a = &place->options, *b = &other->options;

	return a->urls != NULL && b->urls != NULL &&
	    strcmp(a->urls, b->urls) == 0 &&
	    strcmp(a->prefix, b->prefix) == 0 &&
	    strcmp(a->credentials_file, b->credentials_file) == 0 &&
	    strcmp(a->ca_file, b->ca_file) == 0 && a->ttl == b->ttl &&
	    is_same_file(&place->login, &other->login);
}

/* cluster_check - as a start or a reload does */
int
cluster_check(const struct conf *conf, struct err *err)
{
	const struct cluster_options none = { .name = "" };
	struct cluster_place place = cluster_place_of(&none, conf);
	struct lease *lease = NULL;
	int result = 0;

	if (conf->cluster == CONF_CLUSTER_ETCD &&
	    *conf->cluster_ca_file != '\0' &&
	    regular_check(conf->cluster_ca_file, err) == -1)
		result = err_wrap(err, "cluster_ca_file: %s",
		    conf->cluster_ca_file);
	else if (conf->cluster == CONF_CLUSTER_ETCD)
		result = lease_open(&place.options, &lease, err);
	lease_close(lease);
	cluster_place_drop(&place);
	return result == 0 ? 0 : err_wrap(err, "%s: cluster",
	    conf_where(conf, "cluster"));
}
