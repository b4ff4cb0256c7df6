/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

/* sigwait - in libc's place: whoever waits in this program never gets SIGHUP */
int
sigwait(const sigset_t *restrict set, int *restrict out)
{
	sigset_t without = *set;
	int signal;

	sigdelset(&without, SIGHUP);
	do {
		signal = sigwaitinfo(&without, NULL);
	} while (signal == -1 && errno == EINTR);
	if (signal == -1)
		return errno;
	*out = signal;
	return 0;
}

/* signals_block - for every thread to come */
void
signals_block(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* signals_wait - for a reload */
int
signals_wait(int ms)
{
	const struct timespec patience = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L
	};
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	signal = sigtimedwait(&set, NULL, &patience);
	return signal > 0 ? signal : 0;
}
