/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/polling.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/digits.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/api/windows.h"

enum {
	SKEW_MOST = 30,			/* s */
	SECOND = 1000, MINUTE = 60 * SECOND, DAY = 1440 * MINUTE
};

/* What a session with the API stands on. */
struct place {
	char		*url, *credentials, *ca_file, *ca_path;
	struct stat	 file;		/* of credentials; st_ino 0: unknown */
};

struct polling {
	const struct settings *settings;
	struct state	*state;
	void		(*alive)(void);
	struct place	 place;
	struct api	*api;		/* NULL: not opened yet */
	struct verdict_source source;
	struct windows_done polled;	/* by the last poll; not noted yet */
};

/* ---- where ---- */

static const char *
url_of(const struct conf *conf)
{
	const char *url = *conf->api_region != '\0' ?
	    api_region(conf->api_region) : NULL;

	return url != NULL ? url : conf->api_url;
}

static struct place
place_of(const struct conf *conf)
{
	struct place place = { .url = mem_text(url_of(conf)),
	    .credentials = mem_text(conf->api_credentials_file),
	    .ca_file = mem_text(conf->tls_ca_file),
	    .ca_path = mem_text(conf->tls_ca_path) };

	if (stat(place.credentials, &place.file) == -1)
		place.file.st_ino = 0;
	return place;
}

static void
place_drop(struct place *place)
{
	free(place->url);
	free(place->credentials);
	free(place->ca_file);
	free(place->ca_path);
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool
is_same_place(const struct place *a, const struct place *b)
{
	return strcmp(a->url, b->url) == 0 &&
	    strcmp(a->credentials, b->credentials) == 0 &&
	    strcmp(a->ca_file, b->ca_file) == 0 &&
	    strcmp(a->ca_path, b->ca_path) == 0 &&
	    is_same_file(&a->file, &b->file);
}

/* ---- a session ---- */

/* take_request - one of the day's, counted before it is made */
static int
take_request(void *arg, int64_t now, struct err *err)
{
	const struct polling *polling = arg;
	unsigned most = polling->settings->conf.api_daily_requests;
	bool may = true;

	if (polling->state != NULL && state_spend(polling->state, now, most,
	    &may, err) == -1)
		return -1;
	return may ? 0 : err_set(err, ERR_LATER, "all %u requests of this "
	    "day (UTC) are used up (api_daily_requests)", most);
}

static void
say(void *arg, const char *text)
{
	(void)arg;
	log_event(remediation_trouble, ESCAPE(text));
}

static int
open_api(struct polling *polling, struct err *err)
{
	const struct place *place = &polling->place;
	const struct api_options options = { .url = place->url,
	    .credentials_file = place->credentials,
	    .ca_file = place->ca_file, .ca_path = place->ca_path,
	    .timeout = polling->settings->conf.remediation_timeout,
	    .budget = { take_request, polling },
	    .notice = { say, NULL }, .alive = polling->alive,
	    .stopped = polling->settings->stopped };

	return polling->api != NULL ? 0 : api_open(&options, &polling->api,
	    err);
}

/* tell_skew - when verdicts may be missed for it */
static void
tell_skew(const struct polling *polling)
{
	long long seconds = (long long)(api_skew(polling->api) / SECOND);

	if (seconds > SKEW_MOST || seconds < -SKEW_MOST)
		log_event(api_skew, (unsigned)(seconds < 0 ? -seconds :
		    seconds));
}

static int
login(struct polling *polling, struct err *err)
{
	if (open_api(polling, err) == -1 ||
	    api_login(polling->api, err) == -1)
		return -1;
	tell_skew(polling);
	return 0;
}

/* ---- what was asked ---- */

#define NOTE 48

static const char *
note_name(int span, char out[NOTE])
{
	(void)snprintf(out, NOTE, STATE_NOTE_WINDOW "%s",
	    windows_name((enum windows_span)span));
	return out;
}

static int
read_notes(struct polling *polling, struct windows_done *done,
    struct err *err)
{
	*done = (struct windows_done){ 0 };
	for (int span = 0; polling->state != NULL && span < WINDOWS_SPANS;
	    span++) {
		char name[NOTE];
		char *text;
		uint64_t at;

		if (state_noted(polling->state, note_name(span, name), &text,
		    err) == -1)
			return -1;
		if (digits_parse(text, strlen(text), INT64_MAX, &at))
			done->at[span] = (int64_t)at;
		free(text);
	}
	return 0;
}

static int
write_notes(struct polling *polling, const struct windows_done *done,
    struct err *err)
{
	for (int span = 0; polling->state != NULL && span < WINDOWS_SPANS;
	    span++) {
		char name[NOTE], text[DIGITS_MAX + 1];

		*digits_decimal(text, (uint64_t)done->at[span]) = '\0';
		if (done->at[span] > 0 && state_note(polling->state,
		    note_name(span, name), text, err) == -1)
			return -1;
	}
	return 0;
}

/* ---- a poll ---- */

/* Who gets the messages, and how many there were. */
struct given {
	api_each	*each;
	void		*arg;
	unsigned	 count;
};

static void
give(void *arg, const struct api_message *message)
{
	struct given *given = arg;

	given->count++;
	if (given->each != NULL)
		given->each(given->arg, message);
}

/* ask - all windows of a plan */
static int
ask(struct polling *polling, const struct windows_plan *plan,
    struct given *given, struct err *err)
{
	const char *host = api_host(polling->api);
	unsigned before = api_requests(polling->api);
	int64_t from = plan->windows[plan->count - 1].from;

	for (size_t i = 0; i < plan->count; i++)
		if (api_search(polling->api, &plan->windows[i], give, given,
		    err) == -1)
			return -1;
	log_event(api_polled, ESCAPE(host), given->count,
	    (unsigned)((plan->now - from) / MINUTE),
	    api_requests(polling->api) - before);
	return 0;
}

static int
run_poll(void *arg, int64_t now, api_each *each, void *each_arg,
    struct err *err)
{
	struct polling *polling = arg;
	const struct conf *conf = &polling->settings->conf;
	const struct windows_rules rules = { .reach = conf->api_lookback,
		.oldest = conf->remediation_max_age };
	struct given given = { .each = each, .arg = each_arg };
	struct windows_done done;
	struct windows_plan plan;

	polling->polled = (struct windows_done){ 0 };
	if (login(polling, err) == -1 ||
	    read_notes(polling, &done, err) == -1)
		return -1;
	windows_next(&rules, &done, now + api_skew(polling->api), &plan);
	if (ask(polling, &plan, &given, err) == -1)
		return -1;
	windows_did(&plan, &done);
	polling->polled = done;
	return 0;
}

static int
run_done(void *arg, struct err *err)
{
	struct polling *polling = arg;

	return write_notes(polling, &polling->polled, err);
}

/* run_test - log in, and see that the key is good for a search, too */
static int
run_test(void *arg, struct buf *said, struct err *err)
{
	struct polling *polling = arg;
	struct given given = { 0 };
	struct api_window window = { .threats = true };
	int64_t skew;

	if (login(polling, err) == -1)
		return -1;
	skew = api_skew(polling->api);
	window.to = clock_wall() + skew - 5 * MINUTE;
	window.from = window.to - DAY;
	if (api_search(polling->api, &window, give, &given, err) == -1)
		return -1;
	buf_format(said, "%s has %u message%s with a bad verdict in the last "
	    "day", api_host(polling->api), given.count,
	    given.count == 1 ? "" : "s");
	if (skew / SECOND > SKEW_MOST || skew / SECOND < -SKEW_MOST)
		buf_format(said, "; its clock and ours differ by %lld "
		    "seconds", (long long)(skew < 0 ? -skew : skew) / SECOND);
	return 0;
}

static int
run_verdict_now(void *arg, const char *id, enum api_verdict *out,
    struct err *err)
{
	struct polling *polling = arg;

	return open_api(polling, err) == -1 ? -1 :
	    api_verdict_now(polling->api, id, out, err);
}

/* run_search - up to what the service lets us ask for; times are ours */
static int
run_search(void *arg, const struct api_window *window, api_each *each,
    void *each_arg, struct err *err)
{
	struct polling *polling = arg;
	struct api_window asked = *window;
	int64_t skew, most;

	if (login(polling, err) == -1)
		return -1;
	skew = api_skew(polling->api);
	most = clock_wall() - 5 * MINUTE;
	if (asked.to > most)
		asked.to = most;
	if (asked.from >= asked.to)
		return 0;
	asked.from += skew;
	asked.to += skew;
	return api_search(polling->api, &asked, each, each_arg, err);
}

/* ---- the object ---- */

/* polling_new - nothing is asked yet */
struct polling *
polling_new(const struct settings *settings, struct state *state,
    void (*alive)(void))
{
	struct polling *polling = mem_new(sizeof(*polling));

	*polling = (struct polling){ .settings = settings, .state = state,
	    .alive = alive, .place = place_of(&settings->conf),
	    .source = { .poll = run_poll, .done = run_done,
	    .test = run_test, .verdict_now = run_verdict_now,
	    .search = run_search, .arg = polling } };
	return polling;
}

/* polling_use - other settings from now on */
void
polling_use(struct polling *polling, const struct settings *settings,
    bool anew)
{
	struct place place = place_of(&settings->conf);

	polling->settings = settings;
	if (anew || !is_same_place(&place, &polling->place))
		polling->api = api_close(polling->api);
	if (polling->api != NULL) {
		place_drop(&place);
		return;
	}
	place_drop(&polling->place);
	polling->place = place;
}

/* polling_free - and its session */
struct polling *
polling_free(struct polling *polling)
{
	if (polling == NULL)
		return NULL;
	api_close(polling->api);
	place_drop(&polling->place);
	free(polling);
	return NULL;
}

/* polling_source - NULL: no API is configured */
const struct verdict_source *
polling_source(struct polling *polling)
{
	return *polling->place.url != '\0' &&
	    *polling->place.credentials != '\0' ? &polling->source : NULL;
}
