/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ews_binding - the name of a TLS connection, by its certificate (RFC 5929)
 *
 *	own(buf) struct buf binding = BUF;
 *
 *	if (ews_binding(certificate, &binding, &err) == -1)
 *		return -1;
 *
 * "tls-server-end-point:" and a hash of the server's certificate: by the hash
 * function of its signature, or SHA-256 when that is MD5 or SHA-1, or when the
 * signature has none.  Pure.
 */
#ifndef REMEDIATE_EWS_BINDING_H
#define REMEDIATE_EWS_BINDING_H

#include "base/buf.h"
#include "base/err.h"

int	ews_binding(const char *pem, struct buf *out, struct err *);

#endif
