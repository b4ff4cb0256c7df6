/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no_threads - so many calls for a thread fail
 *
 *	no_threads = 1;			-- the next one
 *	no_threads = FOR_GOOD;		-- until it is 0 again
 *
 * For tests that have pthread_create in their WRAP line.
 */
#ifndef TESTS_NO_THREADS_H
#define TESTS_NO_THREADS_H

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#define FOR_GOOD UINT_MAX

static atomic_uint no_threads;

int __real_pthread_create(pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *);

int
__wrap_pthread_create(pthread_t *out, const pthread_attr_t *attr,
    void *(*f)(void *), void *arg)
{
	if (no_threads == 0)
		return __real_pthread_create(out, attr, f, arg);
	if (no_threads != FOR_GOOD)
		no_threads--;
	return EAGAIN;
}

#endif
