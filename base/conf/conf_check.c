/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/conf/conf_check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"

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

/* fault - of that parameter, for conf_check() to return */
static const char *
fault(const char *name, const char *value, const char *text, struct err *err)
{
	err_set(err, ERR_NEVER, "'%.100s' %s", value, text);
	return name;
}

/* check_names - each a host name, or one with a dot before it */
static const char *
check_names(const char *name, const char *list, struct err *err)
{
	static const char separators[] = ", \t";
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	size_t count = 0;

	for (;;) {
		char text[256];
		size_t n;

		list += strspn(list, separators);
		n = strcspn(list, separators);
		if (n == 0)
			return count > 0 ? NULL :
			    fault(name, "", "has no name in it", err);
		(void)snprintf(text, sizeof(text), "%.*s", (int)n, list);
		if (n >= sizeof(text) || strspn(list, letters) < n ||
		    strstr(text, "..") != NULL || strcmp(text, ".") == 0 ||
		    text[n - 1] == '.')
			return fault(name, text, "is no host name; for all "
			    "below one write .example.com", err);
		list += n;
		count++;
	}
}

/* check_command - a program that can be found whatever PATH is; "": none */
static const char *
check_command(const char *name, const char *value, struct err *err)
{
	char **words;
	bool empty, path;

	if (words_split(value, &words, err) == -1)
		return name;
	empty = words[0] == NULL;
	path = !empty && words[0][0] == '/';
	words_free(words);
	if (empty || path)
		return NULL;
	return fault(name, value, "does not begin with an absolute path", err);
}

/* conf_check - is every value fit for its purpose? */
const char *
conf_check(const struct conf *conf, struct err *err)
{
	const char *name;

	if (!is_host_name(conf->helo_name))
		return fault("helo_name", conf->helo_name, "is no host name",
		    err);
	if (!is_field_name(conf->remote_ip_header))
		return fault("remote_ip_header", conf->remote_ip_header,
		    "is no header field name", err);
	if (strcmp(conf->tls_min_version, "TLSv1.2") != 0 &&
	    strcmp(conf->tls_min_version, "TLSv1.3") != 0)
		return fault("tls_min_version", conf->tls_min_version,
		    "is neither TLSv1.2 nor TLSv1.3", err);
	if (*conf->tls_key_file != '\0' && *conf->tls_cert_file == '\0')
		return fault("tls_key_file", conf->tls_key_file,
		    "has no tls_cert_file", err);
	if (*conf->alternate_intake_address != '\0' &&
	    strcasecmp(conf->alternate_intake_address,
	    conf->intake_address) == 0)
		return fault("alternate_intake_address",
		    conf->alternate_intake_address,
		    "is intake_address itself", err);
	if (conf->min_connections > conf->max_connections) {
		err_set(err, ERR_NEVER,
		    "%u is more than max_connections (%u)",
		    conf->min_connections, conf->max_connections);
		return "min_connections";
	}
	name = check_names("tls_names", conf->tls_names, err);
	if (name == NULL)
		name = conf_check_remediation(conf, err);
	return name != NULL ? name :
	    check_command("alert_command", conf->alert_command, err);
}
