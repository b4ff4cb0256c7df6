/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/http/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/regular.h"
#include "base/secret.h"
#include "remediate/http/http_private.h"

enum { TIMEOUT = 30000 };

/* ---- what libcurl calls ---- */

static size_t
on_header(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *transfer = arg;

	transfer->header += size * n;
	if (transfer->header > HTTP_HEADERS) {
		transfer->too_long = HEADER;
		return 0;
	}
	http_head_line(bytes, size * n, clock_wall(), &transfer->answer);
	return size * n;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *transfer = arg;

	if (size * n > transfer->request->max - transfer->answer.body.len) {
		transfer->too_long = BODY;
		return 0;
	}
	buf_bytes(&transfer->answer.body, bytes, size * n);
	return size * n;
}

static bool
is_stopped(const struct http *http)
{
	return http->options.stopped != NULL &&
	    atomic_load(http->options.stopped);
}

/* on_progress - called every second at least; not 0: no more */
static int
on_progress(void *arg, curl_off_t to_get, curl_off_t got, curl_off_t to_put,
    curl_off_t put)
{
	const struct transfer *transfer = arg;

	(void)to_get, (void)got, (void)to_put, (void)put;
	if (transfer->http->options.alive != NULL)
		transfer->http->options.alive();
	return is_stopped(transfer->http);
}

/* ---- the transfer ---- */

static void
set_calls(CURL *curl, struct transfer *transfer)
{
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->fields);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->reason);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, transfer);
}

/* keep_certificate - of a connection that was made now; one that was kept has
 * the old one */
static void
keep_certificate(struct http *http)
{
	static const char cert[] = "Cert:";
	struct curl_certinfo *chain = NULL;
	const struct curl_slist *row;

	buf_cut(&http->certificate, 0);
	if (curl_easy_getinfo(http->curl, CURLINFO_CERTINFO,
	    &chain) != CURLE_OK || chain == NULL || chain->num_of_certs < 1)
		return;
	for (row = chain->certinfo[0]; row != NULL; row = row->next)
		if (strncmp(row->data, cert, sizeof(cert) - 1) == 0)
			buf_text(&http->certificate,
			    row->data + sizeof(cert) - 1);
}

/* run - there and back */
static int
run(struct transfer *transfer, struct err *err)
{
	CURL *curl = transfer->http->curl;
	long status = 0, connects = 0;
	CURLcode code;

	set_calls(curl, transfer);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
	if (connects > 0)
		keep_certificate(transfer->http);
	if (code != CURLE_OK)
		return http_failed(transfer, code, err);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	transfer->answer.status = (unsigned)status;
	transfer->answer.fresh = connects > 0;
	return 0;
}

/* check_file - the library opens it by its name, and would wait for the writer
 * of a fifo whatever the timeout; what it cannot open it says itself */
static int
check_file(const char *path, struct err *err)
{
	if (path == NULL || *path == '\0' || regular_check(path, err) == 0 ||
	    err->kind == ERR_LATER)
		return 0;
	return err_wrap(err, "%s", path);
}

static int
ask(struct transfer *transfer, struct err *err)
{
	const struct http_options *options = &transfer->http->options;

	if (http_judge_url(transfer, err) == -1 ||
	    http_add_fields(transfer, err) == -1)
		return -1;
	if (check_file(options->ca_file, err) == -1 ||
	    check_file(options->cert_file, err) == -1 ||
	    check_file(options->key_file, err) == -1)
		return -1;
	if (is_stopped(transfer->http))
		return err_set(err, ERR_LATER, "%s: stopped", transfer->host);
	http_setup(transfer, options->timeout > 0 ? (long)options->timeout :
	    TIMEOUT);
	return run(transfer, err);
}

/* http_ask - one request, and its answer */
int
http_ask(struct http *http, const struct http_request *request,
    struct http_answer *out, struct err *err)
{
	struct transfer transfer = { .http = http, .request = request,
	    .answer = HTTP_ANSWER };
	int result;

	transfer.answer.body.secret = request->secret;
	result = ask(&transfer, err);

	curl_slist_free_all(transfer.fields);
	http->too_long = transfer.too_long == BODY;
	if (result == -1) {
		http_answer_drop(&transfer.answer);
		return -1;
	}
	http_answer_drop(out);
	*out = transfer.answer;
	return 0;
}

/* ---- open and close ---- */

/* start_library - requests and answers hold secrets: nothing is left of them */
static void
start_library(void)
{
	(void)curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, secret_free,
	    secret_realloc, strdup, calloc);
}

/* http_open - nothing is connected yet */
int
http_open(const struct http_options *options, struct http **out,
    struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct http *http;
	CURL *curl;

	pthread_once(&once, start_library);
	curl = curl_easy_init();
	if (curl == NULL)
		return err_set(err, ERR_LATER, "libcurl gives no handle");
	http = mem_new(sizeof(*http));
	*http = (struct http){ .curl = curl, .options = *options,
	    .certificate = BUF };
	*out = http;
	return 0;
}

/* http_close - and its connection */
struct http *
http_close(struct http *http)
{
	if (http == NULL)
		return NULL;
	curl_easy_cleanup(http->curl);
	buf_drop(&http->certificate);
	free(http);
	return NULL;
}

/* http_certificate - of the server that answered last */
const char *
http_certificate(const struct http *http)
{
	return http->certificate.data;
}

/* http_was_too_long - the last one */
bool
http_was_too_long(const struct http *http)
{
	return http->too_long;
}

/* http_version - of the library */
const char *
http_version(void)
{
	return curl_version();
}
