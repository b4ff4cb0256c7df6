/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api_peer - the service, which answers as it is told to, and a clock that
 * goes when it is waited for, and never else
 *
 *	api_peer_start();
 *	PEER_SAYS(LOGIN, { .status = "404 Not Found" });
 *	api_verdict_now(api, "id-1", &verdict, &err);
 *	api_peer_stop();
 *
 * For "WRAP: clock_now clock_boot nanosleep".
 */
#ifndef TESTS_API_PEER_H
#define TESTS_API_PEER_H

#include <time.h>

#include "base/clock.h"
#include "remediate/api/api_private.h"
#include "tests/unit/opened.h"
#include "tests/unit/remediate/http/http_peer.h"

static struct api *api;
static struct err err;
static atomic_bool stopped;
static int64_t slept;		/* ms, in sum */
static int64_t stops_after;	/* as much, and we are to stop; 0: never */
static unsigned notices, alive_calls;
static char last_notice[640];
static int opened_before;
static char *directory;

/* ---- time ---- */

int64_t	__wrap_clock_now(void);
int64_t
__wrap_clock_now(void)
{
	return 1000000 + slept;
}

int64_t	__wrap_clock_boot(void);
int64_t
__wrap_clock_boot(void)
{
	return 2000000 + slept;
}

int	__wrap_nanosleep(const struct timespec *, struct timespec *);
int
__wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	slept += time->tv_sec * 1000 + (time->tv_nsec + 999999) / 1000000;
	if (stops_after > 0 && slept >= stops_after)
		atomic_store(&stopped, true);
	return 0;
}

/* ---- the service ---- */

static inline void
say(void *arg, const char *text)
{
	(void)arg;
	notices++;
	snprintf(last_notice, sizeof(last_notice), "%s", text);
}

static inline void
alive(void)
{
	alive_calls++;
}

/* api_peer_open - with these options, and what all of them have */
static inline int
api_peer_open(struct api_options options)
{
	own(str) char *path = scratch_file(directory, "credentials",
	    "client_id = me\npassword = hush\napi_key = K3y\n");
	own(str) char *url = mem_format("http://127.0.0.1:%s//", peer.port);

	assert_int_equal(chmod(path, 0600), 0);
	options.url = url;
	options.credentials_file = path;
	options.timeout = 5000;
	err.text[0] = '\0';
	return api_open(&options, &api, &err);
}

static inline void
api_peer_begin(void)
{
	opened_before = opened();
	directory = scratch_new();
	atomic_store(&stopped, false);
	slept = stops_after = 0;
	notices = alive_calls = 0;
	peer_start(false);
}

static inline int
api_peer_start(void **state)
{
	(void)state;
	api_peer_begin();
	assert_int_equal(api_peer_open((struct api_options){
	    .notice = { .say = say }, .stopped = &stopped, .alive = alive }), 0);
	return 0;
}

static inline int
api_peer_stop(void **state)
{
	(void)state;
	api = api_close(api);
	peer_heard();
	peer_stop();
	scratch_free(directory);
	assert_int_equal(opened(), opened_before);
	return 0;
}

/* says - of this service, and no secret */
static inline void
says(const char *why, enum err_kind kind)
{
	own(str) char *wanted = mem_format("127.0.0.1:%s%s", peer.port, why);

	assert_string_equal(err.text, wanted);
	assert_int_equal(err.kind, kind);
	assert_null(strstr(err.text, "hush"));
}

#define JSON "200 OK\r\nContent-Type: application/json"
#define LOGIN { .wants = "POST /v1/oauth/token HTTP/1.1\r\n", .status = JSON, \
	.body = "{\"accessToken\": \"T0ken\"}" }

#endif
