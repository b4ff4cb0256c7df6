/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire - one client's bytes, plain or in TLS
 *
 * Replies are collected and leave in one write when all that came has been
 * looked at, as RFC 2920 3.2 asks of a server.
 */
#ifndef TESTS_INTAKE_WIRE_H
#define TESTS_INTAKE_WIRE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define WIRE_IN (64 << 10)

struct wire {
	unsigned long	 id;		/* number of the connection */
	unsigned long	 flight;
	unsigned long	 held;		/* messages to come before any reply */
	int		 fd;
	SSL		*ssl;		/* NULL: plain */
	struct buf	 out;
	size_t		 at, len;	/* in[at..len) has not been looked at */
	char		 in[WIRE_IN];
};

void	wire_sleep(double seconds);

/* These are false when the client is gone. */
bool	wire_write(struct wire *, const char *, size_t n);
bool	wire_flush(struct wire *);		/* out */
bool	wire_fill(struct wire *);		/* read more */
bool	wire_drip(struct wire *, double seconds); /* out, byte by byte */
bool	wire_tls(struct wire *, SSL_CTX *);	/* be the server of a handshake */

/* The next command without its line end, as a string in in[]; NULL: the client
 * is gone, or talks nonsense. */
char	*wire_line(struct wire *);
bool	wire_more(const struct wire *);	/* is there more after the last command? */
void	wire_hang(struct wire *);	/* say nothing until the client leaves */
void	wire_reset(struct wire *);	/* end it with RST when it is closed */

/* Say goodbye in TLS when asked to, and free all. */
struct wire *wire_close(struct wire *, bool politely);

#endif
