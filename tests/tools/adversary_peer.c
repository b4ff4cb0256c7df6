/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/socket.h>

#include "tests/lib/endpoint.h"
#include "tests/tools/adversary_peer.h"

bool
say_bytes(struct peer *peer, const char *bytes, size_t n)
{
	size_t done;

	if (peer->ssl == NULL)
		return endpoint_write(peer->fd, bytes, n);
	return SSL_write_ex(peer->ssl, bytes, n, &done) == 1;
}

bool
say(struct peer *peer, const char *text)
{
	return say_bytes(peer, text, strlen(text));
}

bool
hear_more(struct peer *peer)
{
	ssize_t n = 0;

	peer->at = peer->len = 0;
	if (peer->ssl == NULL)
		n = recv(peer->fd, peer->in, sizeof(peer->in), 0);
	else if (SSL_read_ex(peer->ssl, peer->in, sizeof(peer->in),
	    &peer->len) == 1)
		return true;
	peer->len = n > 0 ? (size_t)n : 0;
	return n > 0;
}

bool
hear_line(struct peer *peer, char *line, size_t size)
{
	size_t n = 0;

	for (;;) {
		if (peer->at == peer->len && !hear_more(peer))
			return false;
		if (n < size - 1)
			line[n++] = peer->in[peer->at];
		if (peer->in[peer->at++] == '\n')
			break;
	}
	line[n] = '\0';
	return true;
}

/* listen_on - until the peer goes away */
bool
listen_on(struct peer *peer)
{
	while (hear_more(peer))
		;
	return false;
}
