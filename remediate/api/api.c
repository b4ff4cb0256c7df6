/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/api/api.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "remediate/api/api_private.h"

/* ---- notices ---- */

/* api_say - a notice, once */
void
api_say(struct api *api, const char *format, ...)
{
	const struct api_notice *notice = &api->options.notice;
	char text[600];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < api->said_count; i++)
		if (strcmp(api->said[i], text) == 0)
			return;
	if (api->said_count == API_SAID_MAX || notice->say == NULL)
		return;
	api->said[api->said_count++] = mem_text(text);
	notice->say(notice->arg, text);
}

/* ---- open and close ---- */

/* host_of - what errors call it: the URL without its scheme and path */
static char *
host_of(const char *url)
{
	const char *host = strstr(url, "://");

	host = host != NULL ? host + 3 : url;
	return mem_bytes(host, strcspn(host, "/"));
}

static void
set_names(struct api *api, const char *url)
{
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	api->url = mem_bytes(url, n);
	api->host = host_of(api->url);
	buf_texts(&api->key_field, "x-api-key: ", api->credentials.api_key);
}

/* api_open - nothing is asked yet */
int
api_open(const struct api_options *options, struct api **out,
    struct err *err)
{
	const struct http_options http_options = {
		.ca_file = options->ca_file, .ca_path = options->ca_path,
		.timeout = options->timeout, .stopped = options->stopped };
	struct api_credentials credentials;
	struct http *http;
	struct api *api;

	if (api_credentials_load(options->credentials_file, &credentials,
	    err) == -1)
		return -1;
	if (http_open(&http_options, &http, err) == -1) {
		api_credentials_drop(&credentials);
		return -1;
	}
	api = mem_new(sizeof(*api));
	*api = (struct api){ .options = *options, .http = http,
	    .credentials = credentials, .key_field = BUF_SECRET,
	    .token_field = BUF_SECRET };
	set_names(api, options->url);
	*out = api;
	return 0;
}

/* api_close - nothing secret stays in memory */
struct api *
api_close(struct api *api)
{
	if (api == NULL)
		return NULL;
	buf_drop(&api->token_field);
	buf_drop(&api->key_field);
	http_close(api->http);
	api_credentials_drop(&api->credentials);
	for (size_t i = 0; i < api->said_count; i++)
		free(api->said[i]);
	free(api->url);
	free(api->host);
	free(api);
	return NULL;
}

/* ---- one message ---- */

/* api_verdict_now - of one message, by its id */
int
api_verdict_now(struct api *api, const char *id, enum api_verdict *out,
    struct err *err)
{
	__attribute__((cleanup(own_http_answer)))
	    struct http_answer answer = HTTP_ANSWER;
	static const char path[] = "/v1/messages/status";
	json_t *body = json_pack("{s:s}", "id", id);
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	char word[64] = "";
	int result = -1;

	json_decref(body);
	if (text == NULL)
		return err_set(err, ERR_NEVER, "'%s' is no id of a message",
		    ESCAPE_INSIDE(id, '\''));
	if (api_post(api, path, text, &answer, err) == 0) {
		*out = API_UNKNOWN;
		result = answer.status == 404 ? 0 :
		    api_status_read(answer.body.data, answer.body.len, out,
		    word, err);
		if (result == -1)
			err_wrap(err, "%s%s", api->host, path);
	}
	free(text);
	if (result == 0 && *out == API_UNKNOWN && *word != '\0')
		api_say(api, "the verdict '%s' is not known, and nothing is "
		    "done about it", ESCAPE_INSIDE(word, '\''));
	return result;
}

/* ---- what there is to know ---- */

/* api_skew - by how much its clock is ahead of ours */
int64_t
api_skew(const struct api *api)
{
	return api->skew;
}

/* api_requests - made since api_open() */
unsigned
api_requests(const struct api *api)
{
	return api->requests;
}

/* api_host - for people */
const char *
api_host(const struct api *api)
{
	return api->host;
}
