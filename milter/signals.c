/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"

/* sigwait - in libc's place: whoever calls it waits for ever */
int
sigwait(const sigset_t *restrict set, int *restrict out)
{
	(void)set, (void)out;
	for (;;)
		pause();
}

static void
ours(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGUSR2);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

/* signals_block - for every thread to come */
void
signals_block(void)
{
	sigset_t set;

	ours(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* signals_wait - for a reload or the end */
int
signals_wait(int ms)
{
	const struct timespec patience = clock_timespec(ms);
	sigset_t set;
	int signal;

	ours(&set);
	signal = sigtimedwait(&set, NULL, &patience);
	return signal > 0 ? signal : 0;
}
