/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/probe.h"

#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"

enum { SERVERS_MAX = 16, HEADER = 12 };

/* One question: its number, recursion desired, one question; the root, NS, IN
 * (RFC 1035 4.1). */
struct question {
	unsigned char	 bytes[HEADER + 5];
};

static struct question
question_new(void)
{
	struct question question = { { 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	    0, 0, 2, 0, 1 } };

	/* an attacker that guesses it can only change the reason in the log */
	(void)!getrandom(question.bytes, 2, GRND_NONBLOCK);
	return question;
}

/* ask - one server, as it stands in the list; -1: it cannot be asked */
static int
ask(char *server, const struct question *question)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	const char *host = strsep(&server, "@");
	struct addrinfo *found;
	int fd;

	if (getaddrinfo(host, server != NULL ? server : "53", &hints,
	    &found) != 0)
		return -1;
	fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd != -1 && (connect(fd, found->ai_addr, found->ai_addrlen) == -1 ||
	    send(fd, question->bytes, sizeof(question->bytes), 0) == -1)) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* answered - something that belongs to our question.  Who refuses the datagram
 * is heard of no more */
static bool
answered(struct pollfd *fd, const struct question *question)
{
	unsigned char bytes[HEADER];
	ssize_t n = recv(fd->fd, bytes, sizeof(bytes), 0);

	if (n == sizeof(bytes))
		return memcmp(bytes, question->bytes, 2) == 0;
	if (n == -1 && errno != EAGAIN && errno != EINTR)
		fd->fd = ~fd->fd;
	return false;
}

/* await - until one answers, or all have refused */
static bool
await(struct pollfd *fds, nfds_t count, const struct question *question)
{
	int64_t end = clock_now() + PROBE_PATIENCE, left;

	while ((left = end - clock_now()) > 0) {
		nfds_t open = 0;

		for (nfds_t i = 0; i < count; i++) {
			if (fds[i].revents != 0 && answered(&fds[i], question))
				return true;
			fds[i].revents = 0;
			open += fds[i].fd >= 0;
		}
		if (open == 0 || poll(fds, count, (int)left) == -1)
			break;
	}
	return false;
}

/* probe_servers - all at once */
bool
probe_servers(const char *servers)
{
	const struct question question = question_new();
	own(str) char *copy = mem_text(servers);
	struct pollfd fds[SERVERS_MAX];
	nfds_t count = 0;
	char *rest = copy, *server;
	bool there;

	while (count < SERVERS_MAX &&
	    (server = strsep(&rest, " \t,")) != NULL) {
		int fd = *server != '\0' ? ask(server, &question) : -1;

		if (fd != -1)
			fds[count++] = (struct pollfd){ fd, POLLIN, 0 };
	}
	there = count == 0 || await(fds, count, &question);
	for (nfds_t i = 0; i < count; i++)
		close(fds[i].fd >= 0 ? fds[i].fd : ~fds[i].fd);
	return there;
}
