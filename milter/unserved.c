/* SPDX-License-Identifier: BSD-2-Clause */
/* For 32 bits glibc's checked ppoll() (2.36) takes a time_t of 32 bits, and is
 * given one of 64. */
#ifndef __LP64__
#undef _FORTIFY_SOURCE
#endif

#include "milter/unserved.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"
#include "milter/raise.h"
#include "milter/vital.h"

enum {
	MOST = 1 << 16,		/* descriptors that are looked at */
	PATIENCE_MS = 700,	/* with two looks, below a second */
	LOOK_MS = 100,
	WATCH_MS = 10000	/* after the last thread that was missing */
};

static struct connection {
	_Atomic uint64_t inode;		/* which socket it is; 0: none */
	_Atomic int64_t	served;		/* when somebody last listened */
	int64_t		unread;		/* since when packets wait, or 0 */
	uint64_t	shown_out;	/* which socket was, already */
} connections[MOST];
static _Atomic int highest = -1;

static struct service *service;
static _Thread_local int polled = -1;	/* what this thread listened to last */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static int64_t until;		/* when watching ends */

static uint64_t
inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) ? st.st_ino : 0;
}

/* unserved_add - by the one thread that lets connections in */
void
unserved_add(int fd)
{
	if (fd < 0 || fd >= MOST)
		return;
	connections[fd].served = clock_now();
	connections[fd].inode = inode_of(fd);
	if (fd > highest)
		highest = fd;
}

/* poll_again - for libmilter, which closes a session when that goes on to fail,
 * but of which nothing works without its listener and its controller */
static int
poll_again(struct pollfd *fds, nfds_t count, int ms, bool vital)
{
	const struct timespec patience = clock_timespec(ms);
	struct vital try = VITAL;
	int n = -1;

	while (n == -1 && errno != EINTR && vital_again(&try))
		n = ppoll(fds, count, ms < 0 ? NULL : &patience, NULL);
	if (n == -1 && errno != EINTR && vital)
		vital_lost("poll");
	return n;
}

/* note_poll - in libc's place, which says of its poll that it reads nothing
 * of what it is given */
int	note_poll(struct pollfd *, nfds_t, int) __asm__("poll");
int
note_poll(struct pollfd *fds, nfds_t count, int ms)
{
	const struct timespec patience = clock_timespec(ms);
	struct connection *connection = count == 1 && fds->fd >= 0 &&
	    fds->fd < MOST && connections[fds->fd].inode != 0 ?
	    &connections[fds->fd] : NULL;
	int n;

	if (count == 1)
		polled = fds->fd;
	if (connection != NULL)
		connection->served = clock_now();
	n = ppoll(fds, count, ms < 0 ? NULL : &patience, NULL);
	if (n == -1 && errno != EINTR &&
	    vital_is_libmilters(__builtin_return_address(0)))
		n = poll_again(fds, count, ms, connection == NULL);
	if (connection != NULL)
		connection->served = clock_now();
	return n;
}

/* show_out - by a number of our own: meanwhile a worker may have come, and the
 * old number be another connection's; false: there is no number just now */
static bool
show_out(int fd, uint64_t inode)
{
	own(fd) int same = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (same == -1 || inode_of(same) != inode)
		return false;
	shutdown(same, SHUT_RDWR);
	counter_add(service->counters, COUNT_REFUSED, 1);
	log_event(unserved, PATIENCE_MS);
	raise_no_copy(service, "connection from Postfix closed, its messages "
	    "get no copy: no thread was free");
	return true;
}

/* look_at - one connection; returns whether packets wait there */
static bool
look_at(int fd, int64_t now)
{
	struct connection *connection = &connections[fd];
	uint64_t inode = connection->inode;
	int bytes = 0;

	if (inode == 0 || inode == connection->shown_out ||
	    inode_of(fd) != inode)
		return false;
	if (ioctl(fd, FIONREAD, &bytes) == -1 || bytes == 0) {
		connection->unread = 0;
		return false;
	}
	if (connection->unread == 0 ||
	    connection->served >= connection->unread) {
		connection->unread = now;
	} else if (now - connection->unread >= PATIENCE_MS &&
	    show_out(fd, inode)) {
		connection->shown_out = inode;
	}
	return true;
}

/* look - at all; returns whether packets wait anywhere */
static bool
look(void)
{
	int64_t now = clock_now();
	bool waiting = false;

	for (int fd = 0; fd <= highest; fd++)
		waiting = look_at(fd, now) || waiting;
	return waiting;
}

/* unserved_connections - of which the number is still the same socket's */
unsigned
unserved_connections(void)
{
	unsigned count = 0;

	for (int fd = 0; fd <= highest; fd++)
		if (connections[fd].inode != 0 &&
		    inode_of(fd) == connections[fd].inode)
			count++;
	return count;
}

/* watch - the thread's life */
static void *
watch(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	for (;;) {
		while (clock_now() >= until)
			pthread_cond_wait(&wake, &lock);
		pthread_mutex_unlock(&lock);
		while (look())
			usleep(LOOK_MS * 1000);
		usleep(LOOK_MS * 1000);
		pthread_mutex_lock(&lock);
	}
	return NULL;
}

/* unserved_held - not when the other end is closed, nor when nothing is known */
bool
unserved_held(void)
{
	struct pollfd other = { .fd = polled, .events = POLLRDHUP };
	const struct timespec now = { 0 };

	return polled != -1 && ppoll(&other, 1, &now, NULL) == 0;
}

/* unserved_watch - for a while */
void
unserved_watch(void)
{
	pthread_mutex_lock(&lock);
	until = clock_now() + WATCH_MS;
	pthread_cond_signal(&wake);
	pthread_mutex_unlock(&lock);
}

/* unserved_begin - now, while there are threads */
int
unserved_begin(struct service *ours)
{
	pthread_t thread;

	service = ours;
	return pthread_create(&thread, NULL, watch, NULL);
}
