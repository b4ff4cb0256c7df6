/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/intake/record.h"
#include "tests/intake/wire.h"
#include "tests/lib/endpoint.h"

#define WIRE_LINE 4096		/* a longer command ends the connection */

void
wire_sleep(double seconds)
{
	struct timespec time = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9),
	};

	while (nanosleep(&time, &time) == -1 && errno == EINTR)
		;
}

static ssize_t
wire_read(struct wire *wire, char *to, size_t room)
{
	ssize_t n;

	if (wire->ssl != NULL)
		return SSL_read(wire->ssl, to, (int)room);
	while ((n = read(wire->fd, to, room)) == -1 && errno == EINTR)
		;
	return n;
}

bool
wire_write(struct wire *wire, const char *bytes, size_t n)
{
	size_t done;

	if (wire->ssl == NULL)
		return endpoint_write(wire->fd, bytes, n);
	return n == 0 || SSL_write_ex(wire->ssl, bytes, n, &done) == 1;
}

bool
wire_flush(struct wire *wire)
{
	bool good = wire_write(wire, wire->out.data, wire->out.len);

	buf_cut(&wire->out, 0);
	return good;
}

/* wire_fill - read more; false: the client is gone */
bool
wire_fill(struct wire *wire)
{
	ssize_t n;

	if (wire->at > 0) {
		memmove(wire->in, wire->in + wire->at, wire->len - wire->at);
		wire->len -= wire->at;
		wire->at = 0;
	}
	n = wire_read(wire, wire->in + wire->len, WIRE_IN - wire->len);
	if (n <= 0)
		return false;
	wire->len += (size_t)n;
	return true;
}

/* wire_wait - answer what was asked, then wait for the next flight.  While
 * part of a flight is still under way, or replies are held, nothing is
 * answered. */
static bool
wire_wait(struct wire *wire)
{
	bool more = wire->at < wire->len ||
	    (wire->ssl != NULL && SSL_has_pending(wire->ssl));

	if (!more && wire->held == 0) {
		if (!wire_flush(wire))
			return false;
		wire->flight++;
		stat_add(&stats.flights, 1);
	}
	return wire_fill(wire);
}

/* wire_line - the next command without its line end, as a string in in[];
 * NULL: the client is gone, or talks nonsense */
char *
wire_line(struct wire *wire)
{
	for (;;) {
		char *line = wire->in + wire->at;
		char *end = memchr(line, '\n', wire->len - wire->at);

		if (end != NULL) {
			wire->at = (size_t)(end + 1 - wire->in);
			if (end > line && end[-1] == '\r')
				end--;
			*end = '\0';
			return line;
		}
		if (wire->len - wire->at > WIRE_LINE || !wire_wait(wire))
			return NULL;
	}
}

/* wire_more - are there bytes after the last command already? */
bool
wire_more(const struct wire *wire)
{
	return wire->at < wire->len;
}

/* wire_hang - take all and say nothing until the client leaves */
void
wire_hang(struct wire *wire)
{
	do
		wire->at = wire->len = 0;
	while (wire_fill(wire));
}

/* wire_drip - send what is to be said byte by byte */
bool
wire_drip(struct wire *wire, double seconds)
{
	for (size_t i = 0; i < wire->out.len; i++) {
		wire_sleep(seconds);
		if (!wire_write(wire, wire->out.data + i, 1))
			return false;
	}
	buf_cut(&wire->out, 0);
	return true;
}

/* wire_reset - end it with RST when it is closed */
void
wire_reset(struct wire *wire)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* wire_tls - be the server of a handshake */
bool
wire_tls(struct wire *wire, SSL_CTX *ctx)
{
	const char *name;

	wire->ssl = SSL_new(ctx);
	SSL_set_fd(wire->ssl, wire->fd);
	if (SSL_accept(wire->ssl) != 1) {
		stat_add(&stats.handshakes_failed, 1);
		journal_line(wire->id, wire->flight, 'E', "tls failed: %s",
		    ERR_error_string(ERR_peek_last_error(), NULL));
		ERR_clear_error();
		return false;
	}
	stat_add(&stats.handshakes, 1);
	stat_add(&stats.resumed, SSL_session_reused(wire->ssl) ? 1 : 0);
	name = SSL_get_servername(wire->ssl, TLSEXT_NAMETYPE_host_name);
	journal_line(wire->id, wire->flight, 'E', "tls %s %s resumed %s sni %s",
	    SSL_get_version(wire->ssl), SSL_get_cipher(wire->ssl),
	    SSL_session_reused(wire->ssl) ? "yes" : "no",
	    name != NULL ? name : "-");
	return true;
}

/* wire_close - say goodbye in TLS when asked to, and free all */
struct wire *
wire_close(struct wire *wire, bool politely)
{
	if (wire->ssl != NULL) {
		if (politely)
			SSL_shutdown(wire->ssl);
		SSL_free(wire->ssl);
		ERR_clear_error();
	}
	close(wire->fd);
	buf_drop(&wire->out);
	free(wire);
	return NULL;
}
