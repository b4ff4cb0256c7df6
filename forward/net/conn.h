/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn - a connection on which no wait is without end
 *
 *	struct conn conn = CONN;
 *
 *	conn.fd = ...;				-- see race.h
 *	if (conn_write(&conn, bytes, n, &err) == -1 ||
 *	    conn_fill(&conn, deadline, &err) == -1)
 *		...	-- conn.in[conn.start] .. conn.in[conn.end - 1]
 *	conn_close(&conn);
 *
 * A socket, bare or with TLS (see tls.h), talked to by one thread in plain
 * order.  Each wait ends by its deadline, by conn->death, or when cancel_fd
 * becomes readable, whichever comes first.  Times are those of clock_now().
 *
 * err->sys says what happened, err->text in the words of AsyncOS's details:
 *
 *	ETIMEDOUT	"timeout"
 *	ECANCELED	cancel_fd, or death by our own hand
 *	EPROTO		TLS: the library's reason
 *	ENOMEM		ours, also that of the TLS library
 *	0		"EOF"
 *	others		"[Errno 104] Connection reset by peer"
 */
#ifndef FORWARD_CONN_H
#define FORWARD_CONN_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

/* For logs.  "-" where it is not known. */
struct conn_ends {
	char		 interface[INET6_ADDRSTRLEN];	/* ours */
	char		 address[INET6_ADDRSTRLEN];	/* the peer's */
	unsigned	 port;
};

struct conn {
	int		 fd;
	int		 cancel_fd;	/* borrowed; -1: none */
	SSL		*ssl;		/* NULL: in the clear */
	bool		 corked;	/* what does not fill a segment is held */
	int64_t		 patience;	/* ms that the peer may let us wait
					   before it takes more bytes */
	int64_t		 death;		/* INT64_MAX: never */
	struct conn_ends ends;
	size_t		 start, end;	/* what was read and not yet used */
	char		 in[4096];
};
#define CONN { .fd = -1, .cancel_fd = -1, .patience = INT64_MAX / 2, \
    .death = INT64_MAX, .ends = { "-", "-", 0 } }

/* conn_write - all of it.  conn_write_part - more comes before anything is
 * waited for: what does not fill a segment may be held until then. */
int	conn_write(struct conn *, const void *, size_t, struct err *);
int	conn_write_part(struct conn *, const void *, size_t, struct err *);

/* conn_fill - wait for bytes and add them to in, of which there must be room
 * after what was used has gone. */
int	conn_fill(struct conn *, int64_t deadline, struct err *);

/* conn_handshake - TLS from now on; takes the SSL. */
int	conn_handshake(struct conn *, SSL *, int64_t deadline, struct err *);

/* conn_idle - nothing was said by the peer that we did not ask for, and it
 * has not gone away. */
bool	conn_idle(struct conn *);
void	conn_close(struct conn *);	/* as after CONN, but for ends */

/* conn_tls_begin - nothing that the TLS library failed at before in this thread is
 * known any more.
 * conn_tls_memory - it has failed since: was that for want of memory, as its errors
 * say, which are forgotten, or conn_memory.h knows? */
void	conn_tls_begin(void);
bool	conn_tls_memory(void);

/* conn_errno - an errno in the words above; -1. */
int	conn_errno(struct err *, int number);

#endif
