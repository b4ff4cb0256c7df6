/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/daemon/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/own.h"

/* notify_send - to $NOTIFY_SOCKET, if there is one */
void
notify_send(const char *state)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = name != NULL ? strlen(name) : 0;
	own(fd) int fd = -1;

	if (n < 2 || n > sizeof(to.sun_path) || (*name != '/' && *name != '@'))
		return;
	memcpy(to.sun_path, name, n);
	if (*name == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd != -1)
		(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		    (struct sockaddr *)&to,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
}

/* notify_number - the variable as a decimal number */
bool
notify_number(const char *variable, uint64_t *out)
{
	const char *text = getenv(variable);
	char *end;

	if (text == NULL || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0;
}

/* notify_watchdog - what the manager allows */
uint64_t
notify_watchdog(void)
{
	uint64_t usec, pid;

	if (!notify_number("WATCHDOG_USEC", &usec))
		return 0;
	if (getenv("WATCHDOG_PID") != NULL &&
	    (!notify_number("WATCHDOG_PID", &pid) || pid != (uint64_t)getpid()))
		return 0;
	return usec;
}
