/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_certificate - the certificate that a server has shown, for a person
 *
 *	struct tls_certificate certificate;
 *
 *	if (tls_certificate(conn.ssl, &certificate))
 *		printf("%s by %s\n", certificate.names, certificate.issuer);
 *
 * Also after a handshake that failed because of it.  All of it is one line of
 * printable ASCII; long names are cut.
 */
#ifndef FORWARD_TLS_CERTIFICATE_H
#define FORWARD_TLS_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "forward/tls/tls_names.h"

#define TLS_TEXT 200
#define TLS_TIME 32

struct tls_certificate {
	char		 subject[TLS_TEXT];	/* "CN=mx.intake.example"; "" */
	char		 issuer[TLS_TEXT];
	char		 names[TLS_NAMES];	/* as tls_names() */
	char		 from[TLS_TIME];	/* "2026-11-26 07:30:05 UTC" */
	char		 until[TLS_TIME];
	const char	*why;			/* what its check has said, "ok" or
						   why not, or with TLS_ENCRYPT
						   would have; static */
};

/* tls_certificate - false: none was seen. */
bool	tls_certificate(const SSL *, struct tls_certificate *out);

#endif
