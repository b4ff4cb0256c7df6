/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread - begin one that takes no signals from others
 *
 *	static void *run(void *object);
 *
 *	pthread_t thread;
 *	int error = thread_start(&thread, 0, run, object);
 *
 * A signal to the process is for the thread that waits for it, whichever other
 * begins one here.  Those that a thread brings upon itself stay open: SIGBUS
 * has a handler (mapped.h), and the rest are reported where they happen.
 *
 * What a daemon gives up at its start is given up by the thread that does so, and
 * by those which that one makes later: so threads of libraries, as the log's, can
 * be held back until then.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <stddef.h>

/* thread_start - run(argument), which is borrowed.  out: the thread, to be
 * joined; NULL: nobody joins it.  stack: its octets, 0 for the default.
 * 0 or an errno, as pthread_create(3) says it. */
int	thread_start(pthread_t *out, size_t stack, void *(*run)(void *),
	    void *argument);

/* thread_hold - from now on those that nobody joins do not begin; up to
 * THREADS_HELD of them, and more are EAGAIN.  By the first thread, while there is
 * no other.
 * thread_release - they begin: 0 or an errno. */
enum { THREADS_HELD = 16 };
void	thread_hold(void);
int	thread_release(void);

/* thread_lock_init - a mutex for short work under it: who finds it taken looks
 * again for a moment before it sleeps, where the C library knows how.  It must be
 * for work of a few microseconds, never for what waits for a disk or a peer.
 * THREAD_LOCK: the same of a static one. */
void	thread_lock_init(pthread_mutex_t *);
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#define THREAD_LOCK PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#else
#define THREAD_LOCK PTHREAD_MUTEX_INITIALIZER
#endif

#endif
