/* SPDX-License-Identifier: BSD-2-Clause */
/* ews_binding: the hash that RFC 5929 4.1 wants, for each kind of signature
 * NEEDS: REMEDIATION */
#include "remediate/ews/ews_binding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define PREFIX "tls-server-end-point:"

/* certificate - signed by its own key; md NULL: the key has one of its own */
static X509 *
certificate(EVP_PKEY *key, const EVP_MD *md)
{
	X509 *made = X509_new();
	X509_NAME *name = X509_get_subject_name(made);

	X509_set_version(made, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
	X509_gmtime_adj(X509_getm_notBefore(made), 0);
	X509_gmtime_adj(X509_getm_notAfter(made), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"x", -1, -1, 0);
	X509_set_issuer_name(made, name);
	X509_set_pubkey(made, key);
	assert_true(X509_sign(made, key, md) > 0);
	return made;
}

/* is_bound_to - with the hash wanted */
static void
is_bound_to(X509 *made, const EVP_MD *wanted)
{
	own(buf) struct buf out = BUF;
	BIO *bio = BIO_new(BIO_s_mem());
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct err err;
	unsigned n;
	char *pem;

	assert_true(PEM_write_bio_X509(bio, made));
	BIO_write(bio, "", 1);
	assert_true(X509_digest(made, wanted, hash, &n));
	BIO_get_mem_data(bio, &pem);
	assert_int_equal(ews_binding(pem, &out, &err), 0);
	assert_int_equal(out.len, strlen(PREFIX) + n);
	assert_memory_equal(out.data, PREFIX, strlen(PREFIX));
	assert_memory_equal(out.data + strlen(PREFIX), hash, n);
	BIO_free(bio);
}

/* is_bound - to a certificate with a signature by md */
static void
is_bound(EVP_PKEY *key, const EVP_MD *md, const EVP_MD *wanted)
{
	X509 *made = certificate(key, md);

	is_bound_to(made, wanted);
	X509_free(made);
}

static void
test_hashes(void **state)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	EVP_PKEY *rsa = EVP_RSA_gen(2048);
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	(void)state;
	is_bound(ec, EVP_sha256(), EVP_sha256());
	is_bound(ec, EVP_sha384(), EVP_sha384());
	is_bound(rsa, EVP_sha512(), EVP_sha512());
	is_bound(rsa, EVP_sha1(), EVP_sha256());
	is_bound(rsa, EVP_md5(), EVP_sha256());
	is_bound(ed, NULL, EVP_sha256());
	EVP_PKEY_free(ec);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
}

/* A signature by an algorithm that nobody knows: the hash of those without one. */
static void
test_unknown(void **state)
{
	static const unsigned char name[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d,
		0x04, 0x03, 0x02 };	/* ecdsa-with-SHA256 */
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	X509 *made = certificate(ec, EVP_sha256()), *read;
	unsigned char *der = NULL, *at;
	const unsigned char *from;
	int n = i2d_X509(made, &der), found = 0;

	(void)state;
	for (at = der; (at = memmem(at, (size_t)(der + n - at), name,
	    sizeof(name))) != NULL; found++)
		at[7] = 0x7f;
	assert_int_equal(found, 2);
	from = der;
	read = d2i_X509(NULL, &from, n);
	assert_non_null(read);
	is_bound_to(read, EVP_sha256());
	X509_free(read);
	X509_free(made);
	OPENSSL_free(der);
	EVP_PKEY_free(ec);
}

static void
test_none(void **state)
{
	own(buf) struct buf out = BUF;
	struct err err;

	(void)state;
	assert_int_equal(ews_binding("", &out, &err), -1);
	assert_int_equal(ews_binding("-----BEGIN CERTIFICATE-----\nAAAA\n"
	    "-----END CERTIFICATE-----\n", &out, &err), -1);
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
