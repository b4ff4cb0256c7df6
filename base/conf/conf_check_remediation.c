/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parameters of tdc-remediator must fulfil beyond their types. */
#include "base/conf/conf.h"
#include "base/conf/conf_check.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"

/* is_word - is text one of these words, which blanks separate? */
static bool
is_word(const char *text, size_t length, const char *words)
{
	for (; *words != '\0'; words += strspn(words, " ")) {
		size_t n = strcspn(words, " ");

		if (n == length && strncmp(text, words, n) == 0)
			return true;
		words += n;
	}
	return false;
}

/* are_words - are all of them, and is there one? */
static bool
are_words(const char *text, const char *words)
{
	unsigned count = 0;

	for (;; count++) {
		size_t n;

		text += strspn(text, ", \t");
		n = strcspn(text, ", \t");
		if (n == 0)
			return count > 0;
		if (!is_word(text, n, words))
			return false;
		text += n;
	}
}

static const char *
wrong(const char *name, struct err *err, const char *text)
{
	err_set(err, ERR_NEVER, "%s", text);
	return name;
}

/* is_here - a host that is this one, whatever a name server says */
static bool
is_here(const char *host)
{
	struct in_addr in;

	return strcasecmp(host, "localhost") == 0 ||
	    strcmp(host, "[::1]") == 0 ||
	    (inet_pton(AF_INET, host, &in) == 1 &&
	    ntohl(in.s_addr) >> 24 == 127);
}

/* judge_url - passwords and keys go there, so with TLS, unless it is this host.
 * What libcurl makes of it is judged again before it is asked. */
static int
judge_url(const char *url, struct err *err)
{
	bool plain = strncasecmp(url, "http://", 7) == 0;
	own(str) char *host = NULL;

	if (!plain && strncasecmp(url, "https://", 8) != 0)
		return err_set(err, ERR_NEVER, "'%s' is not https://HOST",
		    ESCAPE_INSIDE(url, '\''));
	url += plain ? 7 : 8;
	host = mem_bytes(url, strcspn(url, "/?#"));
	if (strchr(host, '@') != NULL)
		return err_set(err, ERR_NEVER, "a URL must not hold a user or "
		    "a password");
	if (*host == '[')
		host[strcspn(host, "]") + (strchr(host, ']') != NULL)] = '\0';
	else
		host[strcspn(host, ":")] = '\0';
	if (*host == '\0')
		return err_set(err, ERR_NEVER, "no URL with a host");
	return !plain || is_here(host) ? 0 : err_set(err, ERR_NEVER,
	    "%s: 'http' is not https, which only this host may do without",
	    ESCAPE(host));
}

/* check_api - one without the other is no API */
static const char *
check_api(const struct conf *conf, struct err *err)
{
	static const char regions[] = "us de au in ae";
	bool region = *conf->api_region != '\0', url = *conf->api_url != '\0';

	if (region && !is_word(conf->api_region, strlen(conf->api_region),
	    regions)) {
		err_set(err, ERR_NEVER, "'%s' is none of: %s",
		    ESCAPE(conf->api_region), regions);
		return "api_region";
	}
	if (url && judge_url(conf->api_url, err) == -1)
		return "api_url";
	if (region && url)
		return wrong("api_url", err, "api_region is set, too: only one "
		    "of them can say where the API is");
	if (conf->api_polling && !region && !url)
		return wrong("api_polling", err, "there is no API to poll: set "
		    "api_region or api_url");
	if (conf->api_polling && *conf->api_credentials_file == '\0')
		return wrong("api_polling", err, "there is no API to poll "
		    "without api_credentials_file");
	return NULL;
}

static const char *
check_action(const struct conf *conf, struct err *err)
{
	static const char verdicts[] = "bec scam phishing malicious";

	if (!are_words(conf->remediation_verdicts, verdicts)) {
		err_set(err, ERR_NEVER, "'%s' is not made of: %s",
		    ESCAPE(conf->remediation_verdicts), verdicts);
		return "remediation_verdicts";
	}
	if (conf->remediation_action != CONF_REMEDIATE_DELETE &&
	    *conf->remediation_forward_to == '\0')
		return wrong("remediation_action", err, "forwarding needs "
		    "remediation_forward_to");
	return NULL;
}

static const char *
check_cluster(const struct conf *conf, struct err *err)
{
	own(str) char *urls = mem_text(conf->cluster_urls);
	char *rest = urls, *url;

	while ((url = strsep(&rest, BLANKS)) != NULL)
		if (*url != '\0' && judge_url(url, err) == -1)
			return "cluster_urls";
	if (conf->cluster == CONF_CLUSTER_ETCD && *conf->cluster_urls == '\0')
		return wrong("cluster", err, "etcd needs cluster_urls");
	return NULL;
}

/* conf_check_remediation - is every value fit for its purpose? */
const char *
conf_check_remediation(const struct conf *conf, struct err *err)
{
	const char *name = check_api(conf, err);

	if (name == NULL)
		name = check_action(conf, err);
	if (name == NULL)
		name = check_cluster(conf, err);
	return name;
}

/* conf_remedial_action - the words of its log lines */
const char *
conf_remedial_action(int what)
{
	switch ((enum conf_remediation_action)what) {
	case CONF_REMEDIATE_FORWARD:
		return "Forward";
	case CONF_REMEDIATE_DELETE:
		return "Delete";
	case CONF_REMEDIATE_BOTH:
		return "Forward and Delete";
	}
	return "?";
}
