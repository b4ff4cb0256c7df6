/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/connect.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"

/* ---- the ends ---- */

/* describe - the peer's side */
static void
describe(const struct endpoint *to, struct conn_ends *out)
{
	strcpy(out->interface, "-");
	endpoint_print(to, out->address);
	out->port = endpoint_port(to);
}

/* would_leave - where a datagram to that peer would leave from; false: there
 * is no route, or no address of ours that could use it */
static bool
would_leave(const struct endpoint *to, struct endpoint *out)
{
	const struct sockaddr *peer = (const struct sockaddr *)&to->sockaddr;
	own(fd) int probe = socket(peer->sa_family,
	    SOCK_DGRAM | SOCK_CLOEXEC, 0);

	out->length = sizeof(out->sockaddr);
	return probe != -1 && connect(probe, peer, to->length) == 0 &&
	    getsockname(probe, (struct sockaddr *)&out->sockaddr,
	    &out->length) == 0;
}

/* find_interface - our side: of the socket; or, when it never came so far,
 * what a datagram to the same peer would have */
static void
find_interface(const struct endpoint *to, int fd, struct conn_ends *out)
{
	struct endpoint local = { .length = sizeof(local.sockaddr) };

	if (getsockname(fd, (struct sockaddr *)&local.sockaddr,
	    &local.length) == 0)
		endpoint_print(&local, out->interface);
	if (strcmp(out->interface, "0.0.0.0") != 0 &&
	    strcmp(out->interface, "::") != 0)
		return;
	strcpy(out->interface, "-");
	if (would_leave(to, &local))
		endpoint_print(&local, out->interface);
}

/* connect_possible - as far as can be known here */
bool
connect_possible(const struct endpoint *to)
{
	struct endpoint ignored;

	return would_leave(to, &ignored);
}

/* ---- connecting ---- */

/* leave_from - our side is to be that address.  Its port is chosen when the
 * peer is known: so one port serves for many peers. */
static int
leave_from(int fd, const struct endpoint *from, struct err *err)
{
	char text[INET6_ADDRSTRLEN];
	int number, one = 1;

	if (from->length == 0)
		return 0;
	(void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
	    sizeof(one));
	if (bind(fd, (const struct sockaddr *)&from->sockaddr,
	    from->length) == 0)
		return 0;
	number = errno;
	conn_errno(err, number);
	return err_wrap(err, "source_address %s", endpoint_print(from, text));
}

/* refused_at_once - connect() said no, or that it is under way */
static int
refused_at_once(const struct endpoint *to, struct err *err)
{
	int number = errno;

	if (number == EINPROGRESS)
		return 0;
	conn_errno(err, number);
	/* either all our ports are in use, or we have no address of that
	 * family: then the peer cannot be reached from here */
	if (number == EADDRNOTAVAIL && !connect_possible(to))
		err->sys = ENETUNREACH;
	return -1;
}

/* connect_start - on its way */
int
connect_start(const struct endpoint *to,
    const struct connect_source *source, int *out_fd,
    struct conn_ends *out_ends, struct err *err)
{
	const struct sockaddr *peer = (const struct sockaddr *)&to->sockaddr;
	own(fd) int fd = socket(peer->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int result = 0, one = 1;

	describe(to, out_ends);
	if (fd == -1)
		return conn_errno(err, errno);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (source != NULL)
		result = leave_from(fd, peer->sa_family == AF_INET6 ?
		    &source->in6 : &source->in, err);
	if (result == 0 && connect(fd, peer, to->length) == -1)
		result = refused_at_once(to, err);
	find_interface(to, fd, out_ends);
	if (result == 0)
		*out_fd = fd_give(&fd);
	return result;
}

/* connect_finish - it is decided */
int
connect_finish(const struct endpoint *to, int fd,
    struct conn_ends *out_ends, struct err *err)
{
	socklen_t length = sizeof(int);
	int number = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &length) == -1)
		number = errno;
	find_interface(to, fd, out_ends);
	return number == 0 ? 0 : conn_errno(err, number);
}

/* connect_shortage - of ours */
bool
connect_shortage(const struct err *err)
{
	return err->sys == EMFILE || err->sys == ENFILE ||
	    err->sys == ENOBUFS || err->sys == ENOMEM ||
	    err->sys == EADDRNOTAVAIL || err->sys == EAGAIN;
}

/* ---- source_address ---- */

/* connect_source_parse - at most one of each family */
int
connect_source_parse(const char *text, struct connect_source *out,
    struct err *err)
{
	static const char separators[] = " \t,";
	struct connect_source source = { 0 };

	for (text += strspn(text, separators); *text != '\0';
	    text += strspn(text, separators)) {
		size_t length = strcspn(text, separators);
		own(str) char *word = mem_bytes(text, length);
		struct endpoint address, *to;

		if (!endpoint_parse(word, 0, &address))
			return err_set(err, ERR_NEVER,
			    "'%.60s' is no address", word);
		to = address.sockaddr.ss_family == AF_INET6 ? &source.in6 :
		    &source.in;
		if (to->length != 0)
			return err_set(err, ERR_NEVER,
			    "'%.60s' is a second address of its family", word);
		*to = address;
		text += length;
	}
	*out = source;
	return 0;
}

static int
check_one(const struct endpoint *address, struct err *err)
{
	own(fd) int fd = -1;

	if (address->length == 0)
		return 0;
	fd = socket(address->sockaddr.ss_family, SOCK_STREAM | SOCK_CLOEXEC,
	    0);
	if (fd == -1)
		return conn_errno(err, errno);
	return leave_from(fd, address, err);
}

/* connect_source_check - as far as can be known before connecting */
int
connect_source_check(const struct connect_source *source, struct err *err)
{
	if (check_one(&source->in, err) == -1)
		return -1;
	return check_one(&source->in6, err);
}
