/* SPDX-License-Identifier: BSD-2-Clause */
/* conn: what a peer may send by TLS that is no speech, and what is */
#include "forward/net/conn.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "forward/tls/tls.h"
#include "tests/unit/scratch.h"

enum { WAIT = 5000 };		/* ms, for what must come */

/* ---- the other side ---- */

static SSL_CTX *
server_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();

	assert_non_null(context);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	SSL_CTX_set_num_tickets(context, 0);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return context;
}

static void *
accept_tls(void *arg)
{
	assert_int_equal(SSL_accept(arg), 1);
	return NULL;
}

struct pair {
	SSL_CTX		*context;
	SSL		*server;
	int		 server_fd;
	struct tls	*tls;
	struct conn	 client;
};

static void
set_up(struct pair *pair)
{
	static const struct tls_ask ask = { .level = TLS_ENCRYPT,
	    .host = "mx.test", .domain = "test" };
	char *dir = scratch_new();
	char *path = scratch_file(dir, "tdc.cf", "user =\n");
	struct conf conf;
	struct err err;
	pthread_t thread;
	int fds[2];

	assert_int_equal(conf_load(path, &conf, &err), 0);
	assert_int_equal(tls_new(&conf, &pair->tls, &err), 0);
	conf_drop(&conf);
	free(path);
	scratch_free(dir);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds), 0);
	/* room for all that is sent while nobody reads */
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF,
	    &(int){ 200000 }, sizeof(int)), 0);
	pair->server_fd = fds[0];
	pair->client = (struct conn)CONN;
	pair->client.fd = fds[1];
	pair->context = server_context();
	pair->server = SSL_new(pair->context);
	assert_int_equal(SSL_set_fd(pair->server, fds[0]), 1);
	assert_int_equal(pthread_create(&thread, NULL, accept_tls,
	    pair->server), 0);
	assert_int_equal(tls_start(pair->tls, &ask, &pair->client,
	    clock_now() + WAIT, &err), 0);
	pthread_join(thread, NULL);
	/* as connect_start() leaves it */
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
}

static void
tear_down(struct pair *pair)
{
	conn_close(&pair->client);
	SSL_free(pair->server);
	close(pair->server_fd);
	SSL_CTX_free(pair->context);
	tls_free(pair->tls);
}

static void
send_tickets(struct pair *pair, int count)
{
	while (count-- > 0) {
		assert_int_equal(SSL_new_session_ticket(pair->server), 1);
		assert_int_equal(SSL_do_handshake(pair->server), 1);
	}
}

static void
say(struct pair *pair, const char *text)
{
	assert_int_equal(SSL_write(pair->server, text, (int)strlen(text)),
	    strlen(text));
}

/* ---- at rest ---- */

static void
test_idle(void **state)
{
	struct pair pair;
	struct err err;

	(void)state;
	set_up(&pair);
	assert_true(conn_idle(&pair.client));
	send_tickets(&pair, 5);
	assert_true(conn_idle(&pair.client));
	assert_true(conn_idle(&pair.client));
	/* it goes on to be seen until it is read */
	send_tickets(&pair, 5);
	say(&pair, "421 bye\r\n");
	assert_false(conn_idle(&pair.client));
	assert_false(conn_idle(&pair.client));
	assert_int_equal(conn_fill(&pair.client, clock_now() + WAIT, &err), 0);
	assert_int_equal(pair.client.end - pair.client.start, 9);
	assert_false(conn_idle(&pair.client));
	pair.client.start = pair.client.end;
	assert_true(conn_idle(&pair.client));
	/* and so does its end, also behind tickets */
	send_tickets(&pair, 3);
	SSL_shutdown(pair.server);
	assert_false(conn_idle(&pair.client));
	tear_down(&pair);
}

static void
test_too_many(void **state)
{
	struct pair pair;

	(void)state;
	set_up(&pair);
	send_tickets(&pair, 120);
	assert_false(conn_idle(&pair.client));
	tear_down(&pair);
}

/* ---- in a conversation ---- */

static void
test_behind_tickets(void **state)
{
	struct pair pair;
	struct err err;

	(void)state;
	set_up(&pair);
	send_tickets(&pair, 20);
	say(&pair, "250 ok\r\n");
	assert_int_equal(conn_fill(&pair.client, clock_now() + WAIT, &err), 0);
	assert_int_equal(pair.client.end - pair.client.start, 8);
	assert_memory_equal(pair.client.in, "250 ok\r\n", 8);
	tear_down(&pair);
}

/* ---- in segments ---- */

/* connected - two ends of a connection of TCP */
static void
connected(int fds[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, length),
	    0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address,
	    &length), 0);
	assert_int_equal(connect(fds[0], (struct sockaddr *)&address, length),
	    0);
	fds[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_int_not_equal(fds[1], -1);
	close(listener);
}

static bool
holds(const struct conn *conn)
{
	socklen_t length = sizeof(int);
	int value = -1;

	assert_int_equal(getsockopt(conn->fd, IPPROTO_TCP, TCP_CORK, &value,
	    &length), 0);
	return value != 0;
}

/* A part may be held until the last one is said, and no longer, even if there
 * is nothing more in that. */
static void
test_parts(void **state)
{
	struct conn conn = CONN;
	char got[8];
	struct err err;
	int fds[2];

	(void)state;
	connected(fds);
	conn.fd = fds[0];
	assert_int_equal(conn_write(&conn, "a", 1, &err), 0);
	assert_false(holds(&conn));
	assert_int_equal(conn_write_part(&conn, "bc", 2, &err), 0);
	assert_int_equal(conn_write_part(&conn, "d", 1, &err), 0);
	assert_true(holds(&conn));
	assert_int_equal(conn_write(&conn, "", 0, &err), 0);
	assert_false(holds(&conn));
	assert_int_equal(recv(fds[1], got, 4, MSG_WAITALL), 4);
	assert_memory_equal(got, "abcd", 4);
	conn_close(&conn);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_behind_tickets),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
