/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls: handshakes with servers of any certificate, at each level, and what is said of
 * those that do not do
 *
 * WRAP: SSL_add1_host SSL_new
 */
#include "forward/tls/tls.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "forward/tls/tls_certificate.h"
#include "tests/unit/forward/tls/tls_rig.h"
#include "tests/unit/forward/tls/tls_server.h"
#include "tests/unit/opened.h"

#define PATIENCE (clock_now() + 20000)

FAILS(int, SSL_add1_host, (SSL *ssl, const char *host), (ssl, host), 0)
FAILS(SSL *, SSL_new, (SSL_CTX *context), (context), NULL)

/* ---- handshakes ---- */

static struct conn conn = CONN;

/* shake - hands with the peer; err says why not.  What is asked of conn then is seen
 * by look, which may be NULL */
static int
shake(const struct tls_ask *ask, void (*look)(int))
{
	int before = opened(), fds[2], result;
	pthread_t thread;

	memset(&err, 0, sizeof(err));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	conn = (struct conn)CONN;
	conn.fd = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, serve, &fds[1]), 0);
	result = tls_start(tls, ask, &conn, PATIENCE, &err);
	if (look != NULL)
		look(result);
	conn_close(&conn);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(opened(), before);
	return result;
}

/* trusts - a server with that certificate, which we trust */
static void
trusts(EVP_PKEY *key, const char *common, const char *names)
{
	own(str) char *path = NULL;

	tls_peer_new(&peer, key, common, names);
	path = tls_peer_save(&peer, dir, "ca.pem");
	conf.tls_ca_file = path;
	conf.tls_ca_path = "";
	tls = tls_free(tls);
	if (tls_new(&conf, &tls, &err) == -1)
		fail_msg("%s", err.text);
}

/* Each level, and what the certificate has. */
static const struct {
	const char	*common, *has;
	enum tls_level	 level;
	const char	*host, *domain, *wanted;
	const char	*says;		/* NULL: it does */
} levels[] = {
	{ NULL, NULL, TLS_ENCRYPT, "mx.example", "x.example", "", NULL },
	{ NULL, NULL, TLS_ENCRYPT, "192.0.2.1", "x.example", "", NULL },
	{ "cn", "DNS:mx.example", TLS_VERIFY, "mx.example", "x.example", "",
	  NULL },
	{ "cn", "IP:192.0.2.1", TLS_VERIFY, "192.0.2.1", "x.example", "",
	  NULL },
	{ "cn", "IP:2001:db8::1", TLS_VERIFY, "2001:db8::1", "x.example", "",
	  NULL },
	{ "mx.example", NULL, TLS_VERIFY, "mx.example", "x.example", "",
	  "wanted mx.example, the certificate has no name but the common name "
	  "mx.example" },
	{ "mx.example", NULL, TLS_SECURE, "mx.example", "x.example", "hostname",
	  "wanted mx.example, the certificate has no name but the common name "
	  "mx.example" },
	{ "cn", "DNS:*.x.example", TLS_VERIFY, "mx.x.example", "x.example", "",
	  NULL },
	{ "cn", "DNS:m*.x.example", TLS_VERIFY, "mx.x.example", "x.example", "",
	  "wanted mx.x.example, the certificate has m*.x.example" },
	{ NULL, NULL, TLS_VERIFY, "mx.example", "x.example", "",
	  "wanted mx.example, the certificate has no name" },
	{ NULL, "email:a@b.example", TLS_VERIFY, "mx.example", "x.example", "",
	  "the certificate has no name" },
	{ "cn", "DNS:a.example,IP:192.0.2.1,IP:2001:db8::1", TLS_VERIFY,
	  "192.0.2.2", "x.example", "",
	  "wanted 192.0.2.2, the certificate has a.example, 192.0.2.1, "
	  "2001:db8::1" },
	{ "cn", "DNS:0123456789.0123456789.0123456789.0123456789.example",
	  TLS_VERIFY, "mx.example", "x.example", "",
	  "has 0123456789.0123456789.0123456789.0123456789..." },
	{ "cn", "DNS:x.example", TLS_SECURE, "mx.example", "x.example",
	  "nexthop", NULL },
	{ "cn", "DNS:mx.example", TLS_SECURE, "mx.example", "x.example",
	  "nexthop, hostname", NULL },
	{ "cn", "IP:192.0.2.1", TLS_SECURE, "192.0.2.1", "x.example",
	  "hostname", NULL },
	{ "cn", "DNS:a.b.x.example", TLS_SECURE, "mx.example", "x.example",
	  "dot-nexthop", NULL },
	{ "cn", "DNS:y.example", TLS_SECURE, "mx.example", "x.example",
	  "nexthop, dot-nexthop\t.z.example", "wanted x.example or a name "
	  "below it, a name below z.example, the certificate has y.example" },
	{ "cn", "DNS:y.example", TLS_SECURE, "mx.example", "x.example", " ,",
	  "OpenSSL takes no name 'mx.example'" },
};

static void
test_levels(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		const struct tls_ask ask = { .level = levels[i].level,
			.host = levels[i].host, .domain = levels[i].domain,
			.names = levels[i].wanted };
		int result;

		trusts(EVP_EC_gen("P-256"), levels[i].common, levels[i].has);
		result = shake(&ask, NULL);
		if ((result == 0) != (levels[i].says == NULL))
			fail_msg("%zu: %s", i, err.text);
		if (result == -1 && strstr(err.text, levels[i].says) == NULL)
			fail_msg("%zu: %s", i, err.text);
		if (result == -1)
			assert_int_equal(err.sys, EPROTO);
		tls_peer_drop(&peer);
	}
}

static void
look_at_doubt(int result)
{
	char matched[TLS_MATCHED];
	struct tls_certificate seen;
	time_t now = time(NULL);

	assert_int_equal(result, 0);
	assert_string_equal(tls_doubt(&conn), "self-signed certificate");
	assert_string_equal(tls_matched(&conn, matched), "");
	assert_in_range(tls_peer_until(&conn), now + 3000, now + 3700);
	assert_true(tls_certificate(conn.ssl, &seen));
	assert_int_equal(strlen(seen.subject), TLS_TEXT - 1);
	assert_string_equal(seen.subject + TLS_TEXT - 4, "...");
	assert_string_equal(seen.why, "self-signed certificate");
}

static void
look_at_none(int result)
{
	assert_int_equal(result, 0);
	assert_null(tls_doubt(&conn));
}

/* What a connection tells of a peer that was not verified, and of none. */
static void
test_doubt(void **state)
{
	const struct tls_ask ask = { .level = TLS_ENCRYPT, .host = "mx.example",
		.domain = "x.example" };
	struct tls_certificate none;
	char matched[TLS_MATCHED], common[65];

	(void)state;
	memset(common, '\xfc', 64);
	common[64] = '\0';
	trusts(EVP_EC_gen("P-256"), NULL, "DNS:mx.example");
	assert_int_equal(shake(&ask, look_at_none), 0);
	tls = tls_free(tls);
	tls_peer_drop(&peer);
	tls_peer_new(&peer, EVP_EC_gen("P-256"), common, "DNS:mx.example");
	conf.tls_ca_file = "";
	conf.tls_ca_path = dir;
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	assert_int_equal(shake(&ask, look_at_doubt), 0);
	tls_peer_drop(&peer);
	assert_int_equal(tls_peer_until(&conn), 0);
	assert_string_equal(tls_matched(&conn, matched), "");
	assert_false(tls_certificate(NULL, &none));
}

/* A key that is too weak is refused also where no certificate is looked at. */
static void
test_weak(void **state)
{
	const struct tls_ask ask = { .level = TLS_ENCRYPT, .host = "mx.example",
		.domain = "x.example" };

	(void)state;
	conf.tls_ca_file = "";
	conf.tls_ca_path = dir;
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	tls_peer_new(&peer, EVP_RSA_gen(1024), "cn", "DNS:mx.example");
	assert_int_equal(shake(&ask, NULL), -1);
	assert_string_equal(err.text, "EE certificate key too weak");
	assert_int_equal(err.sys, EPROTO);
	tls_peer_drop(&peer);
}

/* Without memory no handshake begins, and nothing is left. */
static void
test_no_memory(void **state)
{
	static const struct { const char *call, *text; int sys; } rows[] = {
		{ "SSL_new", "[Errno 12] Cannot allocate memory", ENOMEM },
		{ "SSL_add1_host", "OpenSSL takes no name 'mx.example'", EPROTO },
	};
	const struct tls_ask ask = { .level = TLS_SECURE, .host = "mx.example",
		.domain = "x.example", .names = "nexthop" };

	(void)state;
	conf.tls_ca_file = "";
	conf.tls_ca_path = dir;
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct conn none = CONN;

		failing = rows[i].call;
		assert_int_equal(tls_start(tls, &ask, &none, PATIENCE, &err), -1);
		assert_string_equal(err.text, rows[i].text);
		assert_int_equal(err.sys, rows[i].sys);
		assert_null(none.ssl);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_levels),
		TEST(test_doubt),
		TEST(test_weak),
		TEST(test_no_memory),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
