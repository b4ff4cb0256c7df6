/* SPDX-License-Identifier: BSD-2-Clause */
#include <curl/curl.h>

#include "base/escape.h"
#include "remediate/http/http_private.h"

/* What libcurl calls it; all else is the network's fault, in the middle. */
static const struct {
	CURLcode	 code;
	const char	*stage;
	enum err_kind	 kind;
} rows[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, "name", ERR_LATER },
	{ CURLE_COULDNT_CONNECT, "connect", ERR_LATER },
	{ CURLE_SSL_CONNECT_ERROR, "TLS", ERR_LATER },
	{ CURLE_PEER_FAILED_VERIFICATION, "TLS", ERR_NEVER },
	{ CURLE_SSL_CACERT_BADFILE, "TLS", ERR_NEVER },
	{ CURLE_SSL_CERTPROBLEM, "TLS", ERR_NEVER },
	{ CURLE_SSL_ISSUER_ERROR, "TLS", ERR_NEVER },
	{ CURLE_URL_MALFORMAT, "URL", ERR_NEVER },
	{ CURLE_SEND_ERROR, "request", ERR_LATER },
};

/* stage_of_time - where the time went */
static const char *
stage_of_time(CURL *curl)
{
	curl_off_t name = 0, sent = 0;

	curl_easy_getinfo(curl, CURLINFO_NAMELOOKUP_TIME_T, &name);
	curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &sent);
	if (sent > 0)
		return "answer";
	return name > 0 ? "connect" : "name";
}

/* http_failed - what went wrong, and at which stage */
int
http_failed(const struct transfer *transfer, CURLcode code, struct err *err)
{
	const char *stage = "answer";
	const char *reason = *transfer->reason != '\0' ? transfer->reason :
	    curl_easy_strerror(code);
	enum err_kind kind = ERR_LATER;

	if (transfer->too_long == HEADER)
		return err_set(err, ERR_NEVER, "%s: answer: a header of more "
		    "than %d octets", transfer->host, HTTP_HEADERS);
	if (transfer->too_long == BODY)
		return err_set(err, ERR_NEVER, "%s: answer: more than %zu "
		    "octets", transfer->host, transfer->request->max);
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return err_set(err, ERR_LATER, "%s: stopped", transfer->host);
	if (code == CURLE_OPERATION_TIMEDOUT)
		stage = stage_of_time(transfer->http->curl);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].code == code) {
			stage = rows[i].stage;
			kind = rows[i].kind;
		}
	return err_set(err, kind, "%s: %s: %s", transfer->host, stage,
	    ESCAPE(reason));
}
