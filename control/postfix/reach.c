/* SPDX-License-Identifier: BSD-2-Clause */
#include "control/postfix/reach.h"

#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/again.h"
#include "base/clock.h"
#include "base/daemon/daemon.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/doctor/sockname.h"

enum { PATIENCE = 5000 };	/* ms */

/* SMFIC_OPTNEG of protocol 6, with all actions and all steps, as Postfix offers
 * them, and SMFIC_QUIT: length, letter, and what belongs to it */
static const char hello[] = { 0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1, -1,
	0, 0x1f, -1, -1 };
static const char bye[] = { 0, 0, 0, 1, 'Q' };

static int
connect_unix(const char *path, int *out_fd, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(sun.sun_path))
		return err_set(err, ERR_NEVER, "%s: too long", path);
	strcpy(sun.sun_path, path);
	*out_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (*out_fd == -1 || connect(*out_fd, (struct sockaddr *)&sun,
	    sizeof(sun)) == -1)
		return err_sys(err, "%s", path);
	return 0;
}

static int
connect_inet(const char *socket_name, int *out_fd, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	own(str) char *bracketed = sockname_host(socket_name);
	char *host = bracketed + (*bracketed == '[');
	own(str) char *port = NULL;
	const char *text;
	size_t n;
	int result;

	host[strcspn(host, "]")] = '\0';
	text = sockname_port(socket_name, &n);
	port = mem_bytes(text, n);
	result = getaddrinfo(host, port, &hints, &found);
	if (result != 0)
		return err_set(err, ERR_LATER, "%s: %s", host,
		    gai_strerror(result));
	*out_fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	result = *out_fd == -1 ? -1 : connect(*out_fd, found->ai_addr,
	    found->ai_addrlen);
	freeaddrinfo(found);
	return result == 0 ? 0 : err_sys(err, "%s port %s", host, port);
}

/* read_exactly - false: it ends, or the time is over */
static bool
read_exactly(int fd, unsigned char *out, size_t n, int64_t until)
{
	while (n > 0) {
		struct pollfd pollfd = { fd, POLLIN, 0 };
		int64_t left = until - clock_now();
		ssize_t got;

		if (left <= 0)
			return false;
		if (poll(&pollfd, 1, (int)left) < 1)
			continue;
		got = AGAIN(read(fd, out, n));
		if (got <= 0)
			return false;
		out += got;
		n -= (size_t)got;
	}
	return true;
}

/* talk - it answers with its own SMFIC_OPTNEG */
static int
talk(void *arg, struct err *err)
{
	const char *socket_name = arg, *path = sockname_path(socket_name);
	int64_t until = clock_now() + PATIENCE;
	own(fd) int fd = -1;
	unsigned char answer[5];

	if ((path != NULL ? connect_unix(path, &fd, err) :
	    connect_inet(socket_name, &fd, err)) == -1)
		return -1;
	if (send(fd, hello, sizeof(hello), MSG_NOSIGNAL) != sizeof(hello))
		return err_sys(err, "%s", socket_name);
	/* the names of macros may come after the 13 bytes */
	if (!read_exactly(fd, answer, sizeof(answer), until) ||
	    answer[0] != 0 || answer[1] != 0 || answer[4] != 'O')
		return err_set(err, ERR_LATER, "%s: it does not answer as a "
		    "milter does", socket_name);
	(void)send(fd, bye, sizeof(bye), MSG_NOSIGNAL);
	return 0;
}

/* reach - as smtpd */
int
reach(const struct conf *conf, const struct postfix *postfix, struct err *err)
{
	struct conf smtpd = { .user = postfix->mail_owner };
	own(str) char *name = mem_text(conf->milter_socket);

	return daemon_try(&smtpd, talk, name, err);
}
