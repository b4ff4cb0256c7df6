/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/spool/group_sync.h"

#include <unistd.h>

#include "base/again.h"

/* group_sync_ticket - the number of the last sync that began too early */
uint64_t
group_sync_ticket(struct group_sync *group)
{
	uint64_t ticket;

	pthread_mutex_lock(&group->lock);
	ticket = group->begun;
	pthread_mutex_unlock(&group->lock);
	return ticket;
}

/* lead - sync for all that have a ticket; called and returns with the lock.
 * Of those that came too late one is woken, to lead the next. */
static void
lead(struct group_sync *group, int fd)
{
	uint64_t number = ++group->begun;
	int error;

	group->running = true;
	pthread_mutex_unlock(&group->lock);
	error = AGAIN(fsync(fd)) == -1 ? errno : 0;
	pthread_mutex_lock(&group->lock);
	group->running = false;
	group->ended = number;
	if (error != 0) {
		group->failed = number;
		group->error = error;
	}
	pthread_cond_broadcast(&group->done[number % 2]);
	pthread_cond_signal(&group->done[(number + 1) % 2]);
}

/* group_sync_wait - wait for a sync that began after the ticket */
int
group_sync_wait(struct group_sync *group, int fd, uint64_t ticket)
{
	int error;

	pthread_mutex_lock(&group->lock);
	while (group->ended <= ticket) {
		if (group->running)
			pthread_cond_wait(&group->done[(ticket + 1) % 2],
			    &group->lock);
		else
			lead(group, fd);
	}
	error = group->failed > ticket ? group->error : 0;
	pthread_mutex_unlock(&group->lock);
	errno = error;
	return error == 0 ? 0 : -1;
}
