/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/lease/etcd.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "remediate/http/http.h"
#include "remediate/lease/etcd_login.h"

struct etcd {
	struct etcd_options options;
	struct http	*http;
	struct etcd_login login;
	struct arena	 texts;
	const char	*urls[ETCD_MEMBERS];
	size_t		 count, at;	/* at: who answered last */
	struct buf	 token;		/* "Authorization: ..."; "": none */
	enum etcd_fault	 fault;		/* of the last request, and its code */
	int		 code;
};

/* ---- one member ---- */

/* tell - which member it is about */
static int
tell(const struct etcd *etcd, struct err *err)
{
	return err_wrap(err, "etcd %s", ESCAPE(etcd->urls[etcd->at]));
}

/* post - to the member we are at */
static int
post(struct etcd *etcd, const char *path, const char *json,
    struct etcd_answer *out, struct err *err)
{
	__attribute__((cleanup(own_http_answer)))
	    struct http_answer answer = HTTP_ANSWER;
	own(str) char *url = mem_format("%s/v3/%s", etcd->urls[etcd->at],
	    path);
	const char *fields[] = { "Content-Type: application/json",
	    etcd->token.len > 0 ? etcd->token.data : NULL, NULL };
	const struct http_request request = { .method = "POST", .url = url,
	    .fields = fields, .body = json, .length = strlen(json),
	    .max = ETCD_ANSWER_MAX,
	    .secret = etcd->token.len == 0 && etcd->login.user != NULL };

	etcd->fault = ETCD_MEMBER;
	etcd->code = -1;
	if (http_ask(etcd->http, &request, &answer, err) == -1)
		return err_wrap(err, "etcd");
	if (answer.status != 200) {
		etcd->fault = etcd_fault_read(answer.status, answer.body.data,
		    answer.body.len, &etcd->code, err);
		return tell(etcd, err);
	}
	if (etcd_answer_read(answer.body.data, answer.body.len, out,
	    err) == -1)
		return tell(etcd, err);
	return 0;
}

/* forget_token - nothing of it is left in memory */
static void
forget_token(struct etcd *etcd)
{
	explicit_bzero(etcd->token.data, etcd->token.len);
	buf_cut(&etcd->token, 0);
}

/* get_token - with user and password */
static int
get_token(struct etcd *etcd, struct err *err)
{
	json_t *body = json_pack("{s:s, s:s}", "name", etcd->login.user,
	    "password", etcd->login.password);
	char *text = body != NULL ? json_dumps(body, 0) : NULL;
	__attribute__((cleanup(own_etcd_answer)))
	    struct etcd_answer answer = { .token = "" };
	int result;

	json_decref(body);
	etcd->fault = ETCD_REQUEST;
	if (text == NULL)
		return err_set(err, ERR_NEVER, "%s: user or password is not "
		    "UTF-8", etcd->options.credentials_file);
	result = post(etcd, "auth/authenticate", text, &answer, err);
	explicit_bzero(text, strlen(text));
	free(text);
	if (result == -1)
		return etcd->fault != ETCD_REQUEST ? -1 :
		    err_wrap(err, "cluster_credentials_file");
	if (*answer.token == '\0')
		return err_set(err, ERR_LATER, "etcd %s gives no token",
		    ESCAPE(etcd->urls[etcd->at]));
	buf_texts(&etcd->token, "Authorization: ", answer.token);
	return 0;
}

/* ask_member - with a token, when we have a user */
static int
ask_member(struct etcd *etcd, const char *path, const char *json,
    struct etcd_answer *out, struct err *err)
{
	for (unsigned tries = 0;; tries++) {
		if (etcd->login.user != NULL && etcd->token.len == 0 &&
		    get_token(etcd, err) == -1)
			return -1;
		if (post(etcd, path, json, out, err) == 0)
			return 0;
		if (etcd->fault == ETCD_TOKEN)
			forget_token(etcd);
		if (etcd->fault != ETCD_TOKEN || tries > 0 ||
		    etcd->login.user == NULL)
			return -1;
	}
}

/* ---- all of them ---- */

static bool
is_stopped(const struct etcd *etcd)
{
	return etcd->options.stopped != NULL &&
	    atomic_load(etcd->options.stopped);
}

/* etcd_ask - the one that answered last, then the others.  When none does, it
 * is the error of one that may by itself */
int
etcd_ask(struct etcd *etcd, const char *path, const char *json,
    struct etcd_answer *out, struct err *err)
{
	struct err why;

	for (size_t i = 0; i < etcd->count; i++) {
		if (ask_member(etcd, path, json, out, &why) == 0)
			return 0;
		if (i == 0 || why.kind == ERR_LATER ||
		    etcd->fault == ETCD_REQUEST)
			*err = why;
		if (etcd->fault == ETCD_REQUEST || is_stopped(etcd))
			break;
		etcd->at = (etcd->at + 1) % etcd->count;
	}
	return -1;
}

/* etcd_code - what the last failure was */
int
etcd_code(const struct etcd *etcd)
{
	return etcd->code;
}

/* etcd_members - how many were named */
size_t
etcd_members(const struct etcd *etcd)
{
	return etcd->count;
}

/* ---- open and close ---- */

/* take_urls - without the slashes at their ends */
static int
take_urls(struct etcd *etcd, struct err *err)
{
	char *rest = arena_text(&etcd->texts, etcd->options.urls), *url;

	while ((url = strsep(&rest, BLANKS)) != NULL) {
		size_t n = strlen(url);

		while (n > 0 && url[n - 1] == '/')
			url[--n] = '\0';
		if (n == 0)
			continue;
		if (strncasecmp(url, "https://", 8) != 0 &&
		    strncasecmp(url, "http://", 7) != 0)
			return err_set(err, ERR_NEVER, "'%s' is no URL of "
			    "etcd (https://...)", ESCAPE_INSIDE(url, '\''));
		if (etcd->count == ETCD_MEMBERS)
			return err_set(err, ERR_NEVER, "more than %d members "
			    "of etcd", ETCD_MEMBERS);
		etcd->urls[etcd->count++] = url;
	}
	if (etcd->count == 0)
		return err_set(err, ERR_NEVER, "no member of etcd is named");
	return 0;
}

/* etcd_open - nobody is asked yet */
int
etcd_open(const struct etcd_options *options, struct etcd **out,
    struct err *err)
{
	const struct http_options http = { .ca_file = options->ca_file,
	    .timeout = options->timeout, .stopped = options->stopped };
	struct etcd *etcd = mem_new(sizeof(*etcd));

	*etcd = (struct etcd){ .options = *options, .token = BUF_SECRET,
	    .login = ETCD_LOGIN, .code = -1 };
	if (take_urls(etcd, err) == -1 ||
	    (*options->credentials_file != '\0' && etcd_login_load(
	    options->credentials_file, &etcd->login, err) == -1) ||
	    http_open(&http, &etcd->http, err) == -1) {
		etcd_close(etcd);
		return -1;
	}
	*out = etcd;
	return 0;
}

/* etcd_close - and its connection; NULL */
struct etcd *
etcd_close(struct etcd *etcd)
{
	if (etcd == NULL)
		return NULL;
	forget_token(etcd);
	buf_drop(&etcd->token);
	etcd_login_drop(&etcd->login);
	etcd->http = http_close(etcd->http);
	arena_drop(&etcd->texts);
	free(etcd);
	return NULL;
}
