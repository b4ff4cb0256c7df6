/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etcd_script - a lease, and an etcd that says what it is told to
 *
 *	SAYS(NOBODY, GRANT(7), TXN(.succeeded = true));
 *	assert_int_equal(ask(), 0);
 *
 *	WRAP: etcd_ask etcd_code
 */
#ifndef TESTS_ETCD_SCRIPT_H
#define TESTS_ETCD_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/own.h"
#include "remediate/lease/lease_private.h"

enum { FAILS = -1 };

struct reply {
	const char	*path;		/* what must be asked; NULL: no more */
	int		 result, code;
	struct etcd_answer answer;
};

static struct reply script[8];
static const struct reply *next = script;
static int last_code;

/* says - after all that it was to say before */
static inline void
says(const struct reply *replies, size_t size)
{
	assert_null(next->path);
	assert_true(size < sizeof(script));
	memset(script, 0, sizeof(script));
	memcpy(script, replies, size);
	next = script;
}

int	__wrap_etcd_ask(struct etcd *, const char *, const char *,
	    struct etcd_answer *, struct err *);
int
__wrap_etcd_ask(struct etcd *etcd, const char *path, const char *json,
    struct etcd_answer *out, struct err *err)
{
	const struct reply *reply = next++;

	(void)etcd;
	assert_non_null(reply->path);
	assert_string_equal(path, reply->path);
	assert_true(*json == '{' && json[strlen(json) - 1] == '}');
	last_code = reply->code;
	if (reply->result == FAILS)
		return err_set(err, ERR_NEVER, "etcd says no");
	*out = reply->answer;
	return 0;
}

int	__wrap_etcd_code(const struct etcd *);
int
__wrap_etcd_code(const struct etcd *etcd)
{
	(void)etcd;
	return last_code;
}

#define ANSWER(...) 0, -1, { .token = "", .revision = 50, .cluster = 1, \
	__VA_ARGS__ }
#define SAYS(...) says((const struct reply[]){ __VA_ARGS__ }, \
	sizeof((const struct reply[]){ __VA_ARGS__ }))
#define GRANT(number) { "lease/grant", ANSWER(.lease = (number)) }
#define REVOKE { "lease/revoke", ANSWER() }
#define KEPT(seconds) { "lease/keepalive", ANSWER(.ttl = (seconds)) }
#define NOBODY { "kv/range", ANSWER() }
#define HELD(by) { "kv/range", ANSWER(.pairs = (by), .count = 1) }
#define AT(number, at, ...) { "kv/range", 0, -1, { .token = "", \
	.cluster = (number), .revision = (at), __VA_ARGS__ } }
#define TXN(...) { "kv/txn", ANSWER(__VA_ARGS__) }
#define NO(path) { path, FAILS, -1, { .token = "" } }
#define NOT_FOUND(path) { path, FAILS, ETCD_NOT_FOUND, { .token = "" } }

static const struct etcd_pair ours = { .key = "k", .value = "gw.example",
	.lease = 7, .created = 9 };
static const struct etcd_pair another = { .key = "k", .value = "other.example",
	.lease = 8, .created = 4 };

static struct lease *lease;
static struct err err;
static bool mine;

static inline int
set_up(void **state)
{
	const struct lease_options options = { .urls = "http://127.0.0.1:1",
	    .prefix = "/tdc/", .credentials_file = "", .ca_file = "",
	    .ttl = 60000, .name = "gw.example" };

	(void)state;
	err.text[0] = '\0';
	return lease_open(&options, &lease, &err);
}

static inline int
tear_down(void **state)
{
	(void)state;
	assert_null(next->path);	/* all was asked */
	lease->id = 0;			/* nothing to give back */
	lease = lease_close(lease);
	return 0;
}

/* held - as if etcd had given it to us */
static inline void
held(void)
{
	lease->id = 7;
	lease->created = 9;
	lease->until = clock_boot() + 60000;
	lease->next = 0;
}

static inline int
ask(void)
{
	lease->next = 0;
	mine = false;
	return lease_mine(lease, &mine, &err);
}

static inline void
must_fail(int result, const char *why)
{
	assert_int_equal(result, -1);
	assert_string_equal(err.text, why);
	assert_false(lease_is_mine(lease));
}

#endif
