/* SPDX-License-Identifier: BSD-2-Clause */
#include "remediate/ews/ews_binding.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

/* hash_of - that of the signature, if it may be */
static const EVP_MD *
hash_of(X509 *certificate)
{
	const EVP_MD *md = NULL;
	int nid = NID_undef;

	if (X509_get_signature_info(certificate, &nid, NULL, NULL, NULL) &&
	    nid != NID_undef && nid != NID_md5 && nid != NID_sha1)
		md = EVP_get_digestbynid(nid);
	return md != NULL ? md : EVP_sha256();
}

static X509 *
read_pem(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *certificate = bio == NULL ? NULL :
	    PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return certificate;
}

/* ews_binding - what both ends can compute, and nobody between them */
int
ews_binding(const char *pem, struct buf *out, struct err *err)
{
	X509 *certificate = read_pem(pem);
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	int good = certificate != NULL && X509_digest(certificate,
	    hash_of(certificate), hash, &n);

	X509_free(certificate);
	ERR_clear_error();
	if (!good)
		return err_set(err, ERR_LATER, "the server's certificate "
		    "cannot be read");
	buf_text(out, "tls-server-end-point:");
	buf_bytes(out, hash, n);
	return 0;
}
