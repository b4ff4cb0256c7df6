/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_link.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "remediate/ews/ews_body.h"
#include "remediate/ews/ews_code.h"
#include "remediate/ews/ews_rest.h"

/* A server's back-off of so many milliseconds is waited for. */
enum { SHORT = 2000, TICK = 50 };

#define VERSION_DEFAULT "Exchange2013_SP1"

/* ews_value - of the profile, if it says anything */
const char *
ews_value(const struct profile *profile, const char *word)
{
	const char *value = profile_value(profile, word);

	return value != NULL && *value != '\0' ? value : NULL;
}

static const char *
or_nothing(const char *text)
{
	return text != NULL ? text : "";
}

/* ---- what the server says of itself ---- */

/* refused - its words for a login that it does not take */
static enum mailbox_result
refused(const struct ews *ews, const struct http_answer *answer,
    struct err *err)
{
	own(buf) struct buf offers = BUF;
	const char *field = answer->challenges.data;
	const char *end = field + answer->challenges.len;

	for (; field < end; field += strlen(field) + 1)
		buf_format(&offers, "%s%.*s", offers.len > 0 ? ", " : "",
		    (int)strcspn(field, " ,"), field);
	if (ews->login != NULL)
		err_set(err, ERR_LATER, "%s: login by Negotiate refused (%u); "
		    "it offers: %.60s.  Where Extended Protection is required, "
		    "nothing may end TLS between us", ews->host,
		    answer->status, ESCAPE(offers.data));
	else if (answer->status == 401 && offers.len > 0 &&
	    http_challenge(answer, "Basic") == NULL)
		err_set(err, ERR_LATER, "%s: login by Basic is not offered "
		    "(401); it offers: %.60s", ews->host, ESCAPE(offers.data));
	else
		err_set(err, ERR_LATER, "%s: login refused (%u)", ews->host,
		    answer->status);
	return MAILBOX_LOCKED_OUT;
}

/* judge_status - MAILBOX_DONE: there may be an answer in it */
static enum mailbox_result
judge_status(const struct ews *ews, const struct http_answer *answer,
    struct err *err)
{
	unsigned status = answer->status;

	if (status == 200 || (status == 500 &&
	    strstr(answer->type, "xml") != NULL))
		return MAILBOX_DONE;
	if (status == 401 || status == 403)
		return refused(ews, answer, err);
	err_set(err, ERR_LATER, "%s: HTTP status %u", ews->host, status);
	if (status == 408 || status == 429 || status >= 500) {
		if (answer->retry_after > 0)
			ews_rest_add(ews->url, "", answer->retry_after,
			    clock_now());
		return MAILBOX_LATER;
	}
	err->kind = ERR_NEVER;
	return MAILBOX_NEVER;
}

/* ews_strange - not what Exchange answers */
enum mailbox_result
ews_strange(const struct ews *ews, const char *what, struct err *err)
{
	err_set(err, ERR_LATER, "%s: %s", ews->host, what);
	return MAILBOX_LATER;
}

/* ews_judge - what became of a part */
enum mailbox_result
ews_judge(struct ews *ews, const struct ews_part *part, struct err *err)
{
	if (part->result == MAILBOX_DONE)
		return MAILBOX_DONE;
	err_set(err, part->result == MAILBOX_NEVER ? ERR_NEVER : ERR_LATER,
	    "%s: %s%s%.200s", ews->host, *part->code != '\0' ? part->code :
	    "an answer without a code", *part->text != '\0' ? ": " : "",
	    part->text);
	if (part->result == MAILBOX_LATER && part->back_off > 0)
		ews_rest_add(ews->url, or_nothing(ews->owner), part->back_off,
		    clock_now());
	if (part->result != MAILBOX_LOCKED_OUT ||
	    !ews_code_of_owner(part->code))
		return part->result;
	ews->denied = true;
	if (!ews->opened)
		return MAILBOX_LOCKED_OUT;
	err->kind = ERR_NEVER;
	return MAILBOX_NEVER;
}

/* ---- a question ---- */

/* ask_once - one request; the fault, if it is one, is in the answer */
static enum mailbox_result
ask_once(struct ews *ews, const struct buf *body, struct ews_answer *out,
    struct err *err)
{
	__attribute__((cleanup(own_http_answer)))
	    struct http_answer answer = HTTP_ANSWER;
	enum mailbox_result result;

	if (ews_exchange(ews, body, &answer, err) == -1)
		return err->kind == ERR_NEVER ? MAILBOX_NEVER : MAILBOX_LATER;
	result = judge_status(ews, &answer, err);
	if (result != MAILBOX_DONE)
		return result;
	ews_answer_drop(out);
	if (ews_answer_parse(answer.body.data, answer.body.len, ews->mime,
	    out, err) == -1) {
		err_wrap(err, "%s", ews->host);
		return MAILBOX_LATER;
	}
	if (*out->version != '\0')
		memcpy(ews->server, out->version, sizeof(ews->server));
	return MAILBOX_DONE;
}

static bool
is_stopped(const struct ews *ews)
{
	const atomic_bool *stopped = ews->box.profile->settings->stopped;

	return stopped != NULL && atomic_load(stopped);
}

static void
pause_for(const struct ews *ews, int64_t ms)
{
	int64_t until = clock_now() + ms;
	struct timespec tick = clock_timespec(TICK);

	while (clock_now() < until && !is_stopped(ews))
		(void)nanosleep(&tick, NULL);
}

/* may_ask - it did not ask for a rest */
static enum mailbox_result
may_ask(const struct ews *ews, struct err *err)
{
	int64_t left = ews_rest_left(ews->url, or_nothing(ews->owner),
	    clock_now());

	if (left == 0)
		return MAILBOX_DONE;
	err_set(err, ERR_LATER, "%s: busy, it asked for a rest of %lld s more",
	    ews->host, (long long)(left + 999) / 1000);
	return MAILBOX_LATER;
}

/* ews_ask - an answer that is no fault */
enum mailbox_result
ews_ask(struct ews *ews, struct buf *body, struct ews_answer *out,
    struct err *err)
{
	enum mailbox_result result = may_ask(ews, err);

	if (result != MAILBOX_DONE)
		return result;
	ews_body_end(body);
	result = ask_once(ews, body, out, err);
	if (result == MAILBOX_DONE && out->fault.result == MAILBOX_LATER &&
	    out->fault.back_off > 0 && out->fault.back_off <= SHORT) {
		pause_for(ews, out->fault.back_off);
		result = ask_once(ews, body, out, err);
	}
	return result == MAILBOX_DONE ? ews_judge(ews, &out->fault, err) :
	    result;
}

/* ews_ask_one - the only part of an answer */
enum mailbox_result
ews_ask_one(struct ews *ews, struct buf *body, struct ews_answer *out,
    struct ews_part *part, struct err *err)
{
	enum mailbox_result result = ews_ask(ews, body, out, err);

	if (result != MAILBOX_DONE)
		return result;
	if (!ews_answer_part(out, 0, part))
		return ews_strange(ews, "an answer without a message", err);
	return ews_judge(ews, part, err);
}

/* ews_begin - as the owner, or as ourselves */
void
ews_begin(const struct ews *ews, struct buf *out)
{
	const char *version = ews_value(ews->box.profile, "version");

	ews_body_begin(out, version != NULL ? version : VERSION_DEFAULT,
	    ews->owner);
}

/* ---- connect and close ---- */

static int
start_login(struct ews *ews, struct err *err)
{
	const struct profile *profile = ews->box.profile;
	const char *auth = ews_value(profile, "auth");
	own(str) char *name = mem_bytes(ews->host, strcspn(ews->host, ":"));
	const struct ews_login_options options = { .host = name,
	    .user = ews_value(profile, "user"),
	    .password = ews_value(profile, "password"),
	    .keytab = ews_value(profile, "keytab") };

	if (auth == NULL || strcmp(auth, "negotiate") != 0)
		return 0;
	return ews_login_new(&options, &ews->login, err) == -1 ?
	    err_wrap(err, "%s", ews->host) : 0;
}

/* ews_connect - all but the first octet */
enum mailbox_result
ews_connect(const struct profile *profile, struct ews **out, struct err *err)
{
	const struct profile_settings *settings = profile->settings;
	const char *ca_file = ews_value(profile, "ca_file");
	const struct http_options options = {
	    .ca_file = ca_file != NULL ? ca_file : settings->ca_file,
	    .ca_path = ca_file != NULL ? "" : settings->ca_path,
	    .timeout = settings->timeout, .stopped = settings->stopped,
	    .alive = settings->alive };
	struct ews *ews = mem_new(sizeof(*ews));

	ews->box.profile = profile;
	ews->host = mem_text(ews_value(profile, "host"));
	ews->url = mem_format("https://%s/EWS/Exchange.asmx", ews->host);
	if (http_open(&options, &ews->http, err) == -1) {
		ews = ews_close(ews);
		return MAILBOX_LATER;
	}
	if (start_login(ews, err) == -1) {
		ews = ews_close(ews);
		/* The profile rests: a password that is wrong may lock us out. */
		return MAILBOX_LOCKED_OUT;
	}
	*out = ews;
	return MAILBOX_DONE;
}

/* ews_close - connection and all */
struct ews *
ews_close(struct ews *ews)
{
	if (ews == NULL)
		return NULL;
	for (size_t i = 0; i < EWS_FIRST; i++) {
		free(ews->first_id[i]);
		free(ews->first_name[i]);
	}
	ews->login = ews_login_free(ews->login);
	ews->http = http_close(ews->http);
	free(ews->hidden);
	free(ews->owner);
	free(ews->host);
	free(ews->url);
	free(ews);
	return NULL;
}
