/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "remediate/http/http_private.h"

/* is_here - a host that is this one, whatever a name server says */
static bool
is_here(const char *host)
{
	struct in_addr in;

	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	    (inet_pton(AF_INET, host, &in) == 1 &&
	    ntohl(in.s_addr) >> 24 == 127);
}

/* part - the part of a URL, new; NULL: it has none */
static char *
part(CURLU *url, CURLUPart which)
{
	char *found = NULL;

	return curl_url_get(url, which, &found, 0) == CURLUE_OK ? found : NULL;
}

/* judge_parts - whether they are what we may speak with */
static int
judge_parts(const char *scheme, const char *host, const char *user,
    struct err *err)
{
	if (scheme == NULL || host == NULL)
		return err_set(err, ERR_NEVER, "no URL with a host");
	if (user != NULL)
		return err_set(err, ERR_NEVER, "%s: a URL must not hold a user "
		    "or a password", ESCAPE(host));
	if (strcasecmp(scheme, "https") != 0 &&
	    (strcasecmp(scheme, "http") != 0 || !is_here(host)))
		return err_set(err, ERR_NEVER, "%s: '%s' is not https, which "
		    "only this host may do without", ESCAPE(host),
		    ESCAPE_INSIDE(scheme, '\''));
	return 0;
}

/* http_judge_url - may it be asked? */
int
http_judge_url(struct transfer *transfer, struct err *err)
{
	CURLU *url = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
	int result;

	if (url != NULL && curl_url_set(url, CURLUPART_URL,
	    transfer->request->url, 0) == CURLUE_OK) {
		scheme = part(url, CURLUPART_SCHEME);
		host = part(url, CURLUPART_HOST);
		port = part(url, CURLUPART_PORT);
		user = part(url, CURLUPART_USER);
	}
	result = judge_parts(scheme, host, user, err);
	if (result == 0)
		(void)snprintf(transfer->name, sizeof(transfer->name), "%s",
		    host);
	if (result == 0)
		(void)snprintf(transfer->host, sizeof(transfer->host),
		    "%s%s%s", ESCAPE(host), port != NULL ? ":" : "",
		    port != NULL ? port : "");
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(user);
	curl_url_cleanup(url);
	return result;
}

/* http_check_url - may it be asked, whenever? */
int
http_check_url(const char *url, struct err *err)
{
	const struct http_request request = { .url = url };
	struct transfer transfer = { .request = &request };

	return http_judge_url(&transfer, err);
}
