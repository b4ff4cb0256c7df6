/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "remediate/api/api_private.h"

static const char path[] = "/v1/messages/search";

/* A search on its way, with the tokens of the pages that it had. */
struct search {
	struct api	*api;
	const struct api_window *window;
	api_each	*each;
	void		*arg;
	char		**tokens;
	size_t		 count;
};

/* ---- the request ---- */

/* body_of - JSON, new */
static char *
body_of(const struct api_window *window, const char *token)
{
	char from[API_TIME], to[API_TIME], *text;
	json_t *body = json_pack("{s:[s,s],s:i}", "timestamp",
	    api_time_format(window->from, from),
	    api_time_format(window->to, to), "pageSize", API_PAGE);

	if (window->threats)
		(void)json_object_set_new(body, "verdicts", json_pack(
		    "[s,s,s,s]", "bec", "scam", "phishing", "malicious"));
	if (*token != '\0')
		(void)json_object_set_new(body, "pageToken",
		    json_string(token));
	text = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	return text != NULL ? text : (mem_none(), NULL);
}

/* ---- a page ---- */

static void
give_messages(const struct search *search, const struct api_page *page)
{
	for (size_t i = 0; i < page->count; i++)
		search->each(search->arg, &page->messages[i]);
	if (page->nameless > 0)
		api_say(search->api, "there are messages without an id, "
		    "which are passed over");
}

/* is_known - was there a page with that token before? */
static bool
is_known(const struct search *search, const char *token)
{
	for (size_t i = 0; i < search->count; i++)
		if (strcmp(search->tokens[i], token) == 0)
			return true;
	return false;
}

/* next_page - 1: there is one; 0: that was the last */
static int
next_page(struct search *search, const char *token, struct err *err)
{
	const char *host = search->api->host;

	if (*token == '\0')
		return 0;
	if (is_known(search, token))
		return err_set(err, ERR_LATER, "%s%s: the token of a page "
		    "comes for the second time", host, path);
	if (search->count == API_PAGES_MAX - 1)
		return err_set(err, ERR_LATER, "%s%s: more than %d pages",
		    host, path, API_PAGES_MAX);
	search->tokens = mem_grow(search->tokens, search->count + 1,
	    sizeof(*search->tokens));
	search->tokens[search->count++] = mem_text(token);
	return 1;
}

/* read_page - first its messages, then its token: the last page has some, too */
static int
read_page(struct search *search, const struct http_answer *answer,
    struct err *err)
{
	struct api_page page;
	int result;

	if (answer->status != 200)
		return api_refused(search->api, path, answer, err);
	if (api_page_read(answer->body.data, answer->body.len, &page,
	    err) == -1)
		return err_wrap(err, "%s%s", search->api->host, path);
	give_messages(search, &page);
	result = next_page(search, page.next, err);
	api_page_drop(&page);
	return result;
}

static int
ask_page(struct search *search, struct err *err)
{
	__attribute__((cleanup(own_http_answer)))
	    struct http_answer answer = HTTP_ANSWER;
	own(str) char *body = body_of(search->window, search->count > 0 ?
	    search->tokens[search->count - 1] : "");

	if (api_post(search->api, path, body, &answer, err) == -1)
		return -1;
	return read_page(search, &answer, err);
}

/* api_search - each message of the window */
int
api_search(struct api *api, const struct api_window *window, api_each *each,
    void *arg, struct err *err)
{
	struct search search = { .api = api, .window = window, .each = each,
	    .arg = arg };
	int more;

	if (window->from <= 0 || window->from >= window->to)
		return err_set(err, ERR_NEVER, "a window that ends before it "
		    "begins");
	do
		more = ask_page(&search, err);
	while (more == 1);
	for (size_t i = 0; i < search.count; i++)
		free(search.tokens[i]);
	free(search.tokens);
	return more;
}
