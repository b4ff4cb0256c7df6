/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * imap_certificate - one that a server shows, and a file to trust it by
 *
 *	SSL_CTX *context = certificate_context("server", "IP:127.0.0.1", 3600,
 *	    "/scratch/ca.pem");
 */
#ifndef TESTS_IMAP_CERTIFICATE_H
#define TESTS_IMAP_CERTIFICATE_H

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tests/unit/scratch.h"

/* certificate_context - for these names, common and alternative; the second may
 * be NULL.  It ends in so many seconds; new */
static inline SSL_CTX *
certificate_context(const char *common, const char *name, long ends,
    const char *path)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	X509_EXTENSION *names = name == NULL ? NULL : X509V3_EXT_conf_nid(NULL,
	    NULL, NID_subject_alt_name, name);
	FILE *file = fopen(path, "w");

	assert_true(context != NULL && file != NULL);
	assert_int_equal(names == NULL, name == NULL);
	X509_set_version(certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN",
	    MBSTRING_ASC, (const unsigned char *)common, -1, -1, 0);
	X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
	X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
	X509_gmtime_adj(X509_getm_notAfter(certificate), ends);
	if (names != NULL)
		X509_add_ext(certificate, names, -1);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_X509(file, certificate), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	SSL_CTX_set_num_tickets(context, 0);
	X509_EXTENSION_free(names);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return context;
}

#endif
