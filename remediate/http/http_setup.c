/* SPDX-License-Identifier: BSD-2-Clause */
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "remediate/http/http_private.h"

static bool
is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

/* set_limits - what may not happen */
static void
set_limits(CURL *curl, long patience)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, patience);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, patience);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else					/* RHEL 9 has 7.76 */
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
	    CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L);
	/* A login by Negotiate belongs to a connection, which HTTP/2 shares. */
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
}

/* on_context - the certificate must have the host in its subjectAltName (RFC
 * 9525 2): OpenSSL looks for it, before libcurl would be content with a common
 * name.  Hosts that are addresses may have brackets.  And what was read, which
 * may be a token, OpenSSL does not keep. */
static CURLcode
on_context(CURL *curl, void *context, void *arg)
{
	const struct transfer *transfer = arg;
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);
	char name[HTTP_HOST];
	size_t n;

	(void)curl;
	SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT);
	(void)snprintf(name, sizeof(name), "%s", transfer->name +
	    (transfer->name[0] == '['));
	n = strlen(name);
	if (n > 0 && name[n - 1] == ']')
		name[n - 1] = '\0';
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
	    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1 ||
	    X509_VERIFY_PARAM_set1_host(param, name, 0) == 1 ? CURLE_OK :
	    CURLE_OUT_OF_MEMORY;
}

static void
set_tls(CURL *curl, const struct http_options *options)
{
	curl_easy_setopt(curl, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	/* A session that is resumed shows no certificate. */
	curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
	if (is_set(options->ca_file) || is_set(options->ca_path)) {
		curl_easy_setopt(curl, CURLOPT_CAINFO,
		    is_set(options->ca_file) ? options->ca_file : NULL);
		curl_easy_setopt(curl, CURLOPT_CAPATH,
		    is_set(options->ca_path) ? options->ca_path : NULL);
	}
	if (is_set(options->cert_file)) {
		curl_easy_setopt(curl, CURLOPT_SSLCERT, options->cert_file);
		curl_easy_setopt(curl, CURLOPT_SSLKEY,
		    is_set(options->key_file) ? options->key_file :
		    options->cert_file);
	}
}

static void
set_request(CURL *curl, const struct http_request *request)
{
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "tdc-remediator/" VERSION);
	if (strcmp(request->method, "GET") == 0) {
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	} else if (strcmp(request->method, "HEAD") == 0) {
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	} else {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(request->body != NULL ? request->length : 0));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
		    request->body != NULL ? request->body : "");
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	}
}

static bool
add_field(struct transfer *transfer, const char *field)
{
	struct curl_slist *more = curl_slist_append(transfer->fields, field);

	if (more == NULL)
		return false;
	transfer->fields = more;
	return true;
}

/* add_login - Basic (RFC 7617 2); libcurl would keep the password as long as the
 * connection */
static void
add_login(struct transfer *transfer)
{
	const struct http_request *request = transfer->request;
	own(buf) struct buf words = BUF_SECRET, field = BUF_SECRET;

	buf_texts(&words, request->user, ":", request->password);
	buf_text(&field, "Authorization: Basic ");
	(void)EVP_EncodeBlock((unsigned char *)buf_room(&field,
	    (words.len + 2) / 3 * 4), (unsigned char *)words.data,
	    (int)words.len);
	if (!add_field(transfer, field.data))
		mem_none();
}

/* http_add_fields - those of the request, and none that libcurl would think of */
int
http_add_fields(struct transfer *transfer, struct err *err)
{
	const char *const *field = transfer->request->fields;
	bool typed = false;

	for (; field != NULL && *field != NULL; field++) {
		if (strpbrk(*field, "\r\n") != NULL)
			return err_set(err, ERR_NEVER, "%s: a header field "
			    "with a line end", transfer->host);
		typed = typed || strncasecmp(*field, "Content-Type:", 13) == 0;
		if (!add_field(transfer, *field))
			mem_none();
	}
	if (transfer->request->user != NULL)
		add_login(transfer);
	if (!add_field(transfer, "Expect:") ||
	    (!typed && !add_field(transfer, "Content-Type:")))
		mem_none();
	return 0;
}

/* http_setup - all of a request but its fields and what libcurl calls */
void
http_setup(struct transfer *transfer, long patience)
{
	CURL *curl = transfer->http->curl;

	curl_easy_reset(curl);		/* the connection stays */
	set_limits(curl, patience);
	set_tls(curl, &transfer->http->options);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_context);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, transfer);
	set_request(curl, transfer->request);
}
