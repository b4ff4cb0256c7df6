/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * adversary_peer - the client of an adversary: bytes out, lines in
 */
#ifndef TESTS_TOOLS_ADVERSARY_PEER_H
#define TESTS_TOOLS_ADVERSARY_PEER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

enum step {
	GREETING, EHLO, STARTTLS, HANDSHAKE,
	AGAIN,			/* EHLO, by TLS */
	MAIL, RCPT, DATA, BODY, FINAL,
	STEPS
};
enum mode { PLAIN, PIPELINED, CHUNKED, MODES };

struct peer {
	int	 fd;
	SSL	*ssl;		/* NULL: in the clear */
	enum step step;
	const struct failure *failure;
	enum mode mode;
	bool	 has_mail, has_rcpt;
	size_t	 at, len;
	char	 in[16384];
};

/* All are false when the client is gone. */
bool	say_bytes(struct peer *, const char *, size_t n);
bool	say(struct peer *, const char *text);
bool	hear_more(struct peer *);
bool	hear_line(struct peer *, char *line, size_t size);

bool	listen_on(struct peer *);	/* until the client is gone: false */

#endif
