/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn_memory - had OpenSSL no memory?  Its errors do not always tell
 *
 *	conn_memory_watch();			-- first of all in main()
 *
 *	conn_memory_forget();
 *	if (SSL_connect(ssl) != 1 && conn_memory_lacked())
 *		... then it says nothing of the peer ...
 *
 * Where it has none to decode a key, a certificate has a weak one; where it has
 * none to verify one, that is not verified, and the error is "ok".  Either is the
 * peer's fault, for which a copy is given up.  So OpenSSL gets its memory here
 * (CRYPTO_set_mem_functions(3)), and what malloc(3) refused is known, to each
 * thread of its own.
 */
#ifndef FORWARD_CONN_MEMORY_H
#define FORWARD_CONN_MEMORY_H

#include <stdbool.h>

/* conn_memory_watch - before OpenSSL is used for anything; later it does
 * nothing. */
void	conn_memory_watch(void);
void	conn_memory_forget(void);

/* conn_memory_lacked - in this thread, since it was forgotten last. */
bool	conn_memory_lacked(void);

#endif
