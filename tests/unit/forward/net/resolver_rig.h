/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * resolver_rig - a resolver whose library may be stuck or refuse, and whose
 * clock may be ahead
 *
 *	struct resolver *dns = resolver();
 *
 *	set_stuck(true);		-- no question comes to an end
 *	refusal = UB_SERVFAIL;		-- that is what the library says to all
 *	later += 1000;			-- a second passes
 *
 * For tests that have ub_resolve and clock_now in their WRAP line.
 */
#ifndef TESTS_RESOLVER_RIG_H
#define TESTS_RESOLVER_RIG_H

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unbound.h>

#include "base/clock.h"
#include "forward/net/resolver.h"
#include "forward/net/resolver_private.h"
#include "tests/unit/spool_rig.h"

enum { TYPE_A = 1, TYPE_MX = 15 };

int __real_ub_resolve(struct ub_ctx *, const char *, int, int,
    struct ub_result **);
int __wrap_ub_resolve(struct ub_ctx *, const char *, int, int,
    struct ub_result **);
int64_t __real_clock_now(void);
int64_t __wrap_clock_now(void);

static _Atomic int64_t later;		/* ms that the clock is ahead */
static atomic_int refusal;		/* what the library says to all */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static bool stuck;			/* no question comes to an end */

int
__wrap_ub_resolve(struct ub_ctx *context, const char *name, int type,
    int class, struct ub_result **result)
{
	int failed = atomic_load(&refusal);

	pthread_mutex_lock(&lock);
	while (stuck)
		pthread_cond_wait(&freed, &lock);
	pthread_mutex_unlock(&lock);
	return failed != 0 ? failed :
	    __real_ub_resolve(context, name, type, class, result);
}

int64_t
__wrap_clock_now(void)
{
	return __real_clock_now() + atomic_load(&later);
}

static inline void
set_stuck(bool value)
{
	pthread_mutex_lock(&lock);
	stuck = value;
	pthread_cond_broadcast(&freed);
	pthread_mutex_unlock(&lock);
}

/* settle - until all threads are at their end */
static inline void
settle(void)
{
	while (resolver_under_way() > 0)
		usleep(1000);
}

static inline struct resolver *
resolver(void)
{
	struct resolver *resolver;
	struct err err;

	/* waits are by the real clock: who waits long must not be ahead of it */
	atomic_store(&later, 0);
	/* the discard port: nobody is ever asked here */
	must(resolver_new("127.0.0.1@9", &resolver, &err) == 0);
	must(resolver_trust(resolver, NULL, &err) == 0);
	return resolver;
}

static inline enum dns_status
ask_for(struct resolver *resolver, const char *name, int type,
    int64_t patience, const char **why)
{
	struct resolver_answer answer;
	enum dns_status status = resolver_ask(resolver, name, type,
	    clock_now() + patience, &answer);

	*why = answer.why;
	resolver_drop(&answer);
	assert_null(answer.result);
	return status;
}

/* ask - for a name that the library knows by itself */
static inline enum dns_status
ask(struct resolver *resolver, int64_t patience, const char **why)
{
	return ask_for(resolver, "localhost", TYPE_A, patience, why);
}

#endif
