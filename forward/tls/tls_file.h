/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_file - certificates and keys (PEM) that OpenSSL does not open by itself
 *
 *	BIO *bio = tls_file_open("/etc/tdc/key.pem", &err);
 *
 *	if (bio == NULL)
 *		return err_wrap(&err, "/etc/tdc/key.pem");
 *	... tls_file_key(bio, context, &encrypted) ...
 *	BIO_free(bio);
 *
 * The library would wait for the writer of a fifo.  What is read does the same
 * as SSL_CTX_load_verify_file(3), SSL_CTX_use_certificate_chain_file(3) and
 * SSL_CTX_use_PrivateKey_file(3), and fails with the same errors in OpenSSL's
 * queue.
 */
#ifndef FORWARD_TLS_FILE_H
#define FORWARD_TLS_FILE_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/err.h"

/* tls_file_open - new; NULL: as regular_open() */
BIO	*tls_file_open(const char *path, struct err *);

/* tls_file_trusted - certificates, and revocation lists, that are trusted */
bool	 tls_file_trusted(BIO *, X509_STORE *);

/* tls_file_chain - our certificate, and those that lead to it */
bool	 tls_file_chain(BIO *, SSL_CTX *);

/* tls_file_key - our key; *out_encrypted, also on failure: it has a
 * passphrase, for which there is nobody to ask */
bool	 tls_file_key(BIO *, SSL_CTX *, bool *out_encrypted);

#endif
