/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/daemon/given.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/daemon/notify.h"
#include "base/mem.h"
#include "base/own.h"

enum { FIRST = 3, MOST = 64 };

/* keep - one of them, by its name */
static void
keep(struct given *given, int fd, const char *name)
{
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (strcmp(name, GIVEN_READY) == 0) {
		given->ready = fd;
		return;
	}
	/* Another process may be faster, of those that share it. */
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if (given->sockets++ > 0)
		return;
	given->socket = fd;
	given->held = strcmp(name, GIVEN_OWN) != 0;
}

/* given_take - what was opened for us */
unsigned
given_take(struct given *out)
{
	const char *variable = getenv("LISTEN_FDNAMES");
	own(str) char *names = mem_text(variable != NULL ? variable : "");
	char *rest = names;
	uint64_t pid, count = 0;

	*out = (struct given){ .socket = -1, .ready = -1 };
	if (!notify_number("LISTEN_PID", &pid) || pid != (uint64_t)getpid() ||
	    !notify_number("LISTEN_FDS", &count) || count > MOST)
		count = 0;
	for (int i = 0; i < (int)count; i++) {
		const char *name = strsep(&rest, ":");

		keep(out, FIRST + i, name != NULL ? name : "");
	}
	/* Nobody whom we start shall take them for its own. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return FIRST + (unsigned)count;
}

/* given_show_out - all that wait now */
void
given_show_out(int socket)
{
	int fd;

	while ((fd = accept4(socket, NULL, NULL, SOCK_CLOEXEC)) != -1)
		close(fd);
}
