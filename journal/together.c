/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/together.h"

#include <unistd.h>

#include "journal/spool_private.h"

/* together_ticket - the number of the last sync that began too early */
uint64_t
together_ticket(struct together *together)
{
	uint64_t ticket;

	pthread_mutex_lock(&together->lock);
	ticket = together->begun;
	pthread_mutex_unlock(&together->lock);
	return ticket;
}

/* lead - sync for all who have their ticket; called and returns with the
 * lock.  Of those who came too late one is woken, to lead the next. */
static void
lead(struct together *together, int fd)
{
	uint64_t number = ++together->begun;
	int error;

	together->running = true;
	pthread_mutex_unlock(&together->lock);
	error = AGAIN(fsync(fd)) == -1 ? errno : 0;
	pthread_mutex_lock(&together->lock);
	together->running = false;
	together->ended = number;
	if (error != 0) {
		together->failed = number;
		together->error = error;
	}
	pthread_cond_broadcast(&together->done[number % 2]);
	pthread_cond_signal(&together->done[(number + 1) % 2]);
}

/* together_fsync - wait for a sync that began behind the ticket */
int
together_fsync(struct together *together, int fd, uint64_t ticket)
{
	int error;

	pthread_mutex_lock(&together->lock);
	while (together->ended <= ticket) {
		if (together->running)
			pthread_cond_wait(&together->done[(ticket + 1) % 2],
			    &together->lock);
		else
			lead(together, fd);
	}
	error = together->failed > ticket ? together->error : 0;
	pthread_mutex_unlock(&together->lock);
	errno = error;
	return error == 0 ? 0 : -1;
}
