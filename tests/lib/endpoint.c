/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/own.h"
#include "tests/lib/endpoint.h"

struct addrinfo *
endpoint_find(char *where)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *info;
	char *port = strrchr(where, ':');

	if (port == NULL)
		return NULL;
	*port++ = '\0';
	if (*where == '[') {
		where++;
		where[strcspn(where, "]")] = '\0';
	}
	return getaddrinfo(where, port, &hints, &info) == 0 ? info : NULL;
}

/* say_where - the address that was asked for, and the port that it has */
static int
say_where(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	char host[64], port[16];

	if (getsockname(fd, (struct sockaddr *)&address, &length) == -1 ||
	    getnameinfo((struct sockaddr *)&address, length, host,
	    sizeof(host), port, sizeof(port),
	    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return -1;
	printf("listening %s:%s\n", host, port);
	return fflush(stdout);
}

int
endpoint_listen(char *where, struct err *err)
{
	struct addrinfo *info = endpoint_find(where);
	own(fd) int fd = -1;
	int on = 1, status;

	if (info == NULL)
		return err_set(err, ERR_NEVER, "not ADDRESS:PORT: %s", where);
	fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	status = fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) == -1 || bind(fd, info->ai_addr, info->ai_addrlen) ==
	    -1 || listen(fd, 1024) == -1 || say_where(fd) == -1 ? -1 : 0;
	freeaddrinfo(info);
	if (status == -1)
		return err_sys(err, "listen at %s", where);
	return fd_give(&fd);
}

int
endpoint_connect(const struct addrinfo *to)
{
	int on = 1;
	own(fd) int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || connect(fd, to->ai_addr, to->ai_addrlen) == -1)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd_give(&fd);
}

bool
endpoint_write(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL);

		if (done == -1 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}
