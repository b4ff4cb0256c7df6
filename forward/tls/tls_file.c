/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/tls_file.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509err.h>
#include <stdio.h>

#include "base/regular.h"

/* tls_file_open - as a stream, of which lines can be taken */
BIO *
tls_file_open(const char *path, struct err *err)
{
	FILE *file = regular_fopen(path, err);
	BIO *bio = file == NULL ? NULL : BIO_new_fp(file, BIO_CLOSE);

	if (file != NULL && bio == NULL) {
		fclose(file);
		(void)err_set(err, ERR_LATER, "OpenSSL takes no file");
	}
	return bio;
}

/* no_passphrase - there is nobody to ask for one */
static int
no_passphrase(char *out, int size, int write, void *asked)
{
	(void)out;
	(void)size;
	(void)write;
	*(bool *)asked = true;
	return -1;
}

/* trust - what one piece of the file is; how many, or -1 */
static int
trust(const X509_INFO *info, X509_STORE *store)
{
	int count = 0;

	if (info->x509 != NULL) {
		if (!X509_STORE_add_cert(store, info->x509))
			return -1;
		count++;
	}
	if (info->crl != NULL) {
		if (!X509_STORE_add_crl(store, info->crl))
			return -1;
		count++;
	}
	return count;
}

/* tls_file_trusted - one of them at least */
bool
tls_file_trusted(BIO *bio, X509_STORE *store)
{
	/* a key among them is passed over: no passphrase is asked for */
	static char none[] = "";
	STACK_OF(X509_INFO) *all = PEM_X509_INFO_read_bio(bio, NULL, NULL,
	    none);
	int count = 0, n = 0;

	if (all == NULL)
		return false;
	for (int i = 0; n != -1 && i < sk_X509_INFO_num(all); i++) {
		n = trust(sk_X509_INFO_value(all, i), store);
		count += n;
	}
	if (n != -1 && count == 0)
		ERR_raise(ERR_LIB_X509, X509_R_NO_CERTIFICATE_OR_CRL_FOUND);
	sk_X509_INFO_pop_free(all, X509_INFO_free);
	return n != -1 && count > 0;
}

/* is_end - of the file, and nothing is wrong with it */
static bool
is_end(void)
{
	unsigned long code = ERR_peek_last_error();

	if (ERR_GET_LIB(code) != ERR_LIB_PEM ||
	    ERR_GET_REASON(code) != PEM_R_NO_START_LINE)
		return false;
	ERR_clear_error();
	return true;
}

/* add_issuers - all that follow */
static bool
add_issuers(BIO *bio, SSL_CTX *context)
{
	static char none[] = "";
	X509 *issuer;

	if (!SSL_CTX_clear_chain_certs(context))
		return false;
	while ((issuer = PEM_read_bio_X509(bio, NULL, NULL, none)) != NULL)
		if (!SSL_CTX_add0_chain_cert(context, issuer)) {
			X509_free(issuer);
			return false;
		}
	return is_end();
}

/* tls_file_chain - the first is ours */
bool
tls_file_chain(BIO *bio, SSL_CTX *context)
{
	static char none[] = "";
	X509 *ours = PEM_read_bio_X509_AUX(bio, NULL, NULL, none);
	bool good = ours != NULL && SSL_CTX_use_certificate(context, ours) == 1;

	X509_free(ours);
	return good && add_issuers(bio, context);
}

/* tls_file_key - the first that there is */
bool
tls_file_key(BIO *bio, SSL_CTX *context, bool *out_encrypted)
{
	EVP_PKEY *key;
	bool good;

	*out_encrypted = false;
	key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase,
	    out_encrypted);
	good = key != NULL && SSL_CTX_use_PrivateKey(context, key) == 1;
	EVP_PKEY_free(key);
	return good;
}
