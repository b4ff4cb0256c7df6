/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_context - what connections of one configuration share, for the library
 *
 *	SSL_CTX *shared = tls_context_new(&conf, &err);
 *	...				-- NULL: the err names FILE:LINE
 *	SSL_CTX_free(shared);
 *
 * Versions, trusted certificates, our own certificate, and whatever else does
 * not depend on the peer.
 */
#ifndef FORWARD_TLS_CONTEXT_H
#define FORWARD_TLS_CONTEXT_H

#include <openssl/ssl.h>

#include "base/conf/conf.h"
#include "base/err.h"

/* tls_context_new - new; NULL: the err says what is wrong.  Before there are
 * threads, or from one of them. */
SSL_CTX	*tls_context_new(const struct conf *, struct err *);

#endif
