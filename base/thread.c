/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

static bool holding;
static struct held {
	size_t	 stack;
	void	*(*run)(void *);
	void	*argument;
} held[THREADS_HELD];
static unsigned held_count;

/* begin - now */
static int
begin(pthread_t *out, size_t stack, void *(*run)(void *), void *argument)
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

/* thread_start - now, or when it may */
int
thread_start(pthread_t *out, size_t stack, void *(*run)(void *),
    void *argument)
{
	if (!holding || out != NULL)
		return begin(out, stack, run, argument);
	if (held_count == THREADS_HELD)
		return EAGAIN;
	held[held_count++] = (struct held){ stack, run, argument };
	return 0;
}

/* thread_hold - until thread_release() */
void
thread_hold(void)
{
	holding = true;
}

/* thread_release - all that were held */
int
thread_release(void)
{
	int error = 0;

	holding = false;
	for (unsigned i = 0; error == 0 && i < held_count; i++)
		error = begin(NULL, held[i].stack, held[i].run,
		    held[i].argument);
	held_count = 0;
	return error;
}

/* thread_lock_init - sleeping and being woken takes longer than such work does */
void
thread_lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
	pthread_mutex_init(lock, &attr);
	pthread_mutexattr_destroy(&attr);
}
