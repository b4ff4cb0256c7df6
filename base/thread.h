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
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

/* thread_start - run(argument), which is borrowed.  out: the thread, to be
 * joined; NULL: nobody joins it.  stack: its octets, 0 for the default.
 * 0 or an errno, as pthread_create(3) says it. */
static inline int
thread_start(pthread_t *out, size_t stack, void *(*run)(void *),
    void *argument)
{
	sigset_t blocked, before;
	pthread_attr_t attr;
	pthread_t thread;
	int error = pthread_attr_init(&attr);

	if (error != 0)
		return error;
	if (out == NULL)
		(void)pthread_attr_setdetachstate(&attr,
		    PTHREAD_CREATE_DETACHED);
	if (stack != 0)
		(void)pthread_attr_setstacksize(&attr, stack);
	sigfillset(&blocked);
	sigdelset(&blocked, SIGBUS);
	sigdelset(&blocked, SIGFPE);
	sigdelset(&blocked, SIGILL);
	sigdelset(&blocked, SIGSEGV);
	/* a new thread has the mask of the one that begins it */
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	error = pthread_create(out != NULL ? out : &thread, &attr, run,
	    argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

#endif
