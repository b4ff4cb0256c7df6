/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_sessions - of earlier TLS connections, so that a handshake costs less
 *
 *	sessions = tls_sessions_new(context);
 *	tls_sessions_resume(sessions, name, ssl);		-- before the handshake
 *
 * A session is resumed under the very name that it was made under, so the
 * name says all that makes it good for something.  The latest session of each
 * of TLS_SESSIONS_MAX names is kept; for one more name, the one that was used
 * longest ago is forgotten.
 *
 * Any thread may use it.
 */
#ifndef FORWARD_TLS_SESSIONS_H
#define FORWARD_TLS_SESSIONS_H

#include <openssl/ssl.h>

#define TLS_SESSIONS_MAX 64

struct tls_sessions;

/* tls_sessions_new - for the connections of this context; its application data
 * and theirs are ours. */
struct tls_sessions *tls_sessions_new(SSL_CTX *);
struct tls_sessions *tls_sessions_free(struct tls_sessions *); /* NULL; before the context,
						      and behind its last
						      connection */

/* tls_sessions_resume - the session of that name, if there is one; and those that
 * the connection gets are kept under it. */
void	tls_sessions_resume(struct tls_sessions *, const char *name, SSL *);

#endif
