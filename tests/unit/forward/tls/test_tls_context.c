/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_context: what of our own files and parameters is refused, and why
 *
 * WRAP: SSL_CTX_dane_enable SSL_CTX_load_verify_dir SSL_CTX_new
 * WRAP: SSL_CTX_set_default_verify_paths
 */
#include "forward/tls/tls_context.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <time.h>

#include "tests/unit/forward/tls/tls_rig.h"

FAILS(int, SSL_CTX_dane_enable, (SSL_CTX *context), (context), 0)
FAILS(int, SSL_CTX_load_verify_dir, (SSL_CTX *context, const char *path),
    (context, path), 0)
FAILS(SSL_CTX *, SSL_CTX_new, (const SSL_METHOD *method), (method), NULL)
FAILS(int, SSL_CTX_set_default_verify_paths, (SSL_CTX *context), (context), 0)

/* refused - such a configuration, as that text says */
static void
refused(const char *says, enum err_kind kind)
{
	memset(&err, 0, sizeof(err));
	assert_int_equal(tls_new(&conf, &tls, &err), -1);
	assert_null(tls);
	if (strstr(err.text, says) == NULL)
		fail_msg("%s: %s", says, err.text);
	assert_int_equal(err.kind, kind);
}

static void
test_trust_refused(void **state)
{
	own(str) char *none = mem_format("%s/none", dir);
	own(str) char *text = scratch_file(dir, "text", "no certificate\n");

	(void)state;
	conf.tls_ca_file = none;
	refused("tls_ca_file: ", ERR_LATER);
	assert_non_null(strstr(err.text, "/none: No such file or directory"));
	assert_int_equal(err.sys, ENOENT);
	conf.tls_ca_file = text;
	refused("/text: ", ERR_NEVER);
	conf.tls_ca_file = "";
	conf.tls_ca_path = dir;
	failing = "SSL_CTX_load_verify_dir";
	ERR_clear_error();
	refused("tls_ca_path: ", ERR_NEVER);
	assert_non_null(strstr(err.text, ": not usable"));
	conf.tls_ca_path = "";
	failing = "SSL_CTX_set_default_verify_paths";
	refused("tls_ca_file: system: not usable", ERR_NEVER);
	failing = "SSL_CTX_new";
	refused("OpenSSL gives no context", ERR_LATER);
	failing = "SSL_CTX_dane_enable";
	refused("OpenSSL gives no context", ERR_LATER);
}

static void
test_version_refused(void **state)
{
	(void)state;
	conf.tls_min_version = "TLSv1.1";
	refused("tls_min_version: 'TLSv1.1' is neither TLSv1.2 nor TLSv1.3",
	    ERR_NEVER);
	conf.tls_min_version = "TLSv1.3";
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
}

/* Our own certificate, its key, and how long it lasts with those that vouch for it. */
static void
test_certificate(void **state)
{
	static char secret[] = "secret";
	struct tls_peer one, other;
	own(str) char *certificate = NULL, *key = NULL, *wrong = NULL, *locked = NULL,
	    *short_lived = NULL, *chain = NULL, *first = NULL, *second = NULL,
	    *both = NULL;
	int64_t from, until, now = time(NULL);

	(void)state;
	tls_peer_new(&one, EVP_EC_gen("P-256"), "one", "DNS:one.example");
	tls_peer_lasting(&other, EVP_EC_gen("P-256"), "two", "DNS:two.example", 600);
	certificate = tls_peer_save(&one, dir, "one.pem");
	key = tls_peer_save_key(&one, dir, "one.key", NULL);
	locked = tls_peer_save_key(&one, dir, "locked.key", secret);
	short_lived = tls_peer_save(&other, dir, "two.pem");
	wrong = tls_peer_save_key(&other, dir, "two.key", NULL);
	first = scratch_read(certificate);
	second = scratch_read(short_lived);
	both = mem_format("%s%s", first, second);
	chain = scratch_file(dir, "chain.pem", both);
	conf.tls_ca_path = dir;
	conf.tls_cert_file = certificate;
	refused("one.pem: there is no private key in it, and tls_key_file is not set",
	    ERR_NEVER);
	conf.tls_key_file = certificate;
	refused("tls_key_file: ", ERR_NEVER);
	assert_non_null(strstr(err.text, "one.pem: there is no private key in it"));
	assert_null(strstr(err.text, "not set"));
	conf.tls_key_file = locked;
	refused("locked.key: its private key has a passphrase, and nobody is there to "
	    "enter it", ERR_NEVER);
	conf.tls_key_file = wrong;
	refused("two.key: key values mismatch", ERR_NEVER);
	conf.tls_cert_file = key;
	refused("tls_cert_file: ", ERR_NEVER);
	conf.tls_cert_file = certificate;
	conf.tls_key_file = key;
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	assert_true(tls_validity(tls, &from, &until));
	assert_in_range(now - from, 50, 130);
	assert_in_range(until, now + 3000, now + 3700);
	tls = tls_free(tls);
	conf.tls_cert_file = chain;
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	assert_true(tls_validity(tls, &from, &until));
	assert_in_range(until, now + 500, now + 700);
	tls = tls_free(tls);
	conf.tls_cert_file = conf.tls_key_file = "";
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	assert_false(tls_validity(tls, &from, &until));
	tls_peer_drop(&one);
	tls_peer_drop(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_trust_refused),
		TEST(test_version_refused),
		TEST(test_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
