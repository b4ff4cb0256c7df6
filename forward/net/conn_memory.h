/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn_memory - had OpenSSL no memory?  Its errors do not always tell
 *
 *	(void)conn_memory_watch();		-- first of all in main()
 *
 *	conn_memory_forget();
 *	... SSL_connect(3), which fails ...
 *	if (conn_memory_lacked())
 *		... what it says of the peer is worth nothing ...
 *
 * Without memory to decode a key, OpenSSL calls the certificate's key too weak;
 * without memory to verify a certificate, verification fails with the error "ok".
 * Either would be the peer's fault, for which a copy is given up.  So OpenSSL gets
 * its memory here (CRYPTO_set_mem_functions(3)), and each thread knows what
 * malloc(3) has refused it.
 */
#ifndef FORWARD_CONN_MEMORY_H
#define FORWARD_CONN_MEMORY_H

#include <stdbool.h>

/* conn_memory_watch - before OpenSSL is used for anything.  false: somebody did
 * that already, such as a library at its loading, and nothing is ever lacked. */
bool	conn_memory_watch(void);
bool	conn_memory_watched(void);

/* conn_memory_forget - what this thread was refused until now. */
void	conn_memory_forget(void);

/* conn_memory_lacked - this thread was refused something since then. */
bool	conn_memory_lacked(void);

#endif
