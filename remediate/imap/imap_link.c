/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/imap/imap_link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "remediate/imap/imap_link_private.h"

enum {
	SLICE_MS = 200,		/* between looks at "stopped" */
	PATIENCE = 10		/* time-outs, until it can be used */
};

/* ---- waiting ---- */

static int
link_sys(const struct imap_link *link, int number, struct err *err)
{
	errno = number;
	err_sys(err, "%s port %s", ESCAPE(link->peer.host), link->peer.port);
	return -1;
}

static int
link_end(const struct imap_link *link, const char *what, struct err *err)
{
	return err_set(err, ERR_LATER, "%s port %s: %s",
	    ESCAPE(link->peer.host), link->peer.port, what);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* link_wait - until the socket is ready */
int
link_wait(const struct imap_link *link, short events, int64_t until,
    struct err *err)
{
	struct pollfd ready = { link->fd, events, 0 };
	const atomic_bool *stopped = link->peer.stopped;

	for (;;) {
		int64_t left = earlier(until, link->deadline) - clock_now();
		int n;

		if (link->peer.alive != NULL)
			link->peer.alive();
		if (stopped != NULL && atomic_load(stopped))
			return link_end(link, "interrupted", err);
		if (left <= 0)
			return link_end(link, "timeout", err);
		n = poll(&ready, 1, (int)earlier(left, SLICE_MS));
		if (n == -1 && errno != EINTR)
			return link_sys(link, errno, err);
		if (n > 0)
			return 0;
	}
}

/* tls_wait - after a call of OpenSSL that did not succeed */
static int
tls_wait(const struct imap_link *link, int result, int64_t until,
    struct err *err)
{
	int number = errno;

	switch (SSL_get_error(link->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return link_wait(link, POLLIN, until, err);
	case SSL_ERROR_WANT_WRITE:
		return link_wait(link, POLLOUT, until, err);
	case SSL_ERROR_ZERO_RETURN:
		return link_end(link, "closed by the server", err);
	case SSL_ERROR_SYSCALL:
		return number == 0 ? link_end(link, "closed by the server", err)
		    : link_sys(link, number, err);
	default:
		return link_tls_failed(link, err);
	}
}

/* ---- connecting ---- */

/* connect_one - to this address */
static int
connect_one(struct imap_link *link, const struct addrinfo *at, struct err *err)
{
	own(fd) int fd = socket(at->ai_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int64_t until = clock_now() + link->peer.timeout;
	socklen_t length = sizeof(int);
	int number = 0, one = 1;

	if (fd == -1)
		return link_sys(link, errno, err);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, at->ai_addr, at->ai_addrlen) == -1 &&
	    errno != EINPROGRESS)
		return link_sys(link, errno, err);
	link->fd = fd;
	if (link_wait(link, POLLOUT, until, err) == -1) {
		link->fd = -1;
		return -1;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &length) == -1)
		number = errno;
	link->fd = -1;
	if (number != 0)
		return link_sys(link, number, err);
	link->fd = fd_give(&fd);
	return 0;
}

static int
connect_any(struct imap_link *link, struct err *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG };
	struct addrinfo *list = NULL;
	int result = getaddrinfo(link->peer.host, link->peer.port, &hints,
	    &list);

	if (result != 0)
		return err_set(err, ERR_LATER, "%s: %s",
		    ESCAPE(link->peer.host), gai_strerror(result));
	result = -1;
	for (struct addrinfo *at = list; at != NULL && result == -1;
	    at = at->ai_next)
		result = connect_one(link, at, err);
	freeaddrinfo(list);
	return result;
}

/* imap_link_open - connected, in the clear */
int
imap_link_open(const struct imap_peer *peer, struct imap_link **out,
    struct err *err)
{
	struct imap_link *link = mem_new(sizeof(*link));

	link->peer = *peer;
	link->fd = -1;
	link->deadline = clock_now() + PATIENCE * peer->timeout;
	if (link_context(link, err) == -1 || connect_any(link, err) == -1) {
		imap_link_close(link);
		return -1;
	}
	*out = link;
	return 0;
}

/* imap_link_tls - the handshake */
int
imap_link_tls(struct imap_link *link, struct err *err)
{
	int64_t until = clock_now() + link->peer.timeout;

	if (link->start != link->end)
		return err_set(err, ERR_NEVER, "%s port %s: more than an "
		    "answer before TLS: somebody may have put it there",
		    ESCAPE(link->peer.host), link->peer.port);
	if (link_ssl(link, err) == -1)
		return -1;
	for (;;) {
		int result;

		ERR_clear_error();
		errno = 0;
		result = SSL_connect(link->ssl);
		if (result == 1)
			return 0;
		if (tls_wait(link, result, until, err) == -1)
			return -1;
	}
}

/* imap_link_close - at once */
struct imap_link *
imap_link_close(struct imap_link *link)
{
	if (link == NULL)
		return NULL;
	if (link->ssl != NULL && SSL_is_init_finished(link->ssl)) {
		ERR_clear_error();
		(void)SSL_shutdown(link->ssl);
	}
	SSL_free(link->ssl);
	SSL_CTX_free(link->context);
	if (link->fd != -1)
		close(link->fd);
	free(link);
	return NULL;
}

/* ---- talking ---- */

/* imap_link_write - all of it; each piece within the time-out */
int
imap_link_write(struct imap_link *link, const void *bytes, size_t n,
    struct err *err)
{
	const char *at = bytes;

	while (n > 0) {
		int64_t until = clock_now() + link->peer.timeout;
		size_t written = 0;

		if (link->ssl != NULL) {
			int result;

			ERR_clear_error();
			errno = 0;
			result = SSL_write_ex(link->ssl, at, n, &written);
			if (result != 1 &&
			    tls_wait(link, result, until, err) == -1)
				return -1;
		} else {
			ssize_t sent = send(link->fd, at, n, MSG_NOSIGNAL);

			if (sent == -1 && errno != EAGAIN && errno != EINTR)
				return link_sys(link, errno, err);
			if (sent == -1 &&
			    link_wait(link, POLLOUT, until, err) == -1)
				return -1;
			written = sent > 0 ? (size_t)sent : 0;
		}
		at += written;
		n -= written;
	}
	return 0;
}

/* read_some - 0: nothing yet, try again */
static ssize_t
read_some(struct imap_link *link, int64_t until, struct err *err)
{
	ssize_t n;

	if (link->ssl != NULL) {
		size_t got = 0;
		int result;

		ERR_clear_error();
		errno = 0;
		result = SSL_read_ex(link->ssl, link->in, sizeof(link->in),
		    &got);
		return result == 1 ? (ssize_t)got :
		    tls_wait(link, result, until, err);
	}
	n = recv(link->fd, link->in, sizeof(link->in), 0);
	if (n == 0)
		return link_end(link, "closed by the server", err);
	if (n == -1 && errno != EAGAIN && errno != EINTR)
		return link_sys(link, errno, err);
	return n > 0 ? n : link_wait(link, POLLIN, until, err);
}

/* imap_link_fill - some octets more */
int
imap_link_fill(struct imap_link *link, struct err *err)
{
	int64_t until = clock_now() + link->peer.timeout;
	ssize_t n;

	do {
		if (clock_now() >= link->deadline)
			return link_end(link, "timeout", err);
		n = read_some(link, until, err);
	} while (n == 0);
	if (n == -1)
		return -1;
	link->start = 0;
	link->end = (size_t)n;
	return 0;
}
