/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_names - which names a certificate has, for a person
 *
 *	char text[TLS_NAMES];
 *
 *	puts(tls_names(certificate, text));	-- "a.test, *.b.test and 3 more"
 *
 * Those that count, of its subjectAltName: host names and addresses, the first
 * TLS_NAMES_SHOWN, long ones cut with "...".  Where it has none, "no name", or
 * "no name but the common name a.test", since that counts for nothing.  Bytes
 * that are not printable ASCII are question marks.
 */
#ifndef FORWARD_TLS_NAMES_H
#define FORWARD_TLS_NAMES_H

#include <openssl/x509.h>

#define TLS_NAMES_SHOWN 3
#define TLS_NAMES 256

/* tls_names - out. */
char	*tls_names(const X509 *, char out[TLS_NAMES]);

#endif
