/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * polling_rig - a polling of an API that says what the test wants
 *
 *	fails = "search";
 *	assert_int_equal(poll_and_done(NOW), -1);
 *
 * WRAP: api_open api_close api_login api_search api_skew api_requests api_host
 * WRAP: api_verdict_now clock_wall log_write state_note state_noted state_spend
 */
#ifndef TESTS_POLLING_RIG_H
#define TESTS_POLLING_RIG_H

#include "remediate/polling.h"

#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "remediate/api/windows.h"
#include "tests/unit/remediate/told.h"
#include "tests/unit/scratch.h"

#define NOW	INT64_C(1700000000000)
#define MINUTE	INT64_C(60000)
#define CREDENTIALS "client_id = a\npassword = b\napi_key = c\n"

/* ---- an API ---- */

struct api { struct api_options options; };

static struct api session;
static unsigned opens, closes, searches;
static int64_t skew;
static const char *fails;		/* the call that does; "" */
static struct api_window asked;		/* by the last search */
static char url[100];
static unsigned messages;		/* of each search */

static inline int
result_of(const char *call, struct err *err)
{
	return strcmp(fails, call) == 0 ? err_set(err, ERR_LATER, "%s fails",
	    call) : 0;
}

int	__wrap_api_open(const struct api_options *, struct api **, struct err *);
int
__wrap_api_open(const struct api_options *options, struct api **out,
    struct err *err)
{
	opens++;
	session.options = *options;
	snprintf(url, sizeof(url), "%s", options->url);
	*out = &session;
	return result_of("open", err);
}

struct api *__wrap_api_close(struct api *);
struct api *
__wrap_api_close(struct api *api)
{
	closes += api != NULL;
	return NULL;
}

int	__wrap_api_login(struct api *, struct err *);
int
__wrap_api_login(struct api *api, struct err *err)
{
	assert_ptr_equal(api, &session);
	return result_of("login", err);
}

int	__wrap_api_search(struct api *, const struct api_window *, api_each *,
	    void *, struct err *);
int
__wrap_api_search(struct api *api, const struct api_window *window,
    api_each *each, void *arg, struct err *err)
{
	const struct api_message message = { .id = "id-1" };

	assert_ptr_equal(api, &session);
	searches++;
	asked = *window;
	for (unsigned i = 0; i < messages; i++)
		each(arg, &message);
	return result_of("search", err);
}

int64_t	__wrap_api_skew(const struct api *);
int64_t
__wrap_api_skew(const struct api *api)
{
	assert_ptr_equal(api, &session);
	return skew;
}

unsigned __wrap_api_requests(const struct api *);
unsigned
__wrap_api_requests(const struct api *api)
{
	(void)api;
	return searches;
}

const char *__wrap_api_host(const struct api *);
const char *
__wrap_api_host(const struct api *api)
{
	(void)api;
	return "api.example";
}

int	__wrap_api_verdict_now(struct api *, const char *, enum api_verdict *,
	    struct err *);
int
__wrap_api_verdict_now(struct api *api, const char *id, enum api_verdict *out,
    struct err *err)
{
	assert_ptr_equal(api, &session);
	assert_string_equal(id, "id-1");
	*out = API_NEUTRAL;
	return result_of("verdict", err);
}

int64_t	__wrap_clock_wall(void);
int64_t
__wrap_clock_wall(void)
{
	return NOW;
}

int	__real_state_noted(struct state *, const char *, char **, struct err *);
int	__wrap_state_noted(struct state *, const char *, char **, struct err *);
int
__wrap_state_noted(struct state *state, const char *name, char **out,
    struct err *err)
{
	return result_of("noted", err) == -1 ? -1 :
	    __real_state_noted(state, name, out, err);
}

int	__real_state_note(struct state *, const char *, const char *,
	    struct err *);
int	__wrap_state_note(struct state *, const char *, const char *,
	    struct err *);
int
__wrap_state_note(struct state *state, const char *name, const char *text,
    struct err *err)
{
	return result_of("note", err) == -1 ? -1 :
	    __real_state_note(state, name, text, err);
}

int	__real_state_spend(struct state *, int64_t, unsigned, bool *,
	    struct err *);
int	__wrap_state_spend(struct state *, int64_t, unsigned, bool *,
	    struct err *);
int
__wrap_state_spend(struct state *state, int64_t now, unsigned most, bool *out,
    struct err *err)
{
	return result_of("spend", err) == -1 ? -1 :
	    __real_state_spend(state, now, most, out, err);
}

/* ---- the gateway ---- */

static char *dir, *credentials, *database;
static struct settings settings;
static struct state *kept;
static struct polling *polling;
static const struct verdict_source *source;
static struct err err;

/* configure - with more lines of tdc.cf */
static inline void
configure(struct settings *out, const char *more)
{
	own(str) char *text = mem_format("intake_address = in@take.example\n"
	    "helo_name = gw.example\napi_polling = yes\n"
	    "api_credentials_file = %s\n%s", credentials, more);

	*out = (struct settings){ .origin = NULL };
	if (conf_parse("tdc.cf", text, &out->conf, &err) == -1)
		fail_msg("%s", err.text);
}

static inline void
begin(struct state *state)
{
	polling = polling_new(&settings, state, NULL);
	source = polling_source(polling);
	assert_non_null(source);
}

static inline int
set_up(void **state)
{
	(void)state;
	dir = scratch_new();
	credentials = scratch_file(dir, "api", CREDENTIALS);
	database = mem_format("%s/state.db", dir);
	assert_int_equal(state_open(database, STATE_WRITE, &kept, &err), 0);
	configure(&settings, "api_url = https://api.example\n");
	opens = closes = searches = messages = 0;
	memset(told, 0, sizeof(told));
	skew = 0;
	fails = "";
	begin(kept);
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	polling = polling_free(polling);
	assert_int_equal(opens, closes);
	kept = state_close(kept);
	conf_drop(&settings.conf);
	free(database);
	free(credentials);
	scratch_free(dir);
	return 0;
}

static unsigned seen;

static inline void
see(void *arg, const struct api_message *message)
{
	(void)arg;
	assert_string_equal(message->id, "id-1");
	seen++;
}

static inline int
poll_and_done(int64_t now)
{
	seen = 0;
	err.text[0] = '\0';
	return source->poll(source->arg, now, see, NULL, &err) == -1 ? -1 :
	    source->done(source->arg, &err);
}

static inline char *
noted(const char *name)
{
	char *text;

	assert_int_equal(state_noted(kept, name, &text, &err), 0);
	return text;
}

#endif
