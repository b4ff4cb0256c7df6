/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_server - a server in a thread of its own, for one handshake
 *
 *	tls_peer_new(&peer, ...);
 *	socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
 *	pthread_create(&thread, NULL, serve, &fds[1]);	-- which closes it
 */
#ifndef TESTS_TLS_SERVER_H
#define TESTS_TLS_SERVER_H

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/forward/tls/tls_peer.h"

static struct tls_peer peer;

static void *
serve(void *arg)
{
	int fd = *(int *)arg;
	SSL *ssl = SSL_new(peer.context);
	char byte;

	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		(void)SSL_read(ssl, &byte, 1);
	SSL_free(ssl);
	close(fd);
	return NULL;
}

#endif
