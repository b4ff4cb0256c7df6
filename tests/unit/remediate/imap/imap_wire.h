/* SPDX-License-Identifier: BSD-2-Clause */
/* imap_wire - the threads and connections of imap_server; for that alone */
#ifndef TESTS_IMAP_WIRE_H
#define TESTS_IMAP_WIRE_H

/* ---- octets ---- */

static inline void
wire_put(struct peer *peer, const char *bytes, size_t n)
{
	if (peer->ssl != NULL)
		(void)SSL_write(peer->ssl, bytes, (int)n);
	else
		(void)send(peer->fd, bytes, n, MSG_NOSIGNAL);
}

static inline bool
wire_octet(struct peer *peer, char *out)
{
	return peer->ssl != NULL ? SSL_read(peer->ssl, out, 1) == 1 :
	    recv(peer->fd, out, 1, 0) == 1;
}

/* wire_line - without its CRLF */
static inline bool
wire_line(struct peer *peer, struct buf *out)
{
	char c;

	buf_cut(out, 0);
	while (wire_octet(peer, &c)) {
		if (c != '\n') {
			buf_byte(out, c);
			continue;
		}
		must(out->len > 0 && out->data[out->len - 1] == '\r');
		buf_cut(out, out->len - 1);
		return true;
	}
	return false;
}

/* ---- words ---- */

static inline void
add_word(struct peer *peer, const char *from, size_t n)
{
	must(peer->count < WORDS);
	peer->words[peer->count++] = mem_format("%.*s", (int)n, from);
}

/* add_quoted - after the quotation mark; where it ends */
static inline const char *
add_quoted(struct peer *peer, const char *at)
{
	own(buf) struct buf text = BUF;

	for (; *at != '"'; at++) {
		at += *at == '\\';
		must(*at != '\0');
		buf_byte(&text, *at);
	}
	add_word(peer, text.data, text.len);
	return at + 1;
}

/* cut_line - into words; a list is one of them */
static inline void
cut_line(struct peer *peer, const char *at)
{
	while (*at != '\0') {
		size_t n;

		if (*at == ' ') {
			at++;
		} else if (*at == '"') {
			at = add_quoted(peer, at + 1);
		} else {
			n = *at == '(' ? strcspn(at, ")") + 1 :
			    strcspn(at, " ");
			add_word(peer, at, n);
			at += n;
		}
	}
}

/* go_on - in the middle of a command; false: that was all of it */
static inline bool
go_on(struct peer *peer)
{
	if (server.instead == NULL) {
		wire_put(peer, "+ go on\r\n", 9);
		return true;
	}
	buf_cut(&peer->out, 0);
	buf_format(&peer->out, server.instead, peer->words[0]);
	wire_put(peer, peer->out.data, peer->out.len);
	return false;
}

/* add_literal - the last word announces it; false: it did not come */
static inline bool
add_literal(struct peer *peer)
{
	own(buf) struct buf bytes = BUF;
	char *last = peer->words[--peer->count], c;
	long n = atol(last + 1);

	free(last);
	if (!go_on(peer))
		return false;
	while (n-- > 0) {
		if (!wire_octet(peer, &c))
			return false;
		buf_byte(&bytes, c);
	}
	add_word(peer, bytes.data, bytes.len);
	return true;
}

enum wire { WIRE_END, WIRE_AGAIN, WIRE_COMMAND };

/* wire_read - a whole command, with its literals */
static inline enum wire
wire_read(struct peer *peer)
{
	own(buf) struct buf line = BUF;

	for (;;) {
		if (!wire_line(peer, &line))
			return WIRE_END;
		cut_line(peer, line.data);
		if (peer->count == 3 && strcmp(peer->words[1],
		    "AUTHENTICATE") == 0) {
			if (!go_on(peer))
				return WIRE_AGAIN;
			continue;
		}
		if (line.len == 0 || line.data[line.len - 1] != '}')
			return peer->count > 1 && strcmp(peer->words[1],
			    "LOGOUT") != 0 ? WIRE_COMMAND : WIRE_END;
		if (!add_literal(peer))
			return WIRE_AGAIN;
	}
}

/* ---- answers ---- */

/* fault_of - this command */
static inline struct fault
fault_of(const struct peer *peer)
{
	const struct fault fault = server.fault;

	if ((fault.only != NULL && strcmp(fault.only,
	    command_name(peer)) != 0) || ++server.commands != fault.at)
		return (struct fault){ .does = true };
	snprintf(server.faulty, sizeof(server.faulty), "%s",
	    command_name(peer));
	if (server.then.at != 0) {
		server.fault = server.then;
		server.then.at = 0;
		server.commands = 0;
	}
	return fault;
}

/* answer - false: the connection ends */
static inline bool
answer(struct peer *peer)
{
	struct fault fault;

	buf_cut(&peer->out, 0);
	pthread_mutex_lock(&server.lock);
	fault = fault_of(peer);
	if (fault.does)
		command_do(peer);
	pthread_mutex_unlock(&server.lock);
	if (fault.half)
		buf_cut(&peer->out, peer->out.len / 2);
	else if (fault.at != 0)
		buf_cut(&peer->out, 0);
	if (fault.says != NULL)
		buf_format(&peer->out, fault.says, peer->words[0]);
	wire_put(peer, peer->out.data, peer->out.len);
	return !fault.ends;
}

static inline bool
wire_tls(struct peer *peer)
{
	peer->ssl = SSL_new(server.context);
	SSL_set_fd(peer->ssl, peer->fd);
	peer->stage = 1;
	return SSL_accept(peer->ssl) == 1;
}

/* wire_serve - one command after the other */
static inline void
wire_serve(struct peer *peer)
{
	enum wire wire = WIRE_AGAIN;
	bool goes_on = true;

	if (!server.starttls && !wire_tls(peer))
		return;
	if (server.greeting != NULL)
		wire_put(peer, server.greeting, strlen(server.greeting));
	while (goes_on && server.greeting != NULL && wire != WIRE_END) {
		bool tls;

		peer->count = 0;
		wire = wire_read(peer);
		goes_on = wire != WIRE_COMMAND || answer(peer);
		tls = wire == WIRE_COMMAND && strcmp(peer->words[1],
		    "STARTTLS") == 0;
		for (unsigned i = 0; i < peer->count; i++)
			free(peer->words[i]);
		if (goes_on && tls)
			goes_on = wire_tls(peer);
	}
}

/* wire_end - what nobody has read would make it a reset */
static inline void
wire_end(int fd)
{
	char rest[256];

	(void)shutdown(fd, SHUT_WR);
	while (recv(fd, rest, sizeof(rest), 0) > 0)
		;
	close(fd);
}

static inline void *
wire_thread(void *arg)
{
	struct peer peer = { .fd = *(int *)arg, .out = BUF };

	free(arg);
	wire_serve(&peer);
	buf_drop(&peer.out);
	SSL_free(peer.ssl);
	wire_end(peer.fd);
	pthread_mutex_lock(&server.lock);
	if (--server.live == 0)
		pthread_cond_signal(&server.quiet);
	pthread_mutex_unlock(&server.lock);
	return NULL;
}

static inline void *
accept_thread(void *arg)
{
	pthread_t thread;
	int fd;

	(void)arg;
	while ((fd = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC)) !=
	    -1) {
		int *own_fd = mem_new(sizeof(fd));

		*own_fd = fd;
		pthread_mutex_lock(&server.lock);
		server.live++;
		pthread_mutex_unlock(&server.lock);
		must(pthread_create(&thread, NULL, wire_thread, own_fd) == 0);
		must(pthread_detach(thread) == 0);
	}
	return NULL;
}

/* ---- its life ---- */

/* server_start - without messages, for bob and for the quarantine */
static inline void
server_start(const char *dir)
{
	own(str) char *path = mem_format("%s/ca.pem", dir);
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(at);

	server = (struct server){ .greeting = "* OK ready\r\n",
	    .can = { "STARTTLS LOGINDISABLED", "AUTH=PLAIN SASL-IR",
	    "MOVE UIDPLUS NAMESPACE" }, .namespaces = "((\"\" \"/\")) NIL NIL",
	    .accounts = { { .name = "bob" }, { .name = "quarantine" } },
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .quiet = PTHREAD_COND_INITIALIZER };
	server.context = certificate_context("server", "IP:127.0.0.1", 7200,
	    path);
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(server.listener, (struct sockaddr *)&at, length) == 0);
	must(listen(server.listener, 16) == 0);
	must(getsockname(server.listener, (struct sockaddr *)&at,
	    &length) == 0);
	snprintf(server.port, sizeof(server.port), "%u", ntohs(at.sin_port));
	must(pthread_create(&server.thread, NULL, accept_thread, NULL) == 0);
}

/* server_stop - when all connections have ended */
static inline void
server_stop(void)
{
	must(shutdown(server.listener, SHUT_RDWR) == 0);
	must(pthread_join(server.thread, NULL) == 0);
	pthread_mutex_lock(&server.lock);
	while (server.live > 0)
		pthread_cond_wait(&server.quiet, &server.lock);
	pthread_mutex_unlock(&server.lock);
	close(server.listener);
	SSL_CTX_free(server.context);
	server_clear();
}

#endif
