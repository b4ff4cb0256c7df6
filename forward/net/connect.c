/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>

#include "base/mem.h"
#include "base/own.h"
#include "forward/net/hosts.h"

/* ---- who they are ---- */

static void
name_of(const struct sockaddr_storage *sockaddr, char out[INET6_ADDRSTRLEN])
{
	const void *address = sockaddr->ss_family == AF_INET6 ?
	    (const void *)&((const struct sockaddr_in6 *)sockaddr)->sin6_addr :
	    (const void *)&((const struct sockaddr_in *)sockaddr)->sin_addr;

	if (inet_ntop(sockaddr->ss_family, address, out,
	    INET6_ADDRSTRLEN) == NULL)
		strcpy(out, "-");
}

/* connect_describe - the peer's side */
void
connect_describe(const struct conn_address *to, struct conn_ends *out)
{
	strcpy(out->interface, "-");
	name_of(&to->sockaddr, out->address);
	/* the port stands at the same place in both families */
	out->port = ntohs(((const struct sockaddr_in *)&to->sockaddr)->sin_port);
}

/* would_leave - where a datagram to that peer would leave from; false: there
 * is no way, or no address of ours that could go it */
static bool
would_leave(const struct conn_address *to, struct sockaddr_storage *out)
{
	const struct sockaddr *peer = (const struct sockaddr *)&to->sockaddr;
	own(fd) int probe = socket(peer->sa_family,
	    SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t length = sizeof(*out);

	return probe != -1 && connect(probe, peer, to->length) == 0 &&
	    getsockname(probe, (struct sockaddr *)out, &length) == 0;
}

/* find_interface - our side: of the socket; or, when it never came so far,
 * what a datagram to the same peer would have */
static void
find_interface(const struct conn_address *to, int fd, struct conn_ends *out)
{
	struct sockaddr_storage local = { 0 };
	socklen_t length = sizeof(local);

	if (getsockname(fd, (struct sockaddr *)&local, &length) == 0)
		name_of(&local, out->interface);
	if (strcmp(out->interface, "0.0.0.0") != 0 &&
	    strcmp(out->interface, "::") != 0)
		return;
	strcpy(out->interface, "-");
	if (would_leave(to, &local))
		name_of(&local, out->interface);
}

/* connect_possible - as far as it can be told from here */
bool
connect_possible(const struct conn_address *to)
{
	struct sockaddr_storage ignored;

	return would_leave(to, &ignored);
}

/* ---- connecting ---- */

/* leave_from - our side is to be that address.  Its port is chosen when the
 * peer is known: so one port serves for many peers. */
static int
leave_from(int fd, const struct conn_address *from, struct err *err)
{
	struct conn_ends ends;
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
	connect_describe(from, &ends);
	return err_wrap(err, "source_address %s", ends.address);
}

/* refused_at_once - connect() said no, or that it is under way */
static int
refused_at_once(const struct conn_address *to, struct err *err)
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
connect_start(const struct conn_address *to,
    const struct connect_source *source, int *out_fd,
    struct conn_ends *out_ends, struct err *err)
{
	const struct sockaddr *peer = (const struct sockaddr *)&to->sockaddr;
	own(fd) int fd = socket(peer->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int result = 0, one = 1;

	connect_describe(to, out_ends);
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
connect_finish(const struct conn_address *to, int fd,
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
	static const char parting[] = " \t,";
	struct connect_source source = { 0 };

	for (text += strspn(text, parting); *text != '\0';
	    text += strspn(text, parting)) {
		size_t length = strcspn(text, parting);
		own(str) char *word = mem_bytes(text, length);
		struct conn_address address;
		struct dns_places places = { .list = &address, .max = 1 };
		struct conn_address *to;

		if (!hosts_literal(word, &places))
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
check_one(const struct conn_address *address, struct err *err)
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
