/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/clock.h"
#include "remediate/api/api_private.h"

enum {
	SECOND = 1000,
	MINUTE = 60000,
	REFUSED_REST = 15 * MINUTE,	/* so that nobody locks the account */
	TOKEN_LIFE = 60 * MINUTE
};

static const char token_path[] = "/v1/oauth/token";

/* What is asked. */
struct call {
	const char	*path;
	const char	*body;		/* NULL: a login */
};

/* ---- one request ---- */

/* learn - how the clocks differ; Date has whole seconds */
static void
learn(struct api *api, int64_t sent, const struct http_answer *answer)
{
	if (answer->date > 0)
		api->skew = answer->date + 500 - (sent + clock_wall()) / 2;
}

/* may_ask - in its time, and if the day has a request left */
static int
may_ask(struct api *api, struct err *err)
{
	const struct api_budget *budget = &api->options.budget;
	int64_t oldest = api->last[0];

	if (api->options.alive != NULL)
		api->options.alive();
	if (!api_wait(api, oldest > 0 ? oldest + SECOND - clock_now() : 0))
		return err_set(err, ERR_LATER, "%s: stopped", api->host);
	if (budget->take != NULL && budget->take(budget->arg, clock_wall(),
	    err) == -1)
		return err_wrap(err, "%s: not asked", api->host);
	memmove(api->last, api->last + 1, sizeof(api->last) -
	    sizeof(*api->last));
	api->last[API_RATE - 1] = clock_now();
	api->requests++;
	return 0;
}

static int
ask(struct api *api, const struct call *call, struct http_answer *out,
    struct err *err)
{
	own(buf) struct buf url = BUF;
	const char *fields[] = {
		api->key_field.data,
		"Accept: application/json",
		api->token_field.data,
		"Content-Type: application/json",
		NULL
	};
	struct http_request request = { .method = "POST", .fields = fields,
	    .body = call->body, .length = call->body != NULL ?
	    strlen(call->body) : 0, .max = API_ANSWER_MAX };
	int64_t sent;

	if (may_ask(api, err) == -1)
		return -1;
	buf_texts(&url, api->url, call->path);
	request.url = url.data;
	if (call->body == NULL) {
		request.user = api->credentials.client_id;
		request.password = api->credentials.password;
		request.secret = true;
		fields[2] = NULL;
	}
	sent = clock_wall();
	if (http_ask(api->http, &request, out, err) == -1)
		return -1;
	learn(api, sent, out);
	return 0;
}

/* ---- until it is answered ---- */

static bool
is_busy(unsigned status)
{
	return status == 429 || status >= 500;
}

/* give_up - and longer each time */
static int
give_up(struct api *api, const struct call *call,
    const struct http_answer *answer, struct err *err)
{
	int64_t rest = (int64_t)MINUTE << (api->busy < 4 ? api->busy : 4);

	if (rest > REFUSED_REST)
		rest = REFUSED_REST;
	api->busy++;
	api_refused(api, call->path, answer, err);
	err->kind = ERR_LATER;
	return api_rest(api, answer->retry_after > rest ?
	    answer->retry_after : rest, err);
}

/* insist - ask as long as it says "later" */
static int
insist(struct api *api, const struct call *call, struct http_answer *out,
    struct err *err)
{
	for (unsigned n = 0;; n++) {
		int64_t pause;

		if (ask(api, call, out, err) == -1)
			return -1;
		if (!is_busy(out->status))
			break;
		pause = api_back_off(n, out->retry_after);
		if (pause == -1)
			return give_up(api, call, out, err);
		if (!api_wait(api, pause))
			return err_set(err, ERR_LATER, "%s: stopped",
			    api->host);
	}
	api->busy = 0;
	return 0;
}

/* api_refused - with the service's own words, if there are any */
int
api_refused(const struct api *api, const char *path,
    const struct http_answer *answer, struct err *err)
{
	const char *hint = "";
	char says[256];

	api_complaint(answer->body.data, answer->body.len, says);
	if (answer->status == 401 && strcmp(path, token_path) == 0)
		hint = "; are client_id and password right?";
	else if (answer->status == 403)
		hint = "; is api_key right? (a new one takes some minutes)";
	return err_set(err, ERR_NEVER, "%s%s: status %u%s%s%s", api->host,
	    path, answer->status, *says != '\0' ? ": " : "", says, hint);
}

/* refuse - our credentials, or what we asked */
static int
refuse(struct api *api, const char *path, const struct http_answer *answer,
    struct err *err)
{
	api_refused(api, path, answer, err);
	if (answer->status == 401 || answer->status == 403)
		return api_rest(api, REFUSED_REST, err);
	return -1;
}

/* ---- the token ---- */

static void
forget_token(struct api *api)
{
	explicit_bzero(api->token_field.data, api->token_field.len);
	buf_cut(&api->token_field, 0);
}

/* keep_token - for as long as it is good, but for a minute */
static int
keep_token(struct api *api, const char *path,
    const struct http_answer *answer, struct err *err)
{
	own(buf) struct buf token = BUF_SECRET;
	int64_t life = -1;

	if (api_token_read(answer->body.data, answer->body.len, &token, &life,
	    err) == -1)
		return err_wrap(err, "%s%s", api->host, path);
	if (life < 0)
		life = TOKEN_LIFE;
	api->token_until = clock_boot() + (life > 2 * MINUTE ?
	    life - MINUTE : life / 2);
	buf_texts(&api->token_field, "Authorization: Bearer ", token.data);
	return 0;
}

/* api_login - get a token, unless there is one */
int
api_login(struct api *api, struct err *err)
{
	__attribute__((cleanup(own_http_answer)))
	    struct http_answer answer = HTTP_ANSWER;
	static const struct call call = { token_path, NULL };

	if (api_rests(api, err) == -1)
		return -1;
	if (api->token_field.len > 0 && clock_boot() < api->token_until)
		return 0;
	forget_token(api);
	if (insist(api, &call, &answer, err) == -1)
		return -1;
	return answer.status == 200 ?
	    keep_token(api, call.path, &answer, err) :
	    refuse(api, call.path, &answer, err);
}

/* api_post - a token that has run out is renewed, once */
int
api_post(struct api *api, const char *path, const char *json,
    struct http_answer *out, struct err *err)
{
	const struct call call = { path, json };

	for (bool renewed = false;; renewed = true) {
		if (api_login(api, err) == -1 ||
		    insist(api, &call, out, err) == -1)
			return -1;
		if (out->status != 401 || renewed)
			break;
		forget_token(api);
	}
	return out->status == 200 || out->status == 404 ? 0 :
	    refuse(api, path, out, err);
}
