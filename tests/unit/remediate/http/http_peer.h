/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_peer - a server of HTTP on the loopback that says what it is told to
 *
 *	peer_start(true);			-- with TLS; peer.port, peer.ca
 *	PEER_SAYS({ .wants = "POST /x", .status = "200 OK", .body = "{}" },
 *	    { .then = PEER_CLOSES });		-- takes a request, and is gone
 *	... two requests ...
 *	peer_heard();				-- both came, and no other
 *	peer_stop();				-- after the clients' ends are closed
 *
 * A request that has not what is wanted, or that nobody wants, is answered with
 * 599, and peer_heard() fails with its words.  Each connection has a thread of its
 * own; the script is one for all.  Its certificate names 127.0.0.1
 * and ::1.  What a script points to may go after peer_heard().
 */
#ifndef TESTS_HTTP_PEER_H
#define TESTS_HTTP_PEER_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "tests/unit/remediate/http/peer_certificate.h"

struct peer_reply {
	const char	*wants;		/* stands in the request; NULL: any */
	const char	*status;	/* and further fields, "200 OK\r\nX: y" */
	const char	*body;
	enum {
		PEER_KEEPS,		/* the connection */
		PEER_CLOSES,		/* it; without a status: at once */
		PEER_CUTS		/* it, before the body is whole */
	}		 then;
	unsigned	 times;		/* it is said so often; "%u" in the body
					   is how often it is to come after that;
					   0: once, as it stands */
};

enum { PEER_REPLIES = 64, PEER_TALKS = 32 };

static struct peer {
	char		*dir, *ca;	/* the certificate's file */
	char		 port[8];
	SSL_CTX		*context;	/* NULL: no TLS */
	int		 listener;
	pthread_t	 thread;
	pthread_mutex_t	 lock;
	/* with the lock */
	struct peer_reply script[PEER_REPLIES + 1];
	size_t		 count, next;
	char		 wrong[256];
	struct buf	 asked;		/* the last request */
	pthread_t	 talks[PEER_TALKS];
	int		 fds[PEER_TALKS];
	size_t		 talk_count;	/* connections that were made */
} peer = { .lock = PTHREAD_MUTEX_INITIALIZER, .asked = BUF };

/* ---- one connection ---- */

struct peer_talk {
	int	 fd;
	SSL	*tls;			/* NULL: none */
};

static inline ssize_t
peer_get(const struct peer_talk *talk, char *bytes, size_t n)
{
	return talk->tls != NULL ? SSL_read(talk->tls, bytes, (int)n) :
	    recv(talk->fd, bytes, n, 0);
}

static inline void
peer_put(const struct peer_talk *talk, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = talk->tls != NULL ? SSL_write(talk->tls, bytes,
		    (int)n) : send(talk->fd, bytes, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		bytes += done;
		n -= (size_t)done;
	}
}

/* peer_read - a whole request; false: there is none any more */
static inline bool
peer_read(const struct peer_talk *talk, struct buf *out)
{
	static const char no_tls[] = "HTTP/1.1 400 No TLS here\r\n\r\n";
	char bytes[4096];

	for (;;) {
		const char *end = strstr(out->data, "\r\n\r\n");
		const char *length = strcasestr(out->data, "Content-Length:");
		ssize_t n;

		if (end != NULL && out->len >= (size_t)(end + 4 - out->data) +
		    (length != NULL && length < end ?
		    strtoul(length + 15, NULL, 10) : 0))
			return true;
		n = peer_get(talk, bytes, sizeof(bytes));
		if (n <= 0)
			return false;
		buf_bytes(out, bytes, (size_t)n);
		if (talk->tls == NULL && out->data[0] == '\x16') {
			peer_put(talk, no_tls, sizeof(no_tls) - 1);
			return false;
		}
	}
}

/* peer_format - the answer's octets; false: the connection ends then */
static inline bool
peer_format(const struct peer_reply *reply, struct buf *out)
{
	const char *rest = reply->body != NULL ? reply->body : "";
	const char *number = reply->times > 0 ? strstr(rest, "%u") : NULL;
	own(buf) struct buf body = BUF;

	if (reply->status == NULL)
		return false;
	if (number != NULL) {
		buf_bytes(&body, rest, (size_t)(number - rest));
		buf_number(&body, reply->times - 1);
		rest = number + 2;
	}
	buf_text(&body, rest);
	buf_format(out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n",
	    reply->status, body.len + (reply->then == PEER_CUTS));
	buf_bytes(out, body.data, body.len);
	return reply->then == PEER_KEEPS;
}

/* peer_next - what is said to that; with the lock */
static inline struct peer_reply
peer_next(const struct buf *request)
{
	struct peer_reply *next = &peer.script[peer.next];
	const char *wants = peer.next == peer.count ? "no request" :
	    next->wants;

	if (peer.next < peer.count && (wants == NULL ||
	    strstr(request->data, wants) != NULL)) {
		struct peer_reply reply = *next;

		if (next->times <= 1 || --next->times == 0)
			peer.next++;
		return reply;
	}
	if (*peer.wrong == '\0')
		snprintf(peer.wrong, sizeof(peer.wrong), "reply %zu is for "
		    "'%.80s', and not for: ...%s", peer.next, wants,
		    request->data + (request->len > 100 ? request->len - 100 :
		    0));
	return (struct peer_reply){ .status = "599 Not in the script",
		.then = PEER_CLOSES };
}

/* peer_answer - false: the connection ends */
static inline bool
peer_answer(const struct peer_talk *talk, const struct buf *request)
{
	own(buf) struct buf out = BUF;
	struct peer_reply reply;
	bool more;

	pthread_mutex_lock(&peer.lock);
	buf_cut(&peer.asked, 0);
	buf_bytes(&peer.asked, request->data, request->len);
	reply = peer_next(request);
	more = peer_format(&reply, &out);
	pthread_mutex_unlock(&peer.lock);
	peer_put(talk, out.data, out.len);
	return more;
}

static inline void *
peer_talk(void *arg)
{
	struct peer_talk talk = { .fd = *(const int *)arg };
	const int yes = 1;
	bool more = true;

	setsockopt(talk.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (peer.context != NULL) {
		talk.tls = SSL_new(peer.context);
		SSL_set_fd(talk.tls, talk.fd);
		more = SSL_accept(talk.tls) == 1;
	}
	while (more) {
		own(buf) struct buf request = BUF;

		more = peer_read(&talk, &request) &&
		    peer_answer(&talk, &request);
	}
	SSL_free(talk.tls);
	shutdown(talk.fd, SHUT_RDWR);
	return NULL;
}

/* ---- the server ---- */

static inline void *
peer_listen(void *arg)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	int fd;

	while ((fd = accept4(peer.listener, (struct sockaddr *)&from, &size,
	    SOCK_CLOEXEC)) != -1) {
		pthread_mutex_lock(&peer.lock);
		if (peer.talk_count == PEER_TALKS)
			abort();
		peer.fds[peer.talk_count] = fd;
		pthread_create(&peer.talks[peer.talk_count], NULL, peer_talk,
		    &peer.fds[peer.talk_count]);
		peer.talk_count++;
		pthread_mutex_unlock(&peer.lock);
	}
	return arg;
}

/* peer_shows - from now on, that certificate, which peer.ca trusts; takes both */
static inline void
peer_shows(EVP_PKEY *key, X509 *certificate)
{
	FILE *file = fopen(peer.ca, "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, certificate), 1);
	fclose(file);
	SSL_CTX_free(peer.context);
	peer.context = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(peer.context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(peer.context, key), 1);
	SSL_CTX_set_num_tickets(peer.context, 0);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static inline void
peer_tls(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	peer.dir = scratch_new();
	peer.ca = mem_format("%s/ca.pem", peer.dir);
	peer_shows(key, peer_certificate(key));
}

/* peer_bind - -1: this machine has no such address */
static inline int
peer_bind(const struct sockaddr *at, socklen_t length)
{
	int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in6 bound;	/* the port of both is at one place */
	socklen_t size = sizeof(bound);

	if (fd == -1)
		return -1;
	if (bind(fd, at, length) == -1) {
		close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&bound, &size), 0);
	snprintf(peer.port, sizeof(peer.port), "%u", ntohs(bound.sin6_port));
	return fd;
}

static inline int
peer_bind_v4(void)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = peer_bind((const struct sockaddr *)&at, sizeof(at));

	assert_int_not_equal(fd, -1);
	return fd;
}

static inline int
peer_bind_v6(void)
{
	const struct sockaddr_in6 at = { .sin6_family = AF_INET6,
	    .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	return peer_bind((const struct sockaddr *)&at, sizeof(at));
}

/* peer_start_on - that listens already */
static inline void
peer_start_on(int listener, bool tls)
{
	signal(SIGPIPE, SIG_IGN);
	if (tls)
		peer_tls();
	peer.count = peer.next = peer.talk_count = 0;
	*peer.wrong = '\0';
	peer.listener = listener;
	assert_int_equal(pthread_create(&peer.thread, NULL, peer_listen, NULL),
	    0);
}

static inline void
peer_start(bool tls)
{
	peer_start_on(peer_bind_v4(), tls);
}

static inline void
peer_stop(void)
{
	shutdown(peer.listener, SHUT_RDWR);
	pthread_join(peer.thread, NULL);
	close(peer.listener);
	for (size_t i = 0; i < peer.talk_count; i++) {
		shutdown(peer.fds[i], SHUT_RDWR);
		pthread_join(peer.talks[i], NULL);
		close(peer.fds[i]);
	}
	SSL_CTX_free(peer.context);
	peer.context = NULL;
	buf_drop(&peer.asked);
	if (peer.dir != NULL)
		scratch_free(peer.dir);
	free(peer.ca);
	peer.dir = peer.ca = NULL;
}

/* ---- what it says ---- */

static inline void
peer_heard(void)
{
	size_t next;
	char wrong[sizeof(peer.wrong)];

	pthread_mutex_lock(&peer.lock);
	next = peer.next;
	memcpy(wrong, peer.wrong, sizeof(wrong));
	pthread_mutex_unlock(&peer.lock);
	if (*wrong != '\0')
		fail_msg("%s", wrong);
	if (next < peer.count)
		fail_msg("%zu of %zu replies were not asked for",
		    peer.count - next, peer.count);
}

/* peer_was_asked - does the last request have this? */
static inline bool
peer_was_asked(const char *text)
{
	bool asked;

	pthread_mutex_lock(&peer.lock);
	asked = strstr(peer.asked.data, text) != NULL;
	pthread_mutex_unlock(&peer.lock);
	return asked;
}

/* peer_says - after all that it was to say before */
static inline void
peer_says(const struct peer_reply *replies, size_t n)
{
	peer_heard();
	assert_true(n <= PEER_REPLIES);
	pthread_mutex_lock(&peer.lock);
	memcpy(peer.script, replies, n * sizeof(*replies));
	peer.count = n;
	peer.next = 0;
	pthread_mutex_unlock(&peer.lock);
}

#define PEER_SAYS(...) peer_says((const struct peer_reply[]){ __VA_ARGS__ }, \
	sizeof((const struct peer_reply[]){ __VA_ARGS__ }) / \
	sizeof(struct peer_reply))

#endif
