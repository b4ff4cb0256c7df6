/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/net/conn.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "forward/net/conn_memory.h"

enum { TICKETS_MAX = 100 };	/* at once; more are no better than speech */

/* ---- what went wrong ---- */

/* conn_errno - errno in the form of AsyncOS (and Python) */
int
conn_errno(struct err *err, int number)
{
	if (number == ETIMEDOUT)
		err_set(err, ERR_LATER, "timeout");
	else
		err_set(err, ERR_LATER, "[Errno %d] %s", number,
		    strerror(number));
	err->sys = number;
	return -1;
}

/* conn_tls_begin - neither errors nor want of memory */
void
conn_tls_begin(void)
{
	ERR_clear_error();
	conn_memory_forget();
}

/* tells_of_memory - an error of the library's.  Where we do not see what malloc(3)
 * refuses it, whatever it counts as an error in itself, since that may be one. */
static bool
tells_of_memory(unsigned long code)
{
	return conn_memory_watched() ?
	    ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE : ERR_FATAL_ERROR(code);
}

/* conn_tls_memory - by what malloc(3) refused, and by all that the library says */
bool
conn_tls_memory(void)
{
	bool none = conn_memory_lacked();
	unsigned long code;

	while ((code = ERR_get_error()) != 0)
		none = none || tells_of_memory(code);
	return none;
}

/* tls_failed - what the library says; certificate errors in full */
static int
tls_failed(const SSL *ssl, struct err *err)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);
	long verified = SSL_get_verify_result(ssl);

	if (conn_tls_memory())
		return conn_errno(err, ENOMEM);
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
			return conn_errno(err, ETIMEDOUT);
		n = poll(fds, 2, (int)earlier(left, INT_MAX));
		if (n == -1 && errno != EINTR)
			return conn_errno(err, errno);
		if (n > 0 && fds[1].revents != 0)
			return conn_errno(err, ECANCELED);
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
		if (conn_memory_lacked())
			return conn_errno(err, ENOMEM);
		if (number == 0)
			return err_set(err, ERR_LATER, "EOF");
		return conn_errno(err, number);
	default:
		return tls_failed(conn->ssl, err);
	}
}

/* ---- opening and closing ---- */

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
		/* let the peer know that nothing was cut off, if possible */
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
	conn->corked = false;
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

		conn_tls_begin();
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
		return conn_errno(err, errno);
	return wait_for(conn, POLLOUT, deadline, err);
}

/* cork - hold what does not fill a segment; uncorked, it goes */
static void
cork(struct conn *conn, bool yes)
{
	int value = yes;

	if (conn->corked != yes)
		(void)setsockopt(conn->fd, IPPROTO_TCP, TCP_CORK, &value,
		    sizeof(value));
	conn->corked = yes;
}

/* write_all - as long as the peer goes on taking */
static int
write_all(struct conn *conn, const char *at, size_t n, struct err *err)
{
	while (n > 0) {
		ssize_t written = write_some(conn, at, n, err);

		if (written == -1)
			return -1;
		at += written;
		n -= (size_t)written;
	}
	return 0;
}

/* conn_write_part - and hold what does not fill a segment */
int
conn_write_part(struct conn *conn, const void *bytes, size_t n,
    struct err *err)
{
	cork(conn, true);
	return write_all(conn, bytes, n, err);
}

/* conn_write - the library writes each record of TLS by itself, TCP shall not
 * send each by itself */
int
conn_write(struct conn *conn, const void *bytes, size_t n, struct err *err)
{
	if (conn->ssl != NULL && n > SSL3_RT_MAX_PLAIN_LENGTH)
		cork(conn, true);
	if (write_all(conn, bytes, n, err) == -1)
		return -1;
	cork(conn, false);
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

		conn_tls_begin();
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
		return conn_errno(err, errno);
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
	char byte;

	if (conn->start != conn->end)
		return false;
	if (conn->ssl == NULL)
		return recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) ==
		    -1 && errno == EAGAIN;
	/* what is there may be session tickets, which are no speech */
	for (int i = 0; i < TICKETS_MAX; i++) {
		uint64_t before = BIO_number_read(SSL_get_rbio(conn->ssl));
		int result;

		ERR_clear_error();
		result = SSL_peek(conn->ssl, &byte, 1);
		if (result > 0 || SSL_get_error(conn->ssl, result) !=
		    SSL_ERROR_WANT_READ)
			return false;
		if (BIO_number_read(SSL_get_rbio(conn->ssl)) == before)
			return true;
	}
	return false;
}
