/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * no_threads - while it is true, there are no threads to be had
 *
 * For tests that have pthread_create in their WRAP line.
 */
#ifndef TESTS_NO_THREADS_H
#define TESTS_NO_THREADS_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool no_threads;

int __real_pthread_create(pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *);

int
__wrap_pthread_create(pthread_t *out, const pthread_attr_t *attr,
    void *(*f)(void *), void *arg)
{
	return no_threads ? EAGAIN : __real_pthread_create(out, attr, f, arg);
}

#endif
