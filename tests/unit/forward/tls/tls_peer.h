/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_peer - a server of TLS, with a certificate that vouches for itself
 *
 *	struct tls_peer peer;
 *	tls_peer_new(&peer, EVP_EC_gen("P-256"), "a.example", "DNS:a.example");
 *	path = tls_peer_save(&peer, dir, "ca.pem");
 *	... SSL_new(peer.context) ...
 *	tls_peer_drop(&peer);
 */
#ifndef TESTS_TLS_PEER_H
#define TESTS_TLS_PEER_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/own.h"
#include "tests/unit/scratch.h"

struct tls_peer {
	EVP_PKEY	*key;
	X509		*certificate;
	SSL_CTX		*context;
};

/* tls_peer_extension - as openssl.cnf(5) has it; value NULL: none */
static inline void
tls_peer_extension(X509 *certificate, int which, const char *value)
{
	X509_EXTENSION *extension;

	if (value == NULL)
		return;
	extension = X509V3_EXT_nconf_nid(NULL, NULL, which, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

/* tls_peer_lasting - takes the key; common and names may be NULL.  For so many
 * seconds from now */
static inline void
tls_peer_lasting(struct tls_peer *peer, EVP_PKEY *key, const char *common,
    const char *names, long seconds)
{
	X509 *certificate = X509_new();
	X509_NAME *name = X509_get_subject_name(certificate);

	peer->key = key;
	peer->certificate = certificate;
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
	X509_gmtime_adj(X509_getm_notAfter(certificate), seconds);
	X509_set_pubkey(certificate, key);
	if (common != NULL)
		assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		    (const unsigned char *)common, -1, -1, 0), 1);
	X509_set_issuer_name(certificate, name);
	tls_peer_extension(certificate, NID_basic_constraints, "CA:TRUE");
	tls_peer_extension(certificate, NID_subject_alt_name, names);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	peer->context = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_security_level(peer->context, 0);
	assert_int_equal(SSL_CTX_use_certificate(peer->context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(peer->context, key), 1);
}

static inline void
tls_peer_new(struct tls_peer *peer, EVP_PKEY *key, const char *common,
    const char *names)
{
	tls_peer_lasting(peer, key, common, names, 3600);
}

static inline void
tls_peer_drop(struct tls_peer *peer)
{
	SSL_CTX_free(peer->context);
	X509_free(peer->certificate);
	EVP_PKEY_free(peer->key);
}

/* tls_peer_save - its certificate; new, a path
 * tls_peer_save_key - with a passphrase, unless that is NULL; new, too */
static inline char *
tls_peer_save(const struct tls_peer *peer, const char *dir, const char *name)
{
	char *path = mem_format("%s/%s", dir, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, peer->certificate), 1);
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline char *
tls_peer_save_key(const struct tls_peer *peer, const char *dir, const char *name,
    char *passphrase)
{
	char *path = mem_format("%s/%s", dir, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, peer->key,
	    passphrase != NULL ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
	    passphrase), 1);
	assert_int_equal(fclose(file), 0);
	return path;
}

#endif
