/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * content - the bytes of a letter on their way out
 *
 *	content_chunk(&letter, &out, &conn, &err);	-- for BDAT
 *	content_dotted(&letter, &out, &conn, &err);	-- for DATA
 *
 * Append to out, and write what is in it whenever it has grown large: a small
 * letter stays in out after the commands and goes with them in one write.
 * err is that of conn_write(); a file that cannot be read is ECANCELED: our
 * trouble, and the end of the connection, for half a letter was promised.
 */
#ifndef FORWARD_CONTENT_H
#define FORWARD_CONTENT_H

#include "base/buf.h"
#include "base/err.h"
#include "forward/net/conn.h"
#include "forward/smtp/flight.h"

#define CONTENT_PIECE (64 << 10) /* octets that are written in one go */

int	content_chunk(const struct letter *, struct buf *out, struct conn *,
	    struct err *);
int	content_dotted(const struct letter *, struct buf *out, struct conn *,
	    struct err *);

/* content_flush - write what is in out, and empty it.  content_part - the same,
 * where more is written before anything is waited for. */
int	content_flush(struct buf *out, struct conn *, struct err *);
int	content_part(struct buf *out, struct conn *, struct err *);

#endif
