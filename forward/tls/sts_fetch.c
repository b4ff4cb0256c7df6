/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/sts_fetch.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/regular.h"
#include "forward/net/dns.h"
#include "forward/tls/sts_policy.h"

enum { ADDRESSES_MAX = 8, PORT = 443 };

struct transfer {
	const struct sts_source *source;
	struct buf	*out;
	bool		 too_long;
};

/* ---- what libcurl calls ---- */

static size_t
on_bytes(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *transfer = arg;

	transfer->too_long = transfer->out->len + size * n > STS_POLICY_MAX;
	if (transfer->too_long)
		return 0;
	buf_bytes(transfer->out, bytes, size * n);
	return size * n;
}

/* on_progress - called every second at least; not 0: no more */
static int
on_progress(void *arg, curl_off_t to_get, curl_off_t got, curl_off_t to_put,
    curl_off_t put)
{
	const struct transfer *transfer = arg;

	(void)to_get, (void)got, (void)to_put, (void)put;
	return atomic_load(transfer->source->stopped);
}

/* ---- where ---- */

/* find_host - "HOST:443:ADDRESS,ADDRESS", as CURLOPT_RESOLVE wants it */
static int
find_host(const struct sts_source *source, const char *host,
    int64_t deadline, struct buf *out, struct err *err)
{
	struct endpoint list[ADDRESSES_MAX];
	struct dns_host found = { .endpoints = { .list = list,
	    .max = ADDRESSES_MAX, .port = PORT } };
	const char *why;

	if (dns_addresses(source->resolver, host, deadline, &found,
	    &why) != DNS_FOUND)
		return err_set(err, ERR_LATER, "%s: %s", host, why);
	buf_format(out, "%s:%d:", host, PORT);
	for (size_t i = 0; i < found.endpoints.count; i++) {
		char text[INET6_ADDRSTRLEN];
		bool in6 = list[i].sockaddr.ss_family == AF_INET6;

		buf_format(out, in6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "",
		    endpoint_print(&list[i], text));
	}
	return 0;
}

/* ---- the transfer ---- */

static void
start_library(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* set_limits - what may not happen */
static void
set_limits(CURL *curl, long patience)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, patience);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, patience);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
#else					/* RHEL 9 has 7.76 */
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTPS);
#endif
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)STS_POLICY_MAX);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
}

static void
set_source(CURL *curl, const struct sts_source *source)
{
	bool system = *source->ca_file == '\0' && *source->ca_path == '\0';

	if (system)
		return;
	curl_easy_setopt(curl, CURLOPT_CAINFO,
	    *source->ca_file != '\0' ? source->ca_file : NULL);
	curl_easy_setopt(curl, CURLOPT_CAPATH,
	    *source->ca_path != '\0' ? source->ca_path : NULL);
}

/* on_context - the certificate must have the host in its subjectAltName (RFC 8461
 * 3.3): OpenSSL looks for it first, libcurl would be content with a common name */
static CURLcode
on_context(CURL *curl, void *context, void *host)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);

	(void)curl;
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 ? CURLE_OK :
	    CURLE_OUT_OF_MEMORY;
}

/* is_text - "text/plain", with or without parameters */
static bool
is_text(const char *type)
{
	size_t n = sizeof("text/plain") - 1;

	return type != NULL && strncasecmp(type, "text/plain", n) == 0 &&
	    strchr("; \t", type[n]) != NULL;
}

/* judge - what came of it */
static int
judge(CURL *curl, CURLcode code, const struct transfer *transfer,
    const char *reason, struct err *err)
{
	const char *type = NULL;
	long status = 0;

	if (transfer->too_long || code == CURLE_FILESIZE_EXCEEDED)
		return err_set(err, ERR_LATER, "more than %d octets",
		    STS_POLICY_MAX);
	if (code != CURLE_OK)
		return err_set(err, ERR_LATER, "%s",
		    *reason != '\0' ? reason : curl_easy_strerror(code));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return err_set(err, ERR_LATER, "HTTP status %ld", status);
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	if (!is_text(type))
		return err_set(err, ERR_LATER, "not text/plain but '%s'",
		    type != NULL ? type : "");
	return 0;
}

/* transfer_run - over one of these places */
static int
transfer_run(struct transfer *transfer, char *host, const char *places,
    long patience, struct err *err)
{
	own(str) char *url = mem_format("https://%s/.well-known/mta-sts.txt",
	    host);
	struct curl_slist *list = curl_slist_append(NULL, places);
	char reason[CURL_ERROR_SIZE] = "";
	CURL *curl = curl_easy_init();
	int result = -1;

	if (curl == NULL || list == NULL) {
		err_set(err, ERR_LATER, "libcurl gives no handle");
	} else {
		set_limits(curl, patience);
		set_source(curl, transfer->source);
		curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_context);
		curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, host);
		curl_easy_setopt(curl, CURLOPT_URL, url);
		curl_easy_setopt(curl, CURLOPT_RESOLVE, list);
		curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
		curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
		curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
		curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
		result = judge(curl, curl_easy_perform(curl), transfer,
		    reason, err);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(list);
	return result;
}

/* sts_fetch - the policy of a domain */
int
sts_fetch(const struct sts_source *source, const char *domain,
    int64_t deadline, struct buf *out, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct transfer transfer = { .source = source, .out = out };
	own(buf) struct buf host = BUF;
	own(buf) struct buf places = BUF;
	int64_t left;

	pthread_once(&once, start_library);
	buf_format(&host, "mta-sts.%s", domain);
	if (find_host(source, host.data, deadline, &places, err) == -1)
		return -1;
	left = deadline - clock_now();
	if (left <= 0)
		return err_set(err, ERR_LATER, "no time left");
	/* which it opens by its name, and a fifo without any deadline */
	if (*source->ca_file != '\0' &&
	    regular_check(source->ca_file, err) == -1)
		return err_wrap(err, "%s", source->ca_file);
	return transfer_run(&transfer, host.data, places.data, (long)left,
	    err);
}

/* sts_fetch_version - of the library */
const char *
sts_fetch_version(void)
{
	return curl_version();
}
