/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/listener.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/libc.h"

typedef int bind_socket(int, const struct sockaddr *, socklen_t);

static int listener = -1;	/* libmilter's number */
static int nothing = -1;	/* never to be read; there before it is needed */

static bool opening;	/* while listener_open() runs */
static bool wrong;
static int given = -1;

/* Any address that libmilter knows. */
union address {
	struct sockaddr		any;
	struct sockaddr_un	local;
	struct sockaddr_in	in;
	struct sockaddr_in6	in6;
};

/* is_same - of two addresses; a path ends with its NUL, or the address */
static bool
is_same(const union address *one, const union address *other)
{
	if (one->any.sa_family != other->any.sa_family)
		return false;
	switch (one->any.sa_family) {
	case AF_UNIX:
		return strncmp(one->local.sun_path, other->local.sun_path,
		    sizeof(one->local.sun_path)) == 0;
	case AF_INET:
		return one->in.sin_port == other->in.sin_port &&
		    one->in.sin_addr.s_addr == other->in.sin_addr.s_addr;
	case AF_INET6:
		return one->in6.sin6_port == other->in6.sin6_port &&
		    memcmp(&one->in6.sin6_addr, &other->in6.sin6_addr,
		    sizeof(one->in6.sin6_addr)) == 0;
	}
	return false;
}

/* take_given - in place of the socket that is to get this address */
static int
take_given(int fd, const struct sockaddr *wanted, socklen_t length)
{
	union address has = { .any.sa_family = AF_UNSPEC }, wants = has;
	socklen_t room = sizeof(has);

	memcpy(&wants, wanted, length < sizeof(wants) ? length :
	    sizeof(wants));
	if (getsockname(given, &has.any, &room) == -1)
		return -1;
	wrong = !is_same(&has, &wants);
	if (wrong) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	return dup3(given, fd, O_CLOEXEC) == -1 ? -1 : 0;
}

/* bind - in libc's place; glibc's argument is a union of pointers */
int
bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
	bind_socket *libcs = (bind_socket *)dlsym(RTLD_NEXT, "bind");
	const struct sockaddr *wanted;

	memcpy(&wanted, &address, sizeof(wanted));
	if (opening)
		listener = fd;
	return opening && given != -1 ? take_given(fd, wanted, length) :
	    libcs(fd, wanted, length);
}

/* listener_open - by libmilter's hand */
int
listener_open(int given_fd)
{
	int result;

	nothing = eventfd(0, EFD_CLOEXEC);
	if (nothing == -1)
		return -1;
	given = given_fd;
	opening = true;
	result = smfi_opensocket(0) == MI_SUCCESS ? 0 : -1;
	opening = false;
	if (result == 0)
		(void)fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) |
		    O_NONBLOCK);
	return result;
}

/* listener_wrong - not the socket that libmilter wants */
bool
listener_wrong(void)
{
	return wrong;
}

/* listener_fd - to lend it */
int
listener_fd(void)
{
	return listener;
}

/* listener_quiet - libmilter goes on to wait there, for nothing */
void
listener_quiet(void)
{
	(void)dup3(nothing, listener, O_CLOEXEC);
	/* or it would go on to listen for as long as we are here */
	if (given != -1)
		close(given);
	given = -1;
}
