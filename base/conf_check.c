/* SPDX-License-Identifier: BSD-2-Clause */
/* What a value alone, or two together, must fulfil beyond its type. */
#include <string.h>

#include "base/conf_value.h"

/* fail - an error about one parameter, with its place */
static int
fail(const struct conf *conf, const char *name, const char *text,
    const char *value, struct err *err)
{
	return err_set(err, ERR_NEVER, "%s: %s: '%.100s' %s",
	    conf_where(conf, name), name, value, text);
}

/* is_address - local@domain of printable characters that end no path in SMTP;
 * the intake judges the rest */
static bool
is_address(const char *text)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || strchr("<>,", *text) != NULL)
			return false;
	return true;
}

static bool
is_field_name(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || *text == ':')
			return false;
	return true;
}

/* is_host_name - printable and without what would end it in SMTP */
static bool
is_host_name(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || strchr("<>()@,;", *text))
			return false;
	return true;
}

/* check_paths - daemons stand in /, their operator does not */
static int
check_paths(const struct conf *conf, struct err *err)
{
	const struct {
		const char	*name;
		const char	*value;
	} paths[] = {
		{ "spool_directory", conf->spool_directory },
		{ "maillog_file", conf->maillog_file },
		{ "mail_logs_file", conf->mail_logs_file },
		{ "tls_ca_file", conf->tls_ca_file },
		{ "tls_ca_path", conf->tls_ca_path },
		{ "tls_cert_file", conf->tls_cert_file },
		{ "tls_key_file", conf->tls_key_file },
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (*paths[i].value != '/' && (i == 0 ||
		    *paths[i].value != '\0'))
			return fail(conf, paths[i].name, "is no absolute path",
			    paths[i].value, err);
	return 0;
}

/* conf_check - is every value fit for what it is for? */
int
conf_check(const struct conf *conf, struct err *err)
{
	static const struct {
		const char	*name;
		size_t		 place;
		bool		 may_be_empty;
	} addresses[] = {
		{ "intake_address", offsetof(struct conf, intake_address), true },
		{ "journal_sender", offsetof(struct conf, journal_sender), true },
		{ "journal_from", offsetof(struct conf, journal_from), false },
	};

	if (!is_host_name(conf->helo_name))
		return fail(conf, "helo_name", "is no host name",
		    conf->helo_name, err);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		const char *value = *(const char *const *)
		    ((const char *)conf + addresses[i].place);

		if (*value == '\0' && addresses[i].may_be_empty)
			continue;
		if (!is_address(value))
			return fail(conf, addresses[i].name,
			    "is no address (local@domain)", value, err);
	}
	if (!is_field_name(conf->remote_ip_header))
		return fail(conf, "remote_ip_header",
		    "is no header field name", conf->remote_ip_header, err);
	if (strcmp(conf->tls_min_version, "TLSv1.2") != 0 &&
	    strcmp(conf->tls_min_version, "TLSv1.3") != 0)
		return fail(conf, "tls_min_version",
		    "is neither TLSv1.2 nor TLSv1.3", conf->tls_min_version, err);
	if (conf->min_connections > conf->max_connections)
		return err_set(err, ERR_NEVER,
		    "%s: min_connections: %u is more than max_connections (%u)",
		    conf_where(conf, "min_connections"), conf->min_connections,
		    conf->max_connections);
	if (*conf->tls_key_file != '\0' && *conf->tls_cert_file == '\0')
		return fail(conf, "tls_key_file", "has no tls_cert_file",
		    conf->tls_key_file, err);
	return check_paths(conf, err);
}

