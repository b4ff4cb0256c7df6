/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer_certificate - a certificate for this machine's loopback
 *
 *	EVP_PKEY *key = EVP_EC_gen("P-256");
 *	X509 *certificate = peer_certificate(key);
 */
#ifndef TESTS_PEER_CERTIFICATE_H
#define TESTS_PEER_CERTIFICATE_H

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/unit/scratch.h"

/* peer_certificate_as - with these names, signed by its own key; the second may
 * be NULL */
static inline X509 *
peer_certificate_as(EVP_PKEY *key, const char *common, const char *alternative)
{
	X509 *made = X509_new();
	X509_NAME *name = X509_get_subject_name(made);
	X509_EXTENSION *names = alternative == NULL ? NULL :
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alternative);

	X509_set_version(made, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
	X509_gmtime_adj(X509_getm_notBefore(made), -3600);
	X509_gmtime_adj(X509_getm_notAfter(made), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)common, -1, -1, 0);
	X509_set_issuer_name(made, name);
	X509_set_pubkey(made, key);
	if (names != NULL)
		X509_add_ext(made, names, -1);
	X509_EXTENSION_free(names);
	assert_true(X509_sign(made, key, EVP_sha256()) > 0);
	return made;
}

/* peer_certificate - for the loopback's addresses */
static inline X509 *
peer_certificate(EVP_PKEY *key)
{
	return peer_certificate_as(key, "peer", "IP:127.0.0.1,IP:::1");
}

#endif
