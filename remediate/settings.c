/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hostname.h"
#include "base/mem.h"
#include "base/regular.h"
#include "base/start/postfix.h"
#include "remediate/api/api.h"
#include "remediate/http/http.h"
#include "remediate/lease/cluster.h"

/* Of which types there are mail stores. */
static const struct mailbox_backend *const backends[] = {
	&mailbox_dovecot,
	&mailbox_imap,
	&mailbox_ews,
	NULL
};

/* ask_postfix - a value of main.cf; new, "" when it has none */
static char *
ask_postfix(const char *parameter)
{
	char value[4096];

	return mem_text(postfix_value(parameter, value, sizeof(value)) ?
	    value : "");
}

/* ask_origin - Debian's Postfix may have it in a file, in its first line; new */
static char *
ask_origin(void)
{
	own(str) char *origin = ask_postfix("myorigin");
	char line[HOSTNAME_SIZE];
	struct err ignored;
	FILE *file = *origin == '/' ? regular_fopen(origin, &ignored) : NULL;
	bool read = file != NULL && fgets(line, sizeof(line), file) != NULL;

	if (file != NULL)
		fclose(file);
	if (!read)
		return mem_text(*origin == '/' ? "" : origin);
	line[strcspn(line, " \t\r\n")] = '\0';
	return mem_text(line);
}

static int
load_map(const struct conf *conf, const char *parameter, const char *names,
    struct maps **out, struct err *err)
{
	return maps_load(names, out, err) == 0 ? 0 : err_wrap(err, "%s: %s",
	    conf_where(conf, parameter), parameter);
}

/* load_aliases - Postfix reads more types than we do, and may read files that we
 * may not */
static int
load_aliases(struct settings *settings, struct err *err)
{
	char *names = settings->alias_names =
	    settings->conf.remediation_postfix_aliases ?
	    ask_postfix("virtual_alias_maps") : mem_text("");

	if (maps_load_known(names, &settings->aliases,
	    &settings->aliases_why, err) == -1)
		return err_wrap(err, "Postfix's virtual_alias_maps");
	return 0;
}

static int
load_profiles(struct settings *settings, struct err *err)
{
	const struct conf *conf = &settings->conf;

	settings->for_profiles = (struct profile_settings){
		.timeout = conf->remediation_timeout,
		.ca_file = conf->tls_ca_file, .ca_path = conf->tls_ca_path,
		.backends = backends, .stopped = settings->stopped };
	return profiles_load(conf->remediation_profiles,
	    &settings->for_profiles, &settings->profiles, err) == 0 ? 0 :
	    err_wrap(err, "%s: remediation_profiles", conf_where(conf,
	    "remediation_profiles"));
}

/* check_api - what is wrong there now is wrong at every poll */
static int
check_api(const struct conf *conf, struct err *err)
{
	if (*conf->api_url != '\0' && http_check_url(conf->api_url,
	    err) == -1)
		return err_wrap(err, "%s: api_url", conf_where(conf,
		    "api_url"));
	if (conf->api_polling && api_check_credentials(
	    conf->api_credentials_file, err) == -1)
		return err_wrap(err, "%s: api_credentials_file",
		    conf_where(conf, "api_credentials_file"));
	return 0;
}

/* gateways_of - helo_name may be what intakes want to hear; Postfix writes its
 * own name */
static char *
gateways_of(const struct conf *conf)
{
	own(str) char *postfix = ask_postfix("myhostname");

	return *conf->remediation_gateways != '\0' ?
	    mem_text(conf->remediation_gateways) :
	    mem_format("%s %s", conf->helo_name, postfix);
}

static int
complete(struct settings *settings, struct err *err)
{
	struct conf *conf = &settings->conf;

	if (check_api(conf, err) == -1 || cluster_check(conf, err) == -1 ||
	    load_profiles(settings, err) == -1 ||
	    load_map(conf, "remediation_domain_map",
	    conf->remediation_domain_map, &settings->domains, err) == -1 ||
	    load_map(conf, "mailbox_maps", conf->mailbox_maps,
	    &settings->mailboxes, err) == -1)
		return -1;
	settings->origin = ask_origin();
	settings->gateways = gateways_of(conf);
	settings->sendmail = *conf->remediation_sendmail != '\0' ?
	    mem_text(conf->remediation_sendmail) :
	    ask_postfix("sendmail_path");
	return load_aliases(settings, err);
}

/* rem_settings_load - read and check all of it */
int
rem_settings_load(const char *path, const atomic_bool *stopped,
    struct settings **out, struct err *err)
{
	struct settings *settings = mem_new(sizeof(*settings));

	if (conf_load(path, &settings->conf, err) == -1) {
		free(settings);
		return -1;
	}
	conf_run_as_remediator(&settings->conf);
	conf_ask_postfix(&settings->conf);
	settings->stopped = stopped;
	if (complete(settings, err) == -1) {
		rem_settings_free(settings);
		return -1;
	}
	*out = settings;
	return 0;
}

/* rem_settings_free - and all that was made */
struct settings *
rem_settings_free(struct settings *settings)
{
	if (settings == NULL)
		return NULL;
	profiles_free(settings->profiles);
	maps_free(settings->domains);
	maps_free(settings->mailboxes);
	maps_free(settings->aliases);
	free(settings->aliases_why);
	free(settings->alias_names);
	free(settings->origin);
	free(settings->gateways);
	free(settings->sendmail);
	conf_drop(&settings->conf);
	free(settings);
	return NULL;
}

/* rem_settings_no_api - the cascade: without the connector there is no API */
const char *
rem_settings_no_api(const struct settings *settings)
{
	const struct conf *conf = &settings->conf;

	if (*conf->intake_address == '\0' && *conf->policy_maps == '\0' &&
	    strcasecmp(conf->default_policy, "NO") == 0)
		return "the connector is off (no intake_address, no "
		    "policy_maps, default_policy = NO), and so is the API";
	if (*conf->api_region == '\0' && *conf->api_url == '\0')
		return "there is no API (api_region, api_url)";
	if (*conf->api_credentials_file == '\0')
		return "there is no API (api_credentials_file)";
	return "";
}

/* rem_settings_idle - and without the API no polling */
const char *
rem_settings_idle(const struct settings *settings)
{
	const char *no_api = rem_settings_no_api(settings);

	return *no_api != '\0' ? no_api :
	    settings->conf.api_polling ? "" : "api_polling = no";
}

/* rem_settings_are_current - is no table changed since? */
bool
rem_settings_are_current(const struct settings *settings)
{
	return maps_are_current(settings->domains) &&
	    maps_are_current(settings->mailboxes) &&
	    maps_are_current(settings->aliases);
}
