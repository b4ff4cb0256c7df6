/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/tls_certificate.h"

#include <openssl/bio.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* print_name - as RFC 2253 writes it, which escapes what is not ASCII */
static void
print_name(const X509_NAME *name, char out[TLS_TEXT])
{
	BIO *memory = BIO_new(BIO_s_mem());
	const char *bytes;
	long n = 0;

	if (memory != NULL && X509_NAME_print_ex(memory, name, 0,
	    XN_FLAG_RFC2253) >= 0)
		n = BIO_get_mem_data(memory, &bytes);
	snprintf(out, TLS_TEXT, "%.*s", (int)n, n > 0 ? bytes : "");
	if (n >= TLS_TEXT)
		memcpy(out + TLS_TEXT - 4, "...", 4);
	BIO_free(memory);
}

static void
print_time(const ASN1_TIME *time, char out[TLS_TIME])
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1 ||
	    strftime(out, TLS_TIME, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
		strcpy(out, "?");
}

/* tls_certificate - of the peer, whether it was good or not */
bool
tls_certificate(const SSL *ssl, struct tls_certificate *out)
{
	/* When the check fails the library has not yet taken it for the
	 * peer's, but the chain that it looked at begins with it. */
	const STACK_OF(X509) *chain = ssl == NULL ? NULL :
	    SSL_get0_verified_chain(ssl);
	const X509 *certificate = sk_X509_num(chain) > 0 ?
	    sk_X509_value(chain, 0) : ssl == NULL ? NULL :
	    SSL_get0_peer_certificate(ssl);

	if (certificate == NULL)
		return false;
	print_name(X509_get_subject_name(certificate), out->subject);
	print_name(X509_get_issuer_name(certificate), out->issuer);
	tls_names(certificate, out->names);
	print_time(X509_get0_notBefore(certificate), out->from);
	print_time(X509_get0_notAfter(certificate), out->until);
	out->why = X509_verify_cert_error_string(SSL_get_verify_result(ssl));
	return true;
}
