/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_rig - a server, whom http asks, and what was answered
 *
 *	http_rig_up(true);			-- with TLS
 *	assert_int_equal(http_open(&options, &http, &err), 0);
 *	assert_int_equal(http_ask(http, &request, &answer, &err), 0);
 *	tear_down(state);			-- all was asked, and nothing is open
 */
#ifndef TESTS_HTTP_RIG_H
#define TESTS_HTTP_RIG_H

#include "remediate/http/http.h"
#include "tests/unit/opened.h"
#include "tests/unit/remediate/http/http_peer.h"

static struct http *http;
static struct http_answer answer = HTTP_ANSWER;
static struct err err;
static int opened_before;

static inline void
http_rig_up(bool tls)
{
	opened_before = opened();
	peer_start(tls);
}

static inline int
tear_down(void **state)
{
	(void)state;
	http_answer_drop(&answer);
	http = http_close(http);
	peer_heard();
	peer_stop();
	assert_int_equal(opened(), opened_before);
	return 0;
}

#endif
