/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_sessions - sessions of earlier connections, so that handshakes cost less
 *
 *	sessions = tls_sessions_new(context);
 *	tls_sessions_resume(sessions, name, ssl);	-- before the handshake
 *
 * A session is resumed only under the name that it was made under, so the name
 * has to say all that it was verified for.  The latest session of each
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

/* tls_sessions_free - before the context, and after its last connection.
 * Returns NULL. */
struct tls_sessions *tls_sessions_free(struct tls_sessions *);

/* tls_sessions_resume - the session of that name, if there is one; and keep
 * those that the connection gets under it. */
void	tls_sessions_resume(struct tls_sessions *, const char *name, SSL *);

#endif
