/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sessions - of earlier TLS connections, so that a handshake costs less
 *
 *	sessions = sessions_new(context);
 *	sessions_resume(sessions, name, ssl);		-- before the handshake
 *
 * A session is resumed under the very name that it was made under, so the
 * name says all that makes it good for something.  The latest session of each
 * of SESSIONS_MAX names is kept; for one more name, the one that was used
 * longest ago is forgotten.
 *
 * Any thread may use it.
 */
#ifndef FORWARD_SESSIONS_H
#define FORWARD_SESSIONS_H

#include <openssl/ssl.h>

#define SESSIONS_MAX 64

struct sessions;

/* sessions_new - for the connections of this context; its application data
 * and theirs are ours. */
struct sessions *sessions_new(SSL_CTX *);
struct sessions *sessions_free(struct sessions *); /* NULL; before the context,
						      and behind its last
						      connection */

/* sessions_resume - the session of that name, if there is one; and those that
 * the connection gets are kept under it. */
void	sessions_resume(struct sessions *, const char *name, SSL *);

#endif
