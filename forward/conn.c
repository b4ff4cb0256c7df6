/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"

/* ---- what went wrong ---- */

/* system_failed - errno in the form of AsyncOS (and Python) */
static int
system_failed(struct err *err, int number)
{
	char reason[96];

	if (number == ETIMEDOUT)
		err_set(err, ERR_LATER, "timeout");
	else
		err_set(err, ERR_LATER, "[Errno %d] %s", number,
		    strerror_r(number, reason, sizeof(reason)));
	err->sys = number;
	return -1;
}

/* tls_failed - what the library says; certificate errors in full */
static int
tls_failed(const SSL *ssl, struct err *err)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);
	long verified = SSL_get_verify_result(ssl);

	if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return err_set(err, ERR_LATER, "EOF");
	if (ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
		err_set(err, ERR_LATER, "certificate verify failed: %s",
		    X509_verify_cert_error_string(verified));
	else
		err_set(err, ERR_LATER, "%s",
		    reason != NULL ? reason : "unknown TLS error");
	err->sys = EPROTO;
	return -1;
}

/* ---- waiting ---- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
wait_for(const struct conn *conn, short events, int64_t deadline,
    struct err *err)
{
	struct pollfd fds[2] = { { conn->fd, events, 0 },
	    { conn->cancel_fd, POLLIN, 0 } };

	deadline = earlier(deadline, conn->death);
	for (;;) {
		int64_t left = deadline - clock_now();
		int n;

		if (left <= 0)
			return system_failed(err, ETIMEDOUT);
		n = poll(fds, 2, (int)earlier(left, INT_MAX));
		if (n == -1 && errno != EINTR)
			return system_failed(err, errno);
		if (n > 0 && fds[1].revents != 0)
			return system_failed(err, ECANCELED);
		if (n > 0)
			return 0;
	}
}

/* tls_wait - after an SSL call that did not succeed: wait for what it needs,
 * or say why it never will */
static int
tls_wait(const struct conn *conn, int result, int64_t deadline,
    struct err *err)
{
	int number = errno;

	switch (SSL_get_error(conn->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(conn, POLLIN, deadline, err);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(conn, POLLOUT, deadline, err);
	case SSL_ERROR_ZERO_RETURN:
		return err_set(err, ERR_LATER, "EOF");
	case SSL_ERROR_SYSCALL:
		if (number == 0)
			return err_set(err, ERR_LATER, "EOF");
		return system_failed(err, number);
	default:
		return tls_failed(conn->ssl, err);
	}
}

/* ---- opening ---- */

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

/* conn_describe - the peer's side */
void
conn_describe(const struct conn_address *to, struct conn_ends *out)
{
	strcpy(out->interface, "-");
	name_of(&to->sockaddr, out->address);
	/* the port stands at the same place in both families */
	out->port = ntohs(((const struct sockaddr_in *)&to->sockaddr)->sin_port);
}

/* find_interface - our side: of the socket; or, when it never came so far,
 * what a datagram to the same peer would have */
static void
find_interface(const struct conn_address *to, int fd, struct conn_ends *out)
{
	const struct sockaddr *peer = (const struct sockaddr *)&to->sockaddr;
	struct sockaddr_storage local = { 0 };
	socklen_t length = sizeof(local);
	own(fd) int probe = -1;

	if (getsockname(fd, (struct sockaddr *)&local, &length) == 0)
		name_of(&local, out->interface);
	if (strcmp(out->interface, "0.0.0.0") != 0 &&
	    strcmp(out->interface, "::") != 0)
		return;
	strcpy(out->interface, "-");
	probe = socket(peer->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	length = sizeof(local);
	if (probe != -1 && connect(probe, peer, to->length) == 0 &&
	    getsockname(probe, (struct sockaddr *)&local, &length) == 0)
		name_of(&local, out->interface);
}

/* finish_connect - wait for the outcome of a connect under way */
static int
finish_connect(const struct conn *conn, int64_t deadline, struct err *err)
{
	socklen_t length = sizeof(int);
	int number = 0;

	if (wait_for(conn, POLLOUT, deadline, err) == -1)
		return -1;
	if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &number, &length) == -1)
		number = errno;
	return number == 0 ? 0 : system_failed(err, number);
}

/* conn_open - connect */
int
conn_open(struct conn *conn, const struct conn_address *to, int64_t deadline,
    struct err *err)
{
	const struct sockaddr *peer = (const struct sockaddr *)&to->sockaddr;
	int result = 0, one = 1;

	conn_describe(to, &conn->ends);
	conn->fd = socket(peer->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (conn->fd == -1)
		return system_failed(err, errno);
	(void)setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(conn->fd, peer, to->length) == -1)
		result = errno == EINPROGRESS ?
		    finish_connect(conn, deadline, err) :
		    system_failed(err, errno);
	find_interface(to, conn->fd, &conn->ends);
	if (result == -1)
		conn_close(conn);
	return result;
}

/* conn_handshake - TLS from now on; takes the SSL */
int
conn_handshake(struct conn *conn, SSL *ssl, int64_t deadline, struct err *err)
{
	conn->ssl = ssl;
	if (!SSL_set_fd(ssl, conn->fd))
		return tls_failed(ssl, err);
	for (;;) {
		int result;

		ERR_clear_error();
		errno = 0;
		result = SSL_connect(ssl);
		if (result == 1)
			return 0;
		if (tls_wait(conn, result, deadline, err) == -1)
			return -1;
	}
}

/* conn_close - at once; what the peer has not got yet is lost */
void
conn_close(struct conn *conn)
{
	if (conn->ssl != NULL) {
		/* tell the peer that nothing was cut off, if it can be told */
		if (SSL_is_init_finished(conn->ssl)) {
			ERR_clear_error();
			(void)SSL_shutdown(conn->ssl);
		}
		SSL_free(conn->ssl);
		conn->ssl = NULL;
	}
	if (conn->fd != -1)
		close(conn->fd);
	conn->fd = -1;
	conn->start = conn->end = 0;
}

/* ---- talking ---- */

/* write_some - as much as goes now; 0: try again */
static ssize_t
write_some(struct conn *conn, const char *bytes, size_t n, struct err *err)
{
	int64_t deadline = clock_now() + conn->patience;
	size_t written = 0;
	ssize_t sent;

	if (conn->ssl != NULL) {
		int result;

		ERR_clear_error();
		errno = 0;
		result = SSL_write_ex(conn->ssl, bytes, n, &written);
		if (result == 1)
			return (ssize_t)written;
		return tls_wait(conn, result, deadline, err);
	}
	sent = send(conn->fd, bytes, n, MSG_NOSIGNAL);
	if (sent >= 0)
		return sent;
	if (errno != EAGAIN && errno != EINTR)
		return system_failed(err, errno);
	return wait_for(conn, POLLOUT, deadline, err);
}

/* conn_write - all of it, as long as the peer goes on taking */
int
conn_write(struct conn *conn, const void *bytes, size_t n, struct err *err)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t written = write_some(conn, at, n, err);

		if (written == -1)
			return -1;
		at += written;
		n -= (size_t)written;
	}
	return 0;
}

/* read_some - what there is; 0: nothing, try again */
static ssize_t
read_some(struct conn *conn, int64_t deadline, struct err *err)
{
	char *to = conn->in + conn->end;
	size_t room = sizeof(conn->in) - conn->end;
	size_t got = 0;
	ssize_t n;

	if (conn->ssl != NULL) {
		int result;

		ERR_clear_error();
		errno = 0;
		result = SSL_read_ex(conn->ssl, to, room, &got);
		if (result == 1)
			return (ssize_t)got;
		return tls_wait(conn, result, deadline, err);
	}
	n = recv(conn->fd, to, room, 0);
	if (n > 0)
		return n;
	if (n == 0)
		return err_set(err, ERR_LATER, "EOF");
	if (errno != EAGAIN && errno != EINTR)
		return system_failed(err, errno);
	return wait_for(conn, POLLIN, deadline, err);
}

/* conn_fill - wait for bytes and add them to in */
int
conn_fill(struct conn *conn, int64_t deadline, struct err *err)
{
	ssize_t n;

	if (conn->start == conn->end)
		conn->start = conn->end = 0;
	do {
		n = read_some(conn, deadline, err);
	} while (n == 0);
	if (n == -1)
		return -1;
	conn->end += (size_t)n;
	return 0;
}

/* conn_idle - the peer neither spoke nor left */
bool
conn_idle(struct conn *conn)
{
	int result;
	char byte;

	if (conn->start != conn->end)
		return false;
	if (conn->ssl == NULL)
		return recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) ==
		    -1 && errno == EAGAIN;
	/* what is there may be a session ticket, which is no speech */
	ERR_clear_error();
	result = SSL_peek(conn->ssl, &byte, 1);
	return result <= 0 &&
	    SSL_get_error(conn->ssl, result) == SSL_ERROR_WANT_READ;
}
