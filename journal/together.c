/* SPDX-License-Identifier: BSD-2-Clause */
#include "journal/together.h"

#include <stddef.h>
#include <unistd.h>

#include "journal/spool_private.h"

/* On the stack of whoever waits. */
struct waiter {
	struct waiter	*next;
	int		 error;		/* errno of the sync, or 0 */
	bool		 done;
};

/* lead - sync for all who wait by now; called and returns with the lock */
static void
lead(struct together *together, int fd)
{
	struct waiter *crowd = together->waiting;
	int error;

	together->waiting = NULL;
	together->running = true;
	pthread_mutex_unlock(&together->lock);
	error = AGAIN(fsync(fd)) == -1 ? errno : 0;
	pthread_mutex_lock(&together->lock);
	together->running = false;
	while (crowd != NULL) {
		struct waiter *next = crowd->next;

		crowd->error = error;
		crowd->done = true;
		crowd = next;
	}
	pthread_cond_broadcast(&together->done);
}

/* together_fsync - a sync that begins from now on, perhaps another's */
int
together_fsync(struct together *together, int fd)
{
	struct waiter self = { 0 };

	pthread_mutex_lock(&together->lock);
	self.next = together->waiting;
	together->waiting = &self;
	while (!self.done) {
		if (together->running)
			pthread_cond_wait(&together->done, &together->lock);
		else
			lead(together, fd);
	}
	pthread_mutex_unlock(&together->lock);
	errno = self.error;
	return self.error == 0 ? 0 : -1;
}
