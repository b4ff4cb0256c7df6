/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_sessions: whole TLS conversations, in memory, with a server of our own */
#include "forward/tls/tls_sessions.h"

#include <openssl/x509.h>
#include <stdbool.h>

#include "base/mem.h"
#include "base/own.h"
#include "tests/unit/scratch.h"

static SSL_CTX *server, *client;

/* give_certificate - one that nobody looks at */
static void
give_certificate(SSL_CTX *context)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();

	X509_set_pubkey(certificate, key);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static void
begin(int version, struct tls_sessions **out)
{
	server = SSL_CTX_new(TLS_server_method());
	client = SSL_CTX_new(TLS_client_method());
	give_certificate(server);
	SSL_CTX_set_max_proto_version(client, version);
	*out = tls_sessions_new(client);
}

static void
end(struct tls_sessions *sessions)
{
	tls_sessions_free(sessions);
	SSL_CTX_free(client);
	SSL_CTX_free(server);
}

/* converse - the handshake, and a byte behind it, since tickets may come as
 * late as that; whether a session was resumed.  Takes the connection. */
static bool
converse(SSL *ours)
{
	SSL *theirs = SSL_new(server);
	BIO *here, *there;
	bool resumed;
	char byte = 'x';

	assert_int_equal(BIO_new_bio_pair(&here, 0, &there, 0), 1);
	SSL_set_bio(ours, here, here);
	SSL_set_bio(theirs, there, there);
	SSL_set_connect_state(ours);
	SSL_set_accept_state(theirs);
	for (int i = 0; i < 10; i++) {
		(void)SSL_do_handshake(ours);
		(void)SSL_do_handshake(theirs);
	}
	assert_true(SSL_is_init_finished(ours));
	assert_int_equal(SSL_write(theirs, &byte, 1), 1);
	assert_int_equal(SSL_read(ours, &byte, 1), 1);
	resumed = SSL_session_reused(ours);
	/* without it a session counts as broken */
	(void)SSL_shutdown(ours);
	(void)SSL_shutdown(theirs);
	SSL_free(ours);
	SSL_free(theirs);
	return resumed;
}

/* connection - that is about to begin under this name */
static SSL *
connection(struct tls_sessions *sessions, unsigned name)
{
	own(str) char *text = mem_format("name %u", name);
	SSL *ssl = SSL_new(client);

	tls_sessions_resume(sessions, text, ssl);
	return ssl;
}

static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

static void
test_resumed(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct tls_sessions *sessions;

		begin(versions[i], &sessions);
		assert_false(converse(connection(sessions, 1)));
		assert_true(converse(connection(sessions, 1)));
		assert_true(converse(connection(sessions, 1)));
		assert_false(converse(connection(sessions, 2)));
		assert_true(converse(connection(sessions, 1)));
		end(sessions);
	}
	assert_null(tls_sessions_free(NULL));
}

/* However many names there were, the latest are known. */
static void
test_many(void **state)
{
	enum { MORE = 10 };
	struct tls_sessions *sessions;

	(void)state;
	begin(TLS1_3_VERSION, &sessions);
	for (unsigned name = 0; name < TLS_SESSIONS_MAX + MORE; name++) {
		assert_false(converse(connection(sessions, name)));
		/* in use all the time */
		assert_true(converse(connection(sessions, 0)));
	}
	for (unsigned name = TLS_SESSIONS_MAX + MORE - 1; name > MORE; name--)
		assert_true(converse(connection(sessions, name)));
	assert_true(converse(connection(sessions, 0)));
	for (unsigned name = 1; name <= MORE; name++) {
		assert_false(converse(connection(sessions, name)));
		assert_true(converse(connection(sessions, name)));
	}
	end(sessions);
}

/* A connection whose name was forgotten while it was under way leaves nothing
 * behind, least of all under the name that took its place. */
static void
test_late(void **state)
{
	struct tls_sessions *sessions;
	SSL *late;

	(void)state;
	begin(TLS1_3_VERSION, &sessions);
	late = connection(sessions, 0);
	for (unsigned name = 1; name <= TLS_SESSIONS_MAX; name++)
		SSL_free(connection(sessions, name));
	assert_false(converse(late));
	for (unsigned name = 1; name <= TLS_SESSIONS_MAX; name++) {
		SSL *ssl = connection(sessions, name);

		assert_null(SSL_get0_session(ssl));
		SSL_free(ssl);
	}
	assert_false(converse(connection(sessions, 0)));
	end(sessions);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
