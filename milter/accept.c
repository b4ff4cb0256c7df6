/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/accept.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/libc.h"
#include "milter/listener.h"
#include "milter/raise.h"
#include "milter/threads.h"
#include "milter/unserved.h"
#include "milter/vital.h"

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER; /* guards closed */
static bool closed;

/* The listener's thread alone uses these, once it runs. */
static struct service *service;
static int spare = -1;		/* its number is free when no other is */

static void
take_spare(void)
{
	if (spare == -1)
		spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* accept_open - before the first connection */
void
accept_open(struct service *ours)
{
	service = ours;
	take_spare();
}

static rlim_t
descriptors(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur :
	    RLIM_INFINITY;
}

/* show_out - Postfix takes an end of file for a milter that failed */
static void
show_out(int fd)
{
	close(fd);
	counter_add(service->counters, COUNT_REFUSED, 1);
	log_event(refused, (unsigned long long)descriptors());
	raise_no_copy(service, "connection from Postfix closed, its messages "
	    "get no copy: limit of descriptors reached");
}

/* let_in - by the spare number when there is no other */
static int
let_in(int listener, __SOCKADDR_ARG address, socklen_t *length)
{
	int fd = accept4(listener, address, length, SOCK_CLOEXEC);
	int error;

	if (fd != -1 || (errno != EMFILE && errno != ENFILE) || spare == -1)
		return fd;
	close(spare);
	spare = -1;
	fd = accept4(listener, address, length, SOCK_CLOEXEC);
	error = fd != -1 ? EAGAIN : errno;
	if (fd != -1)
		show_out(fd);
	take_spare();
	errno = error;
	return -1;
}

/* is_nothing - whether there is just no connection any more */
static bool
is_nothing(void)
{
	return errno == EAGAIN || errno == EINTR;
}

/* let_in_or_out - a connection that can be served, or none */
static int
let_in_or_out(int listener, __SOCKADDR_ARG address, socklen_t *length)
{
	struct vital vital = VITAL;
	int fd = let_in(listener, address, length);

	if (service == NULL)
		return fd;
	while (fd == -1 && !is_nothing()) {
		if (!vital_again(&vital))
			vital_lost("accept");
		take_spare();
		fd = let_in(listener, address, length);
	}
	if (fd == -1) {
		errno = EAGAIN;
		return -1;
	}
	if (spare != -1 && (rlim_t)fd < descriptors() / 2) {
		threads_scarce();
		unserved_add(fd);
		return fd;
	}
	show_out(fd);
	take_spare();
	errno = EAGAIN;
	return -1;
}

/* accept - in libc's place; EAGAIN makes libmilter wait for the next */
int
accept(int listener, __SOCKADDR_ARG address, socklen_t *restrict length)
{
	int fd = -1;

	pthread_mutex_lock(&door);
	if (closed)
		errno = EAGAIN;
	else
		fd = let_in_or_out(listener, address, length);
	pthread_mutex_unlock(&door);
	return fd;
}

/* accept_close - whoever is in is counted as such by then */
void
accept_close(void)
{
	pthread_mutex_lock(&door);
	if (!closed)
		listener_quiet();
	closed = true;
	pthread_mutex_unlock(&door);
}
